"""Errands: asked for once, ended once, by whoever may."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from kortisto.core import errands
from kortisto.core.actors import NotPermitted
from kortisto.core.errands import ErrandKind, NewErrand, ask, drop, finish, open_for
from kortisto.core.models import Errand, LoggedEvent
from kortisto.core.permissions import permission
from kortisto.core.refusals import Refused
from kortisto.testing.builders import MONDAY_NOON, desk, make_library

pytestmark = pytest.mark.django_db

EDIT, CHARGE = permission("patrons.edit"), permission("fees.charge")
PROOF = ErrandKind("test.proof", "Proof", "Look at {what}.", EDIT)
MONEY = ErrandKind("test.money", "Money", "Count it.", CHARGE)


@pytest.fixture(autouse=True)
def _own_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {PROOF.code: PROOF, MONEY.code: MONEY}
    monkeypatch.setattr(errands, "_kinds", known)


def make(kind: ErrandKind = PROOF, subject: int = 7, **fields: int) -> Errand:
    unit = fields.get("unit_id", make_library().pk)
    new = NewErrand(kind=kind, subject_id=subject, unit_id=unit, facts={"what": "it"})
    return ask(new, by=desk(), now=MONDAY_NOON)


def test_the_same_is_asked_for_once_while_it_is_open() -> None:
    first = make()

    assert make() == first
    assert Errand.objects.count() == 1
    assert LoggedEvent.objects.filter(kind="ErrandAsked").count() == 1


def test_what_has_been_done_can_be_asked_for_again() -> None:
    first = make()
    finish(first.pk, "", by=desk(), now=MONDAY_NOON)

    assert make() != first
    assert open_for(desk()).count() == 1


def test_the_database_too_keeps_one_open_errand_for_each_subject() -> None:
    first = make()

    with pytest.raises(IntegrityError), transaction.atomic():
        Errand.objects.create(kind=first.kind, subject_id=first.subject_id)


@pytest.mark.parametrize(("end", "state"), [(finish, "done"), (drop, "dropped")])
def test_ending_keeps_who_when_and_how(end: object, state: str) -> None:
    errand = make()

    ended = end(errand.pk, "  Called   them. ", by=desk(), now=MONDAY_NOON)  # type: ignore[operator]

    errand.refresh_from_db()
    assert errand == ended
    assert (errand.state, errand.note) == (state, "Called them.")
    assert (errand.ended_by, errand.ended_at) == ("staff:1", MONDAY_NOON)
    event = LoggedEvent.objects.get(kind="ErrandEnded")
    assert event.body == {"errand_id": errand.pk, "errand": PROOF.code, "state": state}
    assert "Called" not in str(event.body)


def test_an_errand_is_ended_once() -> None:
    errand = make()
    finish(errand.pk, "first", by=desk(), now=MONDAY_NOON)

    with pytest.raises(Refused, match="errand-has-ended"):
        drop(errand.pk, "second", by=desk(), now=MONDAY_NOON)

    errand.refresh_from_db()
    assert (errand.state, errand.note) == ("done", "first")


def test_only_who_may_at_its_place_ends_it() -> None:
    errand = make()
    elsewhere = make_library("SVL")
    other = replace(
        desk(elsewhere),
        everywhere=frozenset(),
        grants={EDIT.value: frozenset({elsewhere.pk})},
    )

    with pytest.raises(NotPermitted):
        finish(errand.pk, "", by=other, now=MONDAY_NOON)

    errand.refresh_from_db()
    assert errand.state == "open"
    assert not LoggedEvent.objects.filter(kind="ErrandEnded").exists()


def test_each_sees_what_they_may_see_to_where_they_may() -> None:
    here, there = make_library(), make_library("SVL")
    mine, theirs = make(subject=1), make(subject=2, unit_id=there.pk)
    money = make(MONEY, subject=3)
    anywhere = ask(
        NewErrand(kind=PROOF, subject_id=4, unit_id=None), by=desk(), now=MONDAY_NOON
    )
    some = replace(
        desk(),
        everywhere=frozenset(),
        grants={EDIT.value: frozenset({here.pk})},
    )

    assert set(open_for(desk())) == {mine, theirs, money, anywhere}
    assert set(open_for(some)) == {mine, anywhere}
    assert set(open_for(desk(), units=[there.pk])) == {theirs, anywhere}
    assert set(open_for(desk(), among=[MONEY])) == {money}
    assert errands.kinds_for(some) == [PROOF]
    nobody = replace(desk(), everywhere=frozenset())
    assert not open_for(nobody).exists()


def test_two_kinds_cannot_have_one_code() -> None:
    with pytest.raises(ValueError, match=r"test\.proof"):
        errands.declare(replace(PROOF, title="Another"))
    assert errands.declare(PROOF) is PROOF
