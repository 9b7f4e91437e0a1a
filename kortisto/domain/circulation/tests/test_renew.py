"""Stories of renewing: the same rules at every door (CIR-30)."""

from datetime import date, timedelta
from typing import Any

import pytest

from kortisto.core.actors import Actor, ActorKind, Channel, NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import Lent, checkout
from kortisto.domain.circulation.actions.renew import Renewed, renew, renew_many
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.fees.actions.charges import charge
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.org.settings import LOAN_BAN_CENTS
from kortisto.domain.patrons.models import Patron
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    close_library,
    desk,
    make_item,
    make_library,
    make_patron,
    make_rules,
    themself,
)

pytestmark = pytest.mark.django_db

NEXT_DAY = MONDAY_NOON + timedelta(days=1)
MAY_OVERRIDE = (LendingPermission.OVERRIDE_RENEWAL.value,)


def lend(patron: Patron | None = None, **options: Any) -> Lent:
    card = card_of(patron or make_patron())
    told = {"by": desk(), "now": MONDAY_NOON, **options}
    return checkout(card, make_item().barcode, **told)


def renewals() -> int:
    return LoggedEvent.objects.filter(kind="LoanRenewed").count()


def test_a_patron_renews_their_own_loan() -> None:
    patron = make_patron()
    lent = lend(patron)
    renewed = renew(lent.loan_id, by=themself(patron), now=NEXT_DAY)
    loan = Loan.objects.get()
    assert renewed.due_at == loan.due_at == lent.due_at + timedelta(days=1)
    assert (loan.renewals, loan.renewed_at) == (1, NEXT_DAY)
    event = LoggedEvent.objects.get(kind="LoanRenewed")
    assert (event.actor, event.channel) == (f"patron:{patron.pk}", "web")


def test_a_patron_does_not_renew_what_another_has() -> None:
    lent = lend()
    with pytest.raises(NotPermitted):
        renew(lent.loan_id, by=themself(make_patron()), now=NEXT_DAY)
    assert Loan.objects.get().renewals == 0
    assert renewals() == 0


def test_what_only_staff_renew_is_refused_to_the_patron_with_the_reason() -> None:
    make_rules({"values": {"renew_online": False}})
    patron = make_patron()
    lent = lend(patron)
    over = {Reason.RENEWED_BY_STAFF.value}
    with pytest.raises(Refused, match="renewed-by-staff"):
        renew(lent.loan_id, by=themself(patron), now=NEXT_DAY, overriding=over)
    assert renewals() == 0
    assert not renew(lent.loan_id, by=desk(), now=NEXT_DAY).unchanged


def test_a_machine_is_no_staff_either() -> None:
    make_rules({"values": {"renew_online": False}})
    lent = lend()
    machine = Actor(
        kind=ActorKind.DEVICE,
        id=4,
        library_id=make_library().pk,
        channel=Channel.SELF_CHECK,
        everywhere=frozenset({LendingPermission.LEND.value}),
    )
    with pytest.raises(Refused, match="renewed-by-staff"):
        renew(lent.loan_id, by=machine, now=NEXT_DAY)


def test_too_soon_on_the_day_of_the_loan_is_no_failure() -> None:
    """CIR-32: people left the item behind when the machine said "failed"."""
    make_rules({"values": {"no_renewal_before_days": 7}})
    lent = lend()
    again = renew(lent.loan_id, by=desk(), now=MONDAY_NOON + timedelta(minutes=1))
    assert again.unchanged
    assert again.due_at == lent.due_at
    assert renewals() == 0


def test_too_soon_on_another_day_is_refused_with_the_day() -> None:
    make_rules({"values": {"no_renewal_before_days": 7}})
    lent = lend()
    with pytest.raises(Refused, match="too-soon") as refused:
        renew(lent.loan_id, by=desk(), now=NEXT_DAY)
    assert "22.3.2027" in refused.value.refusals[0].message
    first_day = MONDAY_NOON.replace(day=22)
    assert renew(lent.loan_id, by=desk(), now=first_day).renewals == 1


def test_staff_who_may_set_aside_that_it_is_too_soon() -> None:
    make_rules({"values": {"no_renewal_before_days": 7, "renewal_period": 60}})
    lent = lend()
    by = desk(also=MAY_OVERRIDE)
    over = {Reason.TOO_SOON.value}
    renewed = renew(lent.loan_id, by=by, now=MONDAY_NOON, overriding=over)
    assert (renewed.unchanged, renewed.renewals) == (False, 1)
    event = LoggedEvent.objects.get(kind="LoanRenewed")
    assert event.body["overridden"] == ["too-soon"]


