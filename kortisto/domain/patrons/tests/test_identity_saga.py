"""One save stores both halves or neither, wherever it stops; and races."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from kortisto.core.actors import job_actor
from kortisto.core.failures import AdapterError
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.patrons.actions import identity
from kortisto.domain.patrons.actions.identity import (
    Given,
    give_identity,
    remove_identity,
    replace_identity,
)
from kortisto.domain.patrons.actions.reconciling import Reconciled, reconcile
from kortisto.domain.patrons.checks import the_vault_knows_the_keys
from kortisto.domain.patrons.jobs import reconcile_identities
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.vault import vault
from kortisto.testing.builders import MONDAY_NOON, chief, desk, make_patron
from kortisto.testing.identity_codes import new_code
from kortisto.testing.identity_vault import LEASE, MemoryVault

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(BaseException):
    """The power goes: nothing catches it."""


@pytest.fixture
def store() -> MemoryVault:
    made = vault()
    assert isinstance(made, MemoryVault)
    return made


def night(store: MemoryVault) -> Reconciled:
    store.now += LEASE + 1
    by = job_actor(PatronPermission.REMOVE_IDENTITY)
    return reconcile(by=by, now=MONDAY_NOON)


def kill_at(
    where: str, when: str, store: MemoryVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let the process die just before or just after a step is done."""
    owner: Any = identity if where == "write_changes" else store
    real = getattr(owner, where)

    def step(*arguments: Any, **named: Any) -> Any:
        if when == "after":
            real(*arguments, **named)
        raise Killed

    monkeypatch.setattr(owner, where, step)


def both_or_neither(store: MemoryVault) -> str:
    """``both`` or ``neither``; anything else is a half."""
    keys = set(
        Patron.objects.exclude(identity_key=None).values_list("identity_key", flat=True)
    )
    assert keys == set(store.rows)
    assert all(row.confirmed for row in store.rows.values())
    return "both" if keys else "neither"


