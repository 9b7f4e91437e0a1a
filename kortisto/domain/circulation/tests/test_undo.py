"""Stories of taking back a check-out or a check-in: what comes back, and what not."""

from datetime import timedelta

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent, UndoStep
from kortisto.core.refusals import Refused
from kortisto.core.undo import latest, undo
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.cancel_hold import cancel_holds
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import Lent, checkout
from kortisto.domain.circulation.actions.fines import accrue_fines
from kortisto.domain.circulation.actions.renew import renew
from kortisto.domain.circulation.actions.undoing import undo_checkout
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.queries import history_of, loans_of
from kortisto.domain.fees.queries import balance, unbalanced_entries
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.patrons.models import Patron
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_rules,
    themself,
)

pytestmark = pytest.mark.django_db

SOON = MONDAY_NOON + timedelta(minutes=10)
LAST_CHANCE = MONDAY_NOON + timedelta(minutes=30)


def lend(patron: Patron, item: Item) -> Lent:
    return checkout(card_of(patron), item.barcode, by=desk(), now=MONDAY_NOON)


def undo_return(loan_id: int, *, minutes: int = 5) -> None:
    """Take back the latest return of a loan so many minutes after it."""
    step = latest("checkin", loan_id)
    assert step is not None
    when = step.done_at + timedelta(minutes=minutes)
    undo(step.pk, by=desk(), now=when, needs=LendingPermission.UNDO)


def test_an_undone_check_out_counts_nowhere() -> None:
    patron, item = make_patron(), make_item()
    lent = lend(patron, item)
    undo_checkout(lent.loan_id, by=desk(), now=LAST_CHANCE)
    loan = Loan.objects.get()
    assert (loan.ending, loan.patron) == (Loan.Ending.UNDONE, None)
    assert not loans_of(patron.pk).exists()
    assert not history_of(patron.pk).exists()
    assert LoggedEvent.objects.filter(kind="LoanUndone").count() == 1
    assert not LoggedEvent.objects.filter(kind="LoanEnded").exists()
    other = checkout(card_of(make_patron()), item.barcode, by=desk(), now=LAST_CHANCE)
    assert not other.notices


def test_an_undone_check_out_makes_room_for_another() -> None:
    make_rules({"values": {"max_loans": 1}})
    patron, item = make_patron(), make_item()
    undo_checkout(lend(patron, item).loan_id, by=desk(), now=SOON)
    checkout(card_of(patron), make_item().barcode, by=desk(), now=SOON)


def test_after_its_window_a_check_out_stands() -> None:
    lent = lend(make_patron(), make_item())
    late = LAST_CHANCE + timedelta(seconds=1)
    with pytest.raises(Refused, match="too-late-to-undo") as refused:
        undo_checkout(lent.loan_id, by=desk(), now=late)
    assert "1.3.2027 12.30" in refused.value.refusals[0].message
    assert Loan.objects.get().returned_at is None


def test_a_check_out_that_was_renewed_or_returned_is_not_undone() -> None:
    make_rules({"values": {"loan_period": 14, "renewal_period": 28}})
    returned, renewed = (lend(make_patron(), make_item()) for _ in range(2))
    checkin(returned.barcode, by=desk(), now=SOON)
    renew(renewed.loan_id, by=desk(), now=SOON)
    for lent in (returned, renewed):
        with pytest.raises(Refused, match="happened-since"):
            undo_checkout(lent.loan_id, by=desk(), now=SOON)
    assert not Loan.objects.filter(ending=Loan.Ending.UNDONE).exists()


def test_undoing_needs_its_permission() -> None:
    lent = lend(make_patron(), make_item())
    by = desk()
    nobody = type(by)(kind=by.kind, id=by.id, library_id=by.library_id)
    with pytest.raises(NotPermitted):
        undo_checkout(lent.loan_id, by=nobody, now=SOON)
    assert Loan.objects.get().returned_at is None


def test_a_hold_that_the_loan_answered_waits_on_its_shelf_again() -> None:
    patron, item = make_patron(), make_item()
    hold = make_hold(patron, item.record)
    checkin(item.barcode, by=desk(), now=MONDAY_NOON - timedelta(hours=1))
    hold.refresh_from_db()
    until = hold.pickup_until
    undo_checkout(lend(patron, item).loan_id, by=desk(), now=SOON)
    hold.refresh_from_db()
    assert (hold.state, hold.item) == (Hold.State.WAITING, item)
    assert (hold.pickup_until, hold.ended_at) == (until, None)


def test_a_hold_that_a_copy_from_the_shelf_answered_is_in_its_queue_again() -> None:
    patron, item = make_patron(), make_item()
    hold = make_hold(patron, item.record)
    undo_checkout(lend(patron, item).loan_id, by=desk(), now=SOON)
    hold.refresh_from_db()
    assert (hold.state, hold.item, hold.ended_at) == (Hold.State.QUEUED, None, None)


def test_a_fine_of_the_night_goes_with_the_loan_that_never_was() -> None:
    """Lent just before midnight for the same day, undone after the nightly run."""
    make_rules({"values": {"loan_period": 0, "fine_cents": 20}})
    patron, item = make_patron(), make_item()
    evening = MONDAY_NOON.replace(hour=23, minute=50)
    lent = checkout(card_of(patron), item.barcode, by=desk(), now=evening)
    accrue_fines(by=desk(), now=evening + timedelta(minutes=11))
    assert balance(patron.pk).cents == 20
    undo_checkout(lent.loan_id, by=desk(), now=evening + timedelta(minutes=15))
    assert balance(patron.pk).cents == 0
    assert unbalanced_entries() == []