def test_a_renewal_that_gives_no_later_day_is_refused() -> None:
    make_rules({"values": {"loan_period": 28, "renewal_period": 14}})
    lent = lend()
    with pytest.raises(Refused, match="due-no-later"):
        renew(lent.loan_id, by=desk(), now=NEXT_DAY)
    assert Loan.objects.get().due_at == lent.due_at


def test_a_loan_by_the_hour_can_be_renewed_the_same_day() -> None:
    make_rules({"values": {"loan_period": 2, "loan_period_unit": "hours"}})
    lent = lend()
    renewed = renew(lent.loan_id, by=desk(), now=MONDAY_NOON + timedelta(hours=1))
    assert renewed.due_at == lent.due_at + timedelta(hours=1)
    assert not renewed.unchanged


def test_a_due_date_that_staff_chose_short_can_be_renewed_the_same_day() -> None:
    lent = lend(due_on=date(2027, 3, 3))
    renewed = renew(lent.loan_id, by=desk(), now=MONDAY_NOON)
    assert renewed.due_at.date() == date(2027, 3, 29)


def test_wherever_it_is_renewed_the_calendar_is_that_of_the_loan() -> None:
    """Pain 40: web renewals once moved the due dates of a whole consortium."""
    make_rules({"values": {"loan_period": 14}})
    home, there = make_library("MLI"), make_library("SVL")
    close_library(home, date(2027, 3, 16), name="Inventaario")
    close_library(there, date(2027, 3, 17))
    patron = make_patron()
    loans = [lend(patron).loan_id for _ in range(3)]
    doors = (desk(home), desk(there), themself(patron))
    for loan_id, by in zip(loans, doors, strict=True):
        renewed = renew(loan_id, by=by, now=NEXT_DAY)
        assert renewed.due_at.date() == date(2027, 3, 17)


def test_wherever_it_is_renewed_the_limit_of_debts_is_that_of_the_loan() -> None:
    """Pain 40: renewed at one desk, refused at another and on the web."""
    home, there = make_library("MLI"), make_library("SVL")
    for library, cents in ((home, 10_00), (there, 1_00)):
        set_setting(
            library.pk, LOAN_BAN_CENTS, value=cents, by=chief(), now=MONDAY_NOON
        )
    patron = make_patron(home_library=there)
    loans = [lend(patron, by=desk(home)).loan_id for _ in range(3)]
    elsewhere = checkout(
        card_of(patron),
        make_item(library=there).barcode,
        by=desk(there),
        now=MONDAY_NOON,
    )
    charge(patron.pk, "ODUE", 5_00, key="a", by=desk(), now=MONDAY_NOON)

    for loan_id, by in zip(
        loans, (desk(home), desk(there), themself(patron)), strict=True
    ):
        assert renew(loan_id, by=by, now=NEXT_DAY).renewals == 1
    for by in (desk(home), desk(there), themself(patron)):
        with pytest.raises(Refused, match=Reason.OWES_TOO_MUCH.value):
            renew(elsewhere.loan_id, by=by, now=NEXT_DAY)


def test_a_returned_loan_is_not_renewed() -> None:
    lent = lend()
    checkin(lent.barcode, by=desk(), now=NEXT_DAY)
    with pytest.raises(Refused, match="not-on-loan"):
        renew(lent.loan_id, by=desk(), now=NEXT_DAY)
    assert renewals() == 0


def test_one_refusal_does_not_stop_the_others() -> None:
    make_rules({"values": {"renewals_allowed": 1}})
    patron = make_patron()
    first, second, third = (lend(patron).loan_id for _ in range(3))
    renew(second, by=desk(), now=NEXT_DAY)
    later = NEXT_DAY + timedelta(days=1)
    answers = renew_many([first, second, third], by=desk(), now=later)
    assert [isinstance(answer, Renewed) for answer in answers] == [True, False, True]
    refused = answers[1]
    assert isinstance(refused, tuple)
    assert refused[0] == second
    assert [r.reason for r in refused[1].refusals] == [Reason.NO_RENEWALS_LEFT]
