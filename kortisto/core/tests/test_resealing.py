"""A chain of an older version is sealed anew from what is there, and says so."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import translation

from kortisto.core.audit import GENESIS, verify
from kortisto.core.followers import follow
from kortisto.core.models import FollowerPosition, LoggedEvent, Seal, SealedContent
from kortisto.core.sealed_content import SEALER
from kortisto.core.taking_out import Part, Why, take_out
from kortisto.core.tests.happenings import DESK, NOON, open_doors

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
BEFORE = ("core", "0003_audit_by_time")


@pytest.fixture(autouse=True)
def in_english() -> None:
    translation.activate("en")


def migrate(*targets: tuple[str, str]) -> None:
    MigrationExecutor(connection).migrate([*targets])


def migrate_to_now() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.fixture
def an_old_installation() -> Iterator[None]:
    migrate(BEFORE)
    yield
    migrate_to_now()


def seal_as_then(*batches: int) -> None:
    """Doors and their seals, in the form of the version before."""
    form: Any = import_module("kortisto.core.migrations.0004_sealed_content")
    previous = GENESIS
    for number in batches:
        last = LoggedEvent.objects.order_by("id").last()
        open_doors(*range(number))
        rows = list(
            LoggedEvent.objects.filter(id__gt=last.id if last else 0).order_by("id")
        )
        link = Seal.objects.create(
            first_txid=rows[0].txid,
            first_event_id=rows[0].id,
            last_txid=rows[-1].txid,
            last_event_id=rows[-1].id,
            events=number,
            previous_digest=previous,
            digest=form._old_digest(previous, rows),
        )
        previous = link.digest
        FollowerPosition.objects.update_or_create(
            pk=SEALER, defaults={"txid": rows[-1].txid, "event_id": rows[-1].id}
        )


@pytest.mark.usefixtures("an_old_installation")
def test_an_old_chain_holds_in_the_new_form_and_goes_on() -> None:
    seal_as_then(3, 1, 2)
    old_end = Seal.objects.latest("id").digest

    migrate_to_now()

    verdict = verify()
    assert verdict.broken == []
    assert (verdict.seals, verdict.sealed) == (3, 6)
    note = LoggedEvent.objects.get(kind="ChainResealed").body
    assert note == {"seals": 3, "events": 6, "broken": 0, "old_digest": old_end}
    assert SealedContent.objects.exclude(salt=None).count() == 6
    first = LoggedEvent.objects.earliest("id")
    take_out([first.pk], part=Part.EVERYTHING, why=Why.ERASED, by=DESK, now=NOON)
    follow(SEALER, now=NOON)
    assert verify().whole


@pytest.mark.usefixtures("an_old_installation")
def test_what_was_broken_before_is_not_made_whole_by_it() -> None:
    seal_as_then(2, 2)
    LoggedEvent.objects.filter(pk=Seal.objects.latest("id").last_event_id).update(
        actor="staff:99"
    )

    migrate_to_now()

    broken = verify().broken
    assert len(broken) == 1
    assert "1 links were broken already when the chain was sealed anew" in broken[0]


@pytest.mark.usefixtures("an_old_installation")
def test_a_log_without_seals_leaves_no_note() -> None:
    open_doors(1)

    migrate_to_now()

    assert not LoggedEvent.objects.filter(kind="ChainResealed").exists()
    follow(SEALER, now=NOON)
    assert verify().whole
