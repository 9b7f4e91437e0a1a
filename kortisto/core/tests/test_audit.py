"""Whoever rewrites the sealed log is found out, and told in words where."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.utils import translation

from kortisto.core import audit, followers
from kortisto.core.audit import GENESIS, verify
from kortisto.core.events import publish
from kortisto.core.followers import follow, replay
from kortisto.core.models import FollowerPosition, LoggedEvent, Seal
from kortisto.core.sealed_content import SEALER
from kortisto.core.tests.happenings import DESK, NOON, LightWentOn, open_doors

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def in_english() -> None:
    translation.activate("en")


@pytest.fixture(autouse=True)
def only_the_sealer(monkeypatch: pytest.MonkeyPatch) -> None:
    sealer = followers._followers[SEALER]
    monkeypatch.setattr(followers, "_followers", {SEALER: sealer})


def seal_doors(*batches: int) -> list[Seal]:
    """Open so many doors and seal them, once for each number."""
    for number in batches:
        open_doors(*range(number))
        follow(SEALER, now=NOON)
    return list(Seal.objects.order_by("id"))


def test_the_chain_of_an_honest_log_is_whole() -> None:
    seals = seal_doors(3, 1, 2)
    done: list[int] = []

    verdict = verify(done.append)

    assert verdict.whole
    assert (verdict.seals, verdict.sealed, verdict.unsealed) == (3, 6, 0)
    assert done[-1] == 6
    assert seals[0].previous_digest == GENESIS
    assert all(b.previous_digest == a.digest for a, b in pairwise(seals))


def test_an_empty_log_is_whole() -> None:
    follow(SEALER, now=NOON)

    assert verify().whole
    assert not Seal.objects.exists()


def test_events_not_sealed_yet_are_told_apart() -> None:
    seal_doors(2)
    open_doors(7, 8, 9)

    verdict = verify()

    assert verdict.whole
    assert (verdict.sealed, verdict.unsealed) == (2, 3)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "DoorShut"},
        {"body": {"door": 99}},
        {"actor": "staff:1"},
        {"unit_id": None},
        {"channel": "web"},
        {"patron_id": 5},
        {"happened_at": NOON + timedelta(microseconds=1)},
    ],
)
def test_changing_any_column_of_an_event_is_found(change: dict[str, object]) -> None:
    seals = seal_doors(3, 3)
    LoggedEvent.objects.filter(pk=seals[0].first_event_id + 1).update(**change)

    broken = verify().broken

    assert len(broken) == 1
    assert "has been changed since it was sealed" in broken[0]
    assert f"(seal {seals[0].pk})" in broken[0]


def test_two_events_that_changed_places_are_found() -> None:
    seals = seal_doors(2)
    first, second = LoggedEvent.objects.order_by("id")
    LoggedEvent.objects.filter(pk=first.pk).update(body=second.body)
    LoggedEvent.objects.filter(pk=second.pk).update(body=first.body)

    assert f"(seal {seals[0].pk})" in verify().broken[0]


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_deleted_event_is_found(which: int) -> None:
    seals = seal_doors(3, 1)
    LoggedEvent.objects.filter(pk=seals[0].first_event_id + which).delete()

    broken = verify().broken

    assert len(broken) == 1
    assert broken[0].startswith("1 events between")
    assert "removed" in broken[0]


def test_an_inserted_back_dated_event_is_found() -> None:
    seal_doors(2)
    publish(LightWentOn(lamp=1), by=DESK, at=NOON)
    LoggedEvent.objects.filter(kind="LightWentOn").delete()  # leaves a free number
    seals = seal_doors(2)
    free = seals[1].first_event_id - 1
    txid = seals[0].last_txid
    insert_event(txid, free)

    broken = verify().broken

    assert len(broken) == 1
    assert "1 events were added before event" in broken[0]


def test_an_event_inserted_inside_a_sealed_batch_is_found() -> None:
    open_doors(1, 2, 3)
    LoggedEvent.objects.order_by("id")[1].delete()
    middle = LoggedEvent.objects.earliest("id").id + 1
    seals = seal_doors(0)
    insert_event(seals[0].first_txid, middle)

    broken = verify().broken

    assert len(broken) == 1
    assert broken[0].startswith("1 events between")
    assert "added" in broken[0]


def insert_event(txid: int, event_id: int) -> None:
    """As an intruder with the database's own tools would."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO event (id, txid, kind, body, actor, channel, happened_at)"
            " VALUES (%s, %s, 'DoorOpened', '{}', 'x', 'x', %s)",
            [event_id, txid, NOON],
        )


def test_a_removed_first_seal_is_found() -> None:
    seals = seal_doors(1, 2)
    seals[0].delete()

    broken = verify().broken

    assert len(broken) == 1
    assert f"missing or was changed before seal {seals[1].pk}" in broken[0]


def test_a_removed_middle_seal_is_found() -> None:
    seals = seal_doors(1, 2, 3)
    seals[1].delete()

    broken = verify().broken

    assert len(broken) == 1
    assert f"missing or was changed before seal {seals[2].pk}" in broken[0]


def test_a_removed_last_seal_is_found_and_nothing_is_sealed_over_it() -> None:
    seals = seal_doors(1, 2)
    seals[1].delete()
    open_doors(5)

    assert not follow(SEALER, now=NOON)

    assert Seal.objects.count() == 1
    assert "ChainBroken" in FollowerPosition.objects.get(pk=SEALER).last_error
    broken = verify().broken
    assert len(broken) == 1
    assert broken[0].startswith("The end of the audit chain has been removed")


def test_a_rewritten_seal_is_found() -> None:
    seals = seal_doors(1, 2)
    Seal.objects.filter(pk=seals[0].pk).update(digest="f" * 64)

    broken = verify().broken

    assert len(broken) == 2
    assert "or the seal itself has" in broken[0]
    assert f"before seal {seals[1].pk}" in broken[1]


def test_a_crash_between_seal_and_position_leaves_neither(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    open_doors(1)
    with monkeypatch.context() as patched:
        patched.setattr(audit.logger, "info", crash)
        with pytest.raises(KeyboardInterrupt):
            follow(SEALER, now=NOON)
    assert not Seal.objects.exists()

    follow(SEALER, now=NOON)

    assert verify().whole
    assert Seal.objects.get().events == 1


def test_the_sealer_cannot_be_replayed() -> None:
    with pytest.raises(ValueError, match="cannot be replayed"):
        replay(SEALER)


def test_verifying_keeps_to_its_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages much smaller than the log give the same verdict."""
    seals = seal_doors(3, 1, 4, 2)
    monkeypatch.setattr(audit, "PAGE", 2)
    assert verify().whole

    LoggedEvent.objects.filter(pk=seals[2].last_event_id).delete()

    assert len(verify().broken) == 1


def test_a_flood_of_broken_links_is_told_as_a_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seal_doors(1, 1, 1, 1)
    monkeypatch.setattr(audit, "TOLD_AT_MOST", 2)
    LoggedEvent.objects.update(actor="nobody")

    verdict = verify()

    assert (len(verdict.broken), verdict.not_told) == (2, 2)