@pytest.mark.parametrize(
    ("where", "when", "left"),
    [
        ("reserve", "before", "neither"),
        ("reserve", "after", "neither"),
        ("write_changes", "before", "neither"),  # the row is written and not committed
        ("write_changes", "after", "neither"),
        ("confirm", "before", "both"),
        ("confirm", "after", "both"),
    ],
)
def test_a_save_that_is_killed_leaves_both_halves_or_neither(
    where: str,
    when: str,
    left: str,
    store: MemoryVault,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    patron, code = make_patron(), new_code()
    with monkeypatch.context() as killing:
        kill_at(where, when, store, killing)
        with pytest.raises(Killed):
            give_identity(patron.pk, code, by=desk(), now=MONDAY_NOON)
    told = LoggedEvent.objects.filter(kind="IdentityGiven").count()

    night(store)

    assert both_or_neither(store) == left
    assert told == (1 if left == "both" else 0)
    again = give_identity(patron.pk, code, by=desk(), now=MONDAY_NOON)
    assert again is (Given.SAME if left == "both" else Given.SAVED)
    assert both_or_neither(store) == "both"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("where", ["reserve", "write_changes", "confirm", "drop"])
def test_a_replacement_that_is_killed_leaves_one_whole_code(
    where: str, when: str, store: MemoryVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    patron, wrong, right = make_patron(), new_code(), new_code()
    give_identity(patron.pk, wrong, by=desk(), now=MONDAY_NOON)
    with monkeypatch.context() as killing:
        kill_at(where, when, store, killing)
        with pytest.raises(Killed):
            replace_identity(patron.pk, right, by=desk(), now=MONDAY_NOON)

    night(store)

    assert both_or_neither(store) == "both"
    done = where in {"confirm", "drop"}
    assert [row.code for row in store.rows.values()] == [right if done else wrong]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("where", "left"), [("write_changes", "both"), ("drop", "neither")]
)
def test_a_removal_that_is_killed_is_finished_or_never_begun(
    where: str,
    when: str,
    left: str,
    store: MemoryVault,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    patron = make_patron()
    give_identity(patron.pk, new_code(), by=desk(), now=MONDAY_NOON)
    store.now += LEASE + 1
    with monkeypatch.context() as killing:
        kill_at(where, when, store, killing)
        with pytest.raises(Killed):
            remove_identity(patron.pk, "muutto", by=chief(), now=MONDAY_NOON)

    night(store)

    assert both_or_neither(store) == left


def test_a_vault_that_fails_after_the_commit_is_told_by_the_night(
    store: MemoryVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_keys: object) -> None:
        raise AdapterError("no answer", permanent=False)

    patron = make_patron()
    with monkeypatch.context() as failing:
        failing.setattr(store, "confirm", away)
        given = give_identity(patron.pk, new_code(), by=desk(), now=MONDAY_NOON)
    assert given is Given.SAVED
    assert not any(row.confirmed for row in store.rows.values())

    assert night(store) == Reconciled(confirmed=1)
    assert both_or_neither(store) == "both"


def test_a_registration_under_way_keeps_its_reservation(store: MemoryVault) -> None:
    """The job looks between the reservation and the commit of a desk."""
    patron, code = make_patron(), new_code()
    asked = identity.ask_vault(code, by=desk(), now=MONDAY_NOON)
    by = job_actor(PatronPermission.REMOVE_IDENTITY)

    done = reconcile(by=by, now=MONDAY_NOON)

    assert (done.dropped, len(store.rows)) == (0, 1)
    identity.keep_identity(patron.pk, asked, by=desk(), now=MONDAY_NOON)
    assert both_or_neither(store) == "both"


def test_a_code_given_again_just_after_its_removal_is_not_lost(
    store: MemoryVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One desk removes it; before the vault hears of it, another one gives it."""
    first, second, code = make_patron(), make_patron(), new_code()
    give_identity(first.pk, code, by=desk(), now=MONDAY_NOON)
    store.now += LEASE + 1
    drop = store.drop

    def other_desk_first(*arguments: Any, **named: Any) -> frozenset[str]:
        monkeypatch.setattr(store, "drop", drop)
        give_identity(second.pk, code, by=desk(), now=MONDAY_NOON)
        return drop(*arguments, **named)

    monkeypatch.setattr(store, "drop", other_desk_first)
    remove_identity(first.pk, "väärä asiakas", by=chief(), now=MONDAY_NOON)

    assert both_or_neither(store) == "both"
    assert Patron.objects.get(pk=second.pk).identity_key in store.rows


def test_the_code_of_a_deleted_patron_is_forgotten(store: MemoryVault) -> None:
    patron, other = make_patron(), make_patron()
    for each in (patron, other):
        give_identity(each.pk, new_code(), by=desk(), now=MONDAY_NOON)
    patron.delete()

    assert night(store) == Reconciled(dropped=1)
    assert both_or_neither(store) == "both"
    assert night(store) == Reconciled()


def test_an_empty_register_does_not_empty_the_vault(store: MemoryVault) -> None:
    keys = [store.reserve(f"code {n}", actor="staff:1").key for n in range(60)]
    store.confirm(keys)

    assert night(store) == Reconciled(held_back=60)
    assert len(store.rows) == 60

    by = job_actor(PatronPermission.REMOVE_IDENTITY)
    done = reconcile(by=by, now=MONDAY_NOON, however_many=True)
    assert (done.dropped, store.rows) == (60, {})


def test_a_patron_whose_key_the_vault_lost_is_listed(store: MemoryVault) -> None:
    patron = make_patron()
    give_identity(patron.pk, new_code(), by=desk(), now=MONDAY_NOON)
    assert list(the_vault_knows_the_keys()) == []
    store.rows.clear()

    assert night(store) == Reconciled(unknown=[patron.pk])
    [finding] = the_vault_knows_the_keys()
    assert f"patron {patron.pk}" in finding.sentence
    assert Patron.objects.get(pk=patron.pk).identity_key is not None


def test_a_vault_that_is_down_is_a_finding_and_one_that_never_was_is_none(
    store: MemoryVault,
) -> None:
    store.is_set_up = False
    store.fails = AdapterError("nobody there", permanent=False)
    assert list(the_vault_knows_the_keys()) == []
    assert reconcile_identities(night_context(), pending=True) == {}

    store.is_set_up = True
    [finding] = the_vault_knows_the_keys()
    assert "nobody there" in finding.sentence


class night_context:  # noqa: N801 - stands for a job's context
    now = MONDAY_NOON
    cancelled = False

    @property
    def job(self) -> Any:
        raise NotImplementedError

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Nobody looks."""


def test_the_quarterly_job_confirms_what_is_pending_and_looks_no_further(
    store: MemoryVault,
) -> None:
    patron = make_patron()
    pending = store.reserve("code", actor="staff:1").key
    Patron.objects.filter(pk=patron.pk).update(identity_key=pending)
    orphan = store.reserve("confirmed", actor="staff:1").key
    store.confirm([orphan])
    store.now += LEASE + 1

    done = reconcile_identities(night_context(), pending=True)

    assert (done["confirmed"], done["dropped"]) == (1, 0)
    assert store.rows[pending].confirmed
    assert orphan in store.rows


def at_once(*acts: Callable[[], Given]) -> Sequence[Given | Exception]:
    together = Barrier(len(acts))

    def start(act: Callable[[], Given]) -> Given | Exception:
        connection.ensure_connection()
        together.wait()
        try:
            return act()
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as desks:
        return list(desks.map(start, acts))


def test_two_desks_give_the_same_new_code_and_one_is_told_who_has_it(
    store: MemoryVault,
) -> None:
    by = desk()
    for _ in range(5):
        code, patrons = new_code(), [make_patron(), make_patron()]
        answers = at_once(
            *(
                partial(give_identity, patron.pk, code, by=by, now=MONDAY_NOON)
                for patron in patrons
            )
        )

        [refused] = [each for each in answers if isinstance(each, Refused)]
        [has] = [p for p in patrons if Patron.objects.get(pk=p.pk).identity_key]
        assert str(refused) == "patron-exists"
        assert refused.refusals[0].facts == {"patron_id": has.pk}
        assert answers[patrons.index(has)] in {Given.SAVED, Given.SET}
    assert both_or_neither(store) == "both"


def test_the_database_decides_when_both_desks_have_looked_already(
    store: MemoryVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, code = make_patron(), make_patron(), new_code()
    give_identity(first.pk, code, by=desk(), now=MONDAY_NOON)
    real, looks = identity._user_of, iter([None])
    monkeypatch.setattr(
        identity, "_user_of", lambda key: next(looks, real(key))
    )  # the first look came before the other desk's commit

    with pytest.raises(Refused, match="patron-exists") as refused:
        give_identity(second.pk, code, by=desk(), now=MONDAY_NOON)

    assert refused.value.refusals[0].facts == {"patron_id": first.pk}
    assert both_or_neither(store) == "both"
