"""Stories of restrictions: from a day, until a day, lifted, never forgotten (S26)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kortisto.core.actors import Actor, ActorKind, Channel, NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.renew import renew
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.patrons.actions.restrictions import lift, restrict
from kortisto.domain.patrons.models import Patron, Restriction, RestrictionType
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_item,
    make_library,
    make_patron,
)

pytestmark = pytest.mark.django_db


def may_borrow(patron: Patron, *, days: int = 0) -> bool:
    now = MONDAY_NOON + timedelta(days=days)
    try:
        checkout(card_of(patron), make_item().barcode, by=desk(), now=now)
    except Refused as refused:
        if [reason.reason.value for reason in refused.refusals] != ["restricted"]:
            raise
        return False
    return True


def test_a_restriction_bars_borrowing_and_says_why() -> None:
    patron = make_patron()
    restrict(patron.pk, "  Lasku  maksamatta ", by=desk(), now=MONDAY_NOON)
    with pytest.raises(Refused, match="restricted") as refused:
        checkout(card_of(patron), make_item().barcode, by=desk(), now=MONDAY_NOON)
    assert "Lasku maksamatta" in refused.value.refusals[0].message
    assert not Loan.objects.exists()
    assert LoggedEvent.objects.filter(kind="RestrictionAdded").count() == 1


def test_every_restriction_in_force_is_told_also_one_without_a_note() -> None:
    patron = make_patron()
    restrict(patron.pk, "Ikkuna rikki", by=desk(), now=MONDAY_NOON)
    restrict(patron.pk, "", by=desk(), now=MONDAY_NOON, kind="invoice")
    lifted = restrict(patron.pk, "Vanha asia", by=desk(), now=MONDAY_NOON)
    lift(lifted.pk, by=desk(), now=MONDAY_NOON)

    with pytest.raises(Refused) as refused:
        checkout(card_of(patron), make_item().barcode, by=desk(), now=MONDAY_NOON)

    (told,) = refused.value.refusals
    assert told.facts == {"restrictions": "Set by staff – Ikkuna rikki; Unpaid invoice"}


def test_what_staff_wrote_is_told_to_neither_the_patron_nor_a_machine() -> None:
    patron, item = make_patron(), make_item()
    lent = checkout(card_of(patron), item.barcode, by=desk(), now=MONDAY_NOON)
    restrict(patron.pk, "Uhkasi naapuria", by=desk(), now=MONDAY_NOON)
    themself = Actor(kind=ActorKind.PATRON, id=patron.pk, channel=Channel.WEB)
    machine = replace(desk(), kind=ActorKind.DEVICE, channel=Channel.SELF_CHECK)
    cannot_see = replace(
        desk(), everywhere=desk().everywhere - {PatronPermission.SEE.value}
    )

    for by in (themself, machine, cannot_see):
        with pytest.raises(Refused) as refused:
            renew(lent.loan_id, by=by, now=MONDAY_NOON + timedelta(days=7))
        assert "Set by staff" in str([one.message for one in refused.value.refusals])
        assert "naapuria" not in str(
            [(one.message, one.facts) for one in refused.value.refusals]
        )


def test_a_restriction_is_in_force_through_its_last_day() -> None:
    patron = make_patron()
    restrict(patron.pk, "Viikko", by=desk(), now=MONDAY_NOON, ends_on=date(2027, 3, 7))
    assert [may_borrow(patron, days=days) for days in (0, 6, 7)] == [
        False,
        False,
        True,
    ]


def test_a_restriction_that_has_not_begun_bars_nothing() -> None:
    patron = make_patron()
    restrict(patron.pk, "Huomenna", by=desk(), now=MONDAY_NOON + timedelta(days=1))
    assert may_borrow(patron)
    assert not may_borrow(patron, days=1)


def test_a_restriction_cannot_end_before_it_begins() -> None:
    patron = make_patron()
    yesterday = date(2027, 2, 28)
    with pytest.raises(ValueError, match="before"):
        restrict(patron.pk, "?", by=desk(), now=MONDAY_NOON, ends_on=yesterday)
    assert not Restriction.objects.exists()


def test_each_restriction_is_lifted_by_itself_and_kept() -> None:
    patron = make_patron()
    first = restrict(patron.pk, "Yksi", by=desk(), now=MONDAY_NOON)
    second = restrict(patron.pk, "Kaksi", by=desk(), now=MONDAY_NOON)
    lift(first.pk, by=desk(), now=MONDAY_NOON)
    assert not may_borrow(patron)
    lift(second.pk, by=desk(), now=MONDAY_NOON)
    assert may_borrow(patron)
    kept = Restriction.objects.order_by("pk")
    assert [one.lifted_at for one in kept] == [MONDAY_NOON, MONDAY_NOON]
    assert {one.lifted_by for one in kept} == {"staff:1"}


def test_lifting_twice_is_told_once() -> None:
    patron = make_patron()
    made = restrict(patron.pk, "Yksi", by=desk(), now=MONDAY_NOON)
    later = MONDAY_NOON + timedelta(hours=1)
    lift(made.pk, by=desk(), now=MONDAY_NOON)
    lift(made.pk, by=desk(), now=later)
    made.refresh_from_db()
    assert made.lifted_at == MONDAY_NOON
    assert LoggedEvent.objects.filter(kind="RestrictionLifted").count() == 1


def test_a_restriction_bars_nobody_else() -> None:
    restrict(make_patron().pk, "Yksi", by=desk(), now=MONDAY_NOON)
    assert may_borrow(make_patron())


def test_past_a_binding_type_nobody_lends_with_any_permission() -> None:
    patron, item = make_patron(), make_item()
    RestrictionType.objects.create(code="IKKUNA", name_fi="Ikkuna", binding=True)
    restrict(patron.pk, "", by=desk(), now=MONDAY_NOON)
    restrict(patron.pk, "Lasi", kind="IKKUNA", by=desk(), now=MONDAY_NOON)
    every = {reason.value for reason in Reason}

    with pytest.raises(Refused, match="barred") as refused:
        checkout(
            card_of(patron),
            item.barcode,
            by=chief(),
            now=MONDAY_NOON,
            overriding=every,
        )

    (told,) = refused.value.refusals
    assert (told.override, told.notice) == (None, False)
    assert told.facts == {"restrictions": "Set by staff; Ikkuna – Lasi"}
    assert not Loan.objects.exists()


def test_restricting_and_lifting_need_their_permission() -> None:
    patron = make_patron()
    made = restrict(patron.pk, "Yksi", by=desk(), now=MONDAY_NOON)
    nobody = Actor(kind=ActorKind.STAFF, id=1, library_id=make_library().pk)
    with pytest.raises(NotPermitted):
        restrict(patron.pk, "Kaksi", by=nobody, now=MONDAY_NOON)
    with pytest.raises(NotPermitted):
        lift(made.pk, by=nobody, now=MONDAY_NOON)
    assert Restriction.objects.get().lifted_at is None


def test_restrictions_cost_a_check_out_no_statement_of_their_own() -> None:
    over, free, barred = {Reason.RESTRICTED.value}, make_patron(), make_patron()
    for number in range(3):
        restrict(barred.pk, f"Syy {number}", by=desk(), now=MONDAY_NOON)
    cards, items = (
        [card_of(free), card_of(free), card_of(barred)],
        iter([make_item().barcode for _each in range(3)]),
    )

    def statements(card: str) -> list[str]:
        by, item = chief(), next(items)
        with CaptureQueriesContext(connection) as asked:
            checkout(card, item, by=by, now=MONDAY_NOON, overriding=over)
        told = [one["sql"].split()[0] for one in asked.captured_queries]
        return [word for word in told if word not in {"SAVEPOINT", "RELEASE"}]

    _warming, ordinary, overridden = map(statements, cards)
    assert overridden == ordinary
    assert len(ordinary) <= 4
