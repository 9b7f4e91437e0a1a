"""Stories of loans that patrons say are not with them (CIR-40)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.core.undo import latest, undo
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.checkin import Returned, checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.claims import (
    NewClaim,
    claim,
    looked_in_vain,
    withdraw_claim,
)
from kortisto.domain.circulation.actions.fines import accrue_fines
from kortisto.domain.circulation.actions.forgetting_claims import forget_old_claims
from kortisto.domain.circulation.actions.history import forget_history_of
from kortisto.domain.circulation.actions.renew import renew
from kortisto.domain.circulation.actions.undoing import undo_checkout
from kortisto.domain.circulation.claim_queries import shelves_to_check
from kortisto.domain.circulation.explain import why_fine
from kortisto.domain.circulation.models import Claim, Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.queries import loan_counts, overdue_loans, statuses
from kortisto.domain.fees.actions.payments import pay
from kortisto.domain.fees.models import Charge
from kortisto.domain.fees.queries import balance, credits_of, unbalanced_entries
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.org.settings import SETTINGS
from kortisto.domain.patrons.models import Patron
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_consortium,
    make_item,
    make_library,
    make_patron,
    make_rules,
)

pytestmark = pytest.mark.django_db

PERIOD: Final = 14
FIVE_LATE: Final = MONDAY_NOON + timedelta(days=PERIOD + 5)
TEN_LATE: Final = MONDAY_NOON + timedelta(days=PERIOD + 10)


@pytest.fixture(autouse=True)
def _rules() -> None:
    make_rules({"values": {"loan_period": PERIOD, "fine_cents": 20}})


def decide(key: str, value: Any) -> None:
    root = make_consortium().pk
    set_setting(root, SETTINGS[key], value=value, by=chief(), now=MONDAY_NOON)


def lent(patron: Patron, item: Item | None = None) -> Loan:
    copy = item or make_item()
    made = checkout(card_of(patron), copy.barcode, by=desk(), now=MONDAY_NOON)
    return Loan.objects.get(pk=made.loan_id)


def said(loan: Loan, *, now: datetime = FIVE_LATE, **more: Any) -> Claim:
    told = {"kind": "returned", "library_id": loan.library_id, **more}
    return claim(loan.pk, NewClaim(**told), by=desk(), now=now)


def back(loan: Loan, *, now: datetime = TEN_LATE, **more: Any) -> Returned:
    return checkin(loan.barcode, by=desk(), now=now, **more)


def owes(patron: Patron) -> int:
    return balance(patron.pk).cents


def test_from_the_claim_on_nothing_is_overdue_and_no_fine_grows() -> None:
    patron = make_patron()
    loan = lent(patron)
    accrue_fines(by=desk(), now=FIVE_LATE - timedelta(days=2))
    said(loan)
    assert owes(patron) == 5 * 20  # up to the day of the claim
    accrue_fines(by=desk(), now=TEN_LATE)
    assert owes(patron) == 5 * 20
    assert not overdue_loans(now=TEN_LATE).exists()
    assert loan_counts(patron.pk, now=TEN_LATE) == {
        "loans": 1,
        "overdue": 0,
        "claimed": 1,
        "claims": 1,
    }
    assert LoggedEvent.objects.get(kind="LoanClaimed").body["claim"] == "returned"


def test_a_fine_can_be_taken_off_while_it_is_looked_for() -> None:
    decide("claims.fine_meanwhile", "none")
    patron = make_patron()
    loan = lent(patron)
    accrue_fines(by=desk(), now=FIVE_LATE)
    pay(patron.pk, 60, key="till", by=chief(), now=FIVE_LATE)
    said(loan)
    assert owes(patron) == -60
    assert [credit.cents for credit in credits_of(patron.pk)] == [60]
    sentences = [why.sentence for why in why_fine(Charge.objects.get().trace)]
    assert sentences == ["No fine while the library looks for the item."]
    assert unbalanced_entries() == []


@pytest.mark.parametrize(
    ("found", "key", "value", "cents"),
    [
        (True, "claims.fine_when_found", "none", 0),
        (True, "claims.fine_when_found", "to-claim", 100),
        (False, "claims.fine_when_brought", "none", 0),
        (False, "claims.fine_when_brought", "to-claim", 100),
        (False, "claims.fine_when_brought", "to-return", 200),
    ],
)
def test_what_it_costs_in_the_end_is_what_the_library_has_decided(
    found: bool,  # noqa: FBT001
    key: str,
    value: str,
    cents: int,
) -> None:
    decide(key, value)
    patron = make_patron()
    loan = lent(patron)
    made = said(loan)
    returned = back(loan, found=found)
    assert returned.fine_cents == owes(patron) == cents
    made.refresh_from_db()
    assert made.resolution == ("found" if found else "brought")
    assert f"Now noted: {made.get_resolution_display()}." in " ".join(
        returned.sentences
    )
    charge = Charge.objects.get()
    assert charge.frozen_at is not None
    assert why_fine(charge.trace)
    accrue_fines(by=desk(), now=TEN_LATE + timedelta(days=9))
    assert owes(patron) == cents
    assert unbalanced_entries() == []


@pytest.mark.parametrize("decided", ["found", "brought"])
def test_a_plain_check_in_resolves_as_the_library_has_decided(decided: str) -> None:
    decide("claims.at_checkin", decided)
    loan = lent(make_patron())
    made = said(loan)
    back(loan)
    made.refresh_from_db()
    assert made.resolution == decided
    assert Loan.objects.get().ending == Loan.Ending.RETURNED


def test_an_undone_check_in_opens_the_claim_again() -> None:
    patron = make_patron(history="never")
    loan = lent(patron)
    made = said(loan, note="Jätti luukkuun")
    back(loan, found=True)
    made.refresh_from_db()
    assert (made.loan, made.note) == (None, "")  # the loan has forgotten the patron
    step = latest("checkin", loan.pk)
    assert step is not None
    undo(step.pk, by=desk(), now=TEN_LATE, needs=LendingPermission.UNDO)
    made.refresh_from_db()
    assert (made.loan, made.note, made.resolution) == (loan, "Jätti luukkuun", "")
    assert owes(patron) == 100
    accrue_fines(by=desk(), now=TEN_LATE)
    assert owes(patron) == 100
    assert LoggedEvent.objects.filter(kind="ClaimReopened").count() == 1


def test_a_claim_taken_back_lets_the_loan_go_on_as_if_nothing_had_been_said() -> None:
    patron = make_patron()
    loan = lent(patron)
    made = said(loan)
    withdraw_claim(made.pk, by=desk(), now=TEN_LATE)
    accrue_fines(by=desk(), now=TEN_LATE)
    assert owes(patron) == 200
    assert overdue_loans(now=TEN_LATE).get() == loan
    said(loan, now=TEN_LATE)  # and it can be claimed again
    assert Claim.objects.filter(resolved_at=None).count() == 1


def test_a_claimed_loan_is_neither_renewed_nor_lent_nor_undone() -> None:
    patron = make_patron()
    loan = lent(patron)
    said(loan, now=MONDAY_NOON)
    for attempt in (
        lambda: renew(loan.pk, by=desk(), now=MONDAY_NOON + timedelta(days=9)),
        lambda: checkout(card_of(patron), loan.barcode, by=desk(), now=MONDAY_NOON),
        lambda: said(loan, now=MONDAY_NOON),
    ):
        with pytest.raises(Refused, match="loan-claimed"):
            attempt()
    with pytest.raises(Refused, match="happened-since"):
        undo_checkout(loan.pk, by=desk(), now=MONDAY_NOON)
    loan.refresh_from_db()
    assert (loan.renewals, loan.returned_at) == (0, None)


def test_a_claim_of_an_earlier_day_counts_from_that_day() -> None:
    patron = make_patron()
    loan = lent(patron)
    accrue_fines(by=desk(), now=TEN_LATE)
    said(loan, now=TEN_LATE, told_on=FIVE_LATE.date())
    assert owes(patron) == 100


def test_what_cannot_be_claimed_is_refused_and_nothing_is_written() -> None:
    loan = lent(make_patron())
    back(loan, now=MONDAY_NOON + timedelta(minutes=1))
    with pytest.raises(Refused, match="not-on-loan"):
        said(loan)
    other = lent(make_patron())
    tomorrow = FIVE_LATE.date() + timedelta(days=1)
    before = MONDAY_NOON.date() - timedelta(days=1)
    for wrong in ({"told_on": tomorrow}, {"told_on": before}, {"kind": "eaten"}):
        with pytest.raises(ValueError, match=r"."):
            said(other, **wrong)
    with pytest.raises(ValueError, match="300"):
        said(other, note="x" * 301)
    nobody = replace(desk(), everywhere=frozenset())
    new = NewClaim(kind="returned", library_id=other.library_id)
    with pytest.raises(NotPermitted):
        claim(other.pk, new, by=nobody, now=FIVE_LATE)
    assert not Claim.objects.exists()
    assert not LoggedEvent.objects.filter(kind="LoanClaimed").exists()


def test_the_shelves_of_the_home_library_and_of_where_it_was_left_are_checked() -> None:
    home, left = make_library("SVL"), make_library("MRI")
    rows = {}
    for number in ("84.2 B", "84.2 A"):
        copy = make_item(library=home, call_number=number, call_number_sort=number)
        rows[number] = said(lent(make_patron(), copy), library_id=left.pk).pk
    in_order = [rows["84.2 A"], rows["84.2 B"]]
    for library in (home, left):
        found = shelves_to_check(library.pk, most=9)
        assert [row.claim_id for row in found] == in_order
    assert shelves_to_check(make_library("MLI").pk, most=9) == []
    looked_in_vain(in_order[0], by=desk(), now=TEN_LATE)
    first = shelves_to_check(home.pk, most=9)[0]
    assert (first.looks, first.looked_at) == (1, TEN_LATE)


def test_the_item_is_on_loan_without_a_due_date() -> None:
    loan = lent(make_patron())
    said(loan)
    row = Item.objects.filter(pk=loan.item_id).values(
        "id", "lost", "withdrawn", "not_for_loan", "damaged"
    )
    status = statuses(row)[loan.item_id]
    assert (status.state, status.claimed, status.due_at) == ("on-loan", True, None)


def test_a_forgotten_loan_takes_its_title_from_the_claim_and_the_count_stays() -> None:
    patron = make_patron()
    loan = lent(patron)
    said(loan, note="Kalevala luukkuun")
    back(loan)
    forget_history_of(patron.pk, by=chief(), now=TEN_LATE)
    kept = Claim.objects.get()
    assert (kept.loan, kept.note, kept.patron) == (None, "", patron)
    assert loan_counts(patron.pk, now=TEN_LATE)["claims"] == 1


def test_old_claims_are_forgotten_and_open_ones_are_not() -> None:
    old, waits = lent(make_patron()), lent(make_patron())
    said(old)
    back(old)
    still = said(waits)
    years = TEN_LATE + timedelta(days=3 * 365)
    assert forget_old_claims(by=chief(), now=TEN_LATE) == 0
    assert forget_old_claims(by=chief(), now=years) == 1
    assert Claim.objects.get() == still