def test_an_undone_return_opens_the_loan_as_it_was() -> None:
    patron, item = make_patron(), make_item()
    lent = lend(patron, item)
    checkin(item.barcode, by=desk(), now=SOON)
    undo_return(lent.loan_id)
    loan = Loan.objects.get()
    assert (loan.patron, loan.returned_at, loan.ending) == (patron, None, "")
    assert loan.due_at == lent.due_at
    assert LoggedEvent.objects.filter(kind="ReturnUndone").count() == 1


def test_a_patron_who_keeps_no_history_gets_the_loan_back_too() -> None:
    patron, item = make_patron(history=Patron.History.NEVER), make_item()
    lent = lend(patron, item)
    checkin(item.barcode, by=desk(), now=SOON)
    assert Loan.objects.get().patron is None
    undo_return(lent.loan_id)
    assert Loan.objects.get().patron == patron


def test_an_undone_return_calls_the_item_back_from_its_journey() -> None:
    home, there = make_library("MLI"), make_library("SVL")
    patron, item = make_patron(), make_item(library=home)
    lent = lend(patron, item)
    checkin(item.barcode, by=desk(there), now=SOON)
    undo_return(lent.loan_id)
    item.refresh_from_db()
    transit = Transit.objects.get()
    assert transit.cancelled_at is not None
    assert transit.arrived_at is None
    assert item.library == home


def test_a_hold_that_the_return_filled_is_first_in_its_queue_again() -> None:
    patron, item = make_patron(), make_item()
    lent = lend(patron, item)
    hold = make_hold(make_patron(), item.record)
    checkin(item.barcode, by=desk(), now=SOON)
    undo_return(lent.loan_id)
    hold.refresh_from_db()
    assert (hold.state, hold.item, hold.pickup_until) == (Hold.State.QUEUED, None, None)


def test_no_other_hold_keeps_an_item_that_is_on_loan_again() -> None:
    """The first hold was cancelled and a second scan set the item aside anew."""
    patron, item = make_patron(), make_item()
    lent = lend(patron, item)
    first = make_hold(make_patron(), item.record)
    second = make_hold(make_patron(), item.record, placed_at=MONDAY_NOON)
    checkin(item.barcode, by=desk(), now=SOON)
    Hold.objects.filter(pk=first.pk).update(
        state=Hold.State.CANCELLED, item=None, pickup_until=None
    )
    checkin(item.barcode, by=desk(), now=SOON + timedelta(minutes=1))
    undo_return(lent.loan_id)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.state == Hold.State.CANCELLED
    assert (second.state, second.item) == (Hold.State.QUEUED, None)


def test_a_lost_item_is_lost_again() -> None:
    item = make_item()
    lent = lend(make_patron(), item)
    Item.objects.filter(pk=item.pk).update(lost="2", lost_at=MONDAY_NOON)
    checkin(item.barcode, by=desk(), now=SOON)
    undo_return(lent.loan_id)
    item.refresh_from_db()
    assert item.lost == "2"
    assert item.lost_at is not None
    assert LoggedEvent.objects.filter(kind="ItemChanged").count() == 2


def test_the_fine_of_an_undone_return_runs_on_and_is_charged_once() -> None:
    make_rules({"values": {"loan_period": 14, "fine_cents": 20}})
    patron, item = make_patron(), make_item()
    lent = lend(patron, item)
    late = MONDAY_NOON + timedelta(days=16)
    checkin(item.barcode, by=desk(), now=late)
    assert balance(patron.pk).cents == 40
    undo_return(lent.loan_id)
    assert balance(patron.pk).cents == 0
    checkin(item.barcode, by=desk(), now=late + timedelta(days=1))
    assert balance(patron.pk).cents == 60
    assert unbalanced_entries() == []


def test_a_return_is_not_undone_when_the_item_has_been_lent_since() -> None:
    patron, other, item = make_patron(), make_patron(), make_item()
    lent = lend(patron, item)
    checkin(item.barcode, by=desk(), now=SOON)
    checkout(card_of(other), item.barcode, by=desk(), now=SOON)
    with pytest.raises(Refused, match="happened-since"):
        undo_return(lent.loan_id)
    assert Loan.objects.get(returned_at=None).patron == other
    assert UndoStep.objects.get().undone_at is None


def test_a_return_is_undone_once_and_in_time() -> None:
    lent = lend(make_patron(), make_item())
    checkin(lent.barcode, by=desk(), now=SOON)
    with pytest.raises(Refused, match="too-late-to-undo") as refused:
        undo_return(lent.loan_id, minutes=31)
    assert "1.3.2027 12.40" in refused.value.refusals[0].message
    undo_return(lent.loan_id, minutes=30)
    with pytest.raises(Refused, match="undone-already"):
        undo_return(lent.loan_id)


def test_a_hold_that_was_cancelled_meanwhile_keeps_no_item_that_is_on_loan_again() -> (
    None
):
    patron, item, waiting = make_patron(), make_item(), make_patron()
    lent = lend(patron, item)
    hold = make_hold(waiting, item.record)
    checkin(item.barcode, by=desk(), now=SOON)
    cancel_holds([hold.pk], by=themself(waiting), now=SOON)
    hold.refresh_from_db()
    assert hold.state == Hold.State.UNCLEARED
    undo_return(lent.loan_id)
    hold.refresh_from_db()
    assert hold.state == Hold.State.CANCELLED
    assert Loan.objects.get().returned_at is None
