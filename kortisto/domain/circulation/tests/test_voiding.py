"""Stories of a loan that was made to the wrong person (pain 55)."""

from datetime import timedelta
from typing import Any, Final

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.core.undo import latest, undo
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.claims import NewClaim, claim
from kortisto.domain.circulation.actions.fines import accrue_fines
from kortisto.domain.circulation.actions.losing import Compensation, damage
from kortisto.domain.circulation.actions.voiding import void_loan
from kortisto.domain.circulation.explain import why_fine
from kortisto.domain.circulation.models import Claim, Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.queries import history_of, loan_counts, loans_of
from kortisto.domain.fees.actions.payments import pay
from kortisto.domain.fees.models import Charge
from kortisto.domain.fees.queries import balance, credits_of, unbalanced_entries
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.places import place_of
from kortisto.domain.patrons.models import Patron
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_rules,
)

pytestmark = pytest.mark.django_db

SOON: Final = MONDAY_NOON + timedelta(hours=2)
DAY_AFTER: Final = MONDAY_NOON + timedelta(days=2)
LAST_CHANCE: Final = MONDAY_NOON + timedelta(hours=72)


@pytest.fixture(autouse=True)
def _rules() -> None:
    make_rules({"values": {"loan_period": 1, "fine_cents": 20}})


def lent(patron: Patron, item: Item | None = None) -> Loan:
    copy = item or make_item()
    made = checkout(card_of(patron), copy.barcode, by=desk(), now=MONDAY_NOON)
    return Loan.objects.get(pk=made.loan_id)


def test_the_wrong_patron_finds_nothing_and_the_right_one_can_borrow() -> None:
    wrong, right = make_patron(history="forever"), make_patron()
    loan = lent(wrong)
    voided = void_loan(loan.pk, by=chief(), now=SOON)
    assert (voided.patron, voided.ending) == (None, Loan.Ending.VOIDED)
    assert not loans_of(wrong.pk).exists()
    assert not history_of(wrong.pk).exists()
    assert loan_counts(wrong.pk, now=SOON)["loans"] == 0
    checkout(card_of(right), loan.barcode, by=desk(), now=SOON)
    told = LoggedEvent.objects.get(kind="LoanVoided")
    assert told.body["was_open"]
    assert "patron" not in str(told.body)


def test_what_it_has_cost_is_taken_off_and_what_was_paid_is_a_credit() -> None:
    wrong = make_patron()
    loan = lent(wrong)
    accrue_fines(by=desk(), now=DAY_AFTER)
    damage(loan.pk, Compensation(cents=500), by=chief(), now=DAY_AFTER)
    pay(wrong.pk, 20, key="till", by=chief(), now=DAY_AFTER)
    void_loan(loan.pk, by=chief(), now=DAY_AFTER)
    assert balance(wrong.pk).cents == -20
    assert [credit.cents for credit in credits_of(wrong.pk)] == [20]
    for charge in Charge.objects.all():
        [why] = why_fine(charge.trace)
        assert "wrong person" in why.sentence
    accrue_fines(by=desk(), now=LAST_CHANCE)
    assert balance(wrong.pk).cents == -20
    assert unbalanced_entries() == []


def test_a_returned_loan_is_voided_and_its_return_cannot_be_undone_any_more() -> None:
    wrong = make_patron(history="forever")
    loan = lent(wrong)
    checkin(loan.barcode, by=desk(), now=SOON)
    void_loan(loan.pk, by=chief(), now=SOON)
    assert not history_of(wrong.pk).exists()
    step = latest("checkin", loan.pk)
    assert step is not None
    with pytest.raises(Refused, match="happened-since"):
        undo(step.pk, by=desk(), now=SOON, needs=LendingPermission.UNDO)
    loan.refresh_from_db()
    assert (loan.returned_at, loan.patron) == (SOON, None)
    assert not LoggedEvent.objects.get(kind="LoanVoided").body["was_open"]


def test_the_hold_it_filled_goes_back_to_its_place_in_the_queue() -> None:
    item, wrong = make_item(), make_patron()
    waits: dict[str, Any] = {"state": Hold.State.WAITING, "item": item}
    until = MONDAY_NOON.date() + timedelta(days=7)
    hold = make_hold(wrong, item.record, pickup_until=until, **waits)
    behind = make_hold(make_patron(), item.record, placed_at=MONDAY_NOON)
    loan = lent(wrong, item)
    hold.refresh_from_db()
    assert hold.state == Hold.State.FILLED
    void_loan(loan.pk, by=chief(), now=SOON)
    hold.refresh_from_db()
    assert (hold.state, hold.item, hold.pickup_until) == (Hold.State.QUEUED, None, None)
    assert (place_of(hold.pk), place_of(behind.pk)) == (1, 2)


def test_a_claim_of_it_does_not_count_for_the_patron() -> None:
    wrong = make_patron()
    loan = lent(wrong)
    new = NewClaim(kind="never-had", library_id=loan.library_id)
    claim(loan.pk, new, by=desk(), now=SOON)
    void_loan(loan.pk, by=chief(), now=SOON)
    assert not Claim.objects.exists()
    assert loan_counts(wrong.pk, now=SOON)["claims"] == 0


def test_it_takes_the_permission_and_is_possible_for_three_days() -> None:
    loan = lent(make_patron())
    with pytest.raises(NotPermitted):
        void_loan(loan.pk, by=desk(), now=SOON)
    late = LAST_CHANCE + timedelta(minutes=1)
    with pytest.raises(Refused, match="too-late-to-undo"):
        void_loan(loan.pk, by=chief(), now=late)
    loan.refresh_from_db()
    assert loan.patron is not None
    void_loan(loan.pk, by=chief(), now=LAST_CHANCE)
    with pytest.raises(Refused, match="nobodys-loan"):
        void_loan(loan.pk, by=chief(), now=LAST_CHANCE)
    assert LoggedEvent.objects.filter(kind="LoanVoided").count() == 1


def test_an_item_that_went_on_to_another_patron_stays_there() -> None:
    wrong, other = make_patron(), make_patron()
    loan = lent(wrong)
    checkin(loan.barcode, by=desk(make_library()), now=SOON)
    checkout(card_of(other), loan.barcode, by=desk(), now=SOON)
    void_loan(loan.pk, by=chief(), now=SOON)
    assert loans_of(other.pk).get().item_id == loan.item_id
