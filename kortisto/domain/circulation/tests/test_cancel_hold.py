"""Stories of cancelled holds: what becomes of the copies, and bringing them back."""

from datetime import timedelta

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.cancel_hold import cancel_holds
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.availability import availability_of
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.queries import STATUS_COLUMNS, statuses
from kortisto.domain.circulation.returns import Note
from kortisto.domain.holds.actions.restoring import restorable, restore
from kortisto.domain.holds.models import Hold, Transit
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
    themself,
)

pytestmark = pytest.mark.django_db

LATER = MONDAY_NOON + timedelta(hours=1)


def cancel(*holds: Hold) -> None:
    cancel_holds([hold.pk for hold in holds], by=desk(), now=LATER)


def told_of(hold: Hold) -> list[str]:
    rows = LoggedEvent.objects.filter(kind__startswith="Hold", body__hold_id=hold.pk)
    return list(rows.order_by("pk").values_list("kind", flat=True))


def state_of(item: Item) -> str:
    [row] = Item.objects.filter(pk=item.pk).values(*STATUS_COLUMNS)
    return statuses([row])[item.pk].state


def open_journey(item: Item) -> Transit:
    return Transit.objects.get(item=item, arrived_at=None, cancelled_at=None)


def test_a_hold_of_the_queue_is_cancelled() -> None:
    hold = make_hold(make_patron(), make_item().record)
    cancel(hold)
    hold.refresh_from_db()
    assert (hold.state, hold.ending) == (Hold.State.CANCELLED, Hold.Ending.STAFF)
    assert (hold.ended_at, hold.ended_by) == (LATER, "staff:1")
    assert told_of(hold) == ["HoldEnded"]


def test_a_patron_cancels_their_own_and_nobody_elses() -> None:
    mine, other, record = make_patron(), make_patron(), make_item().record
    own, theirs = make_hold(mine, record), make_hold(other, record)
    with pytest.raises(NotPermitted):
        cancel_holds([theirs.pk], by=themself(mine), now=LATER)
    cancel_holds([own.pk], by=themself(mine), now=LATER)
    own.refresh_from_db()
    theirs.refresh_from_db()
    assert (own.ending, theirs.state) == (Hold.Ending.PATRON, Hold.State.QUEUED)


def test_one_that_had_ended_is_told_and_changes_nothing() -> None:
    hold = make_hold(make_patron(), make_item().record, state=Hold.State.FILLED)
    with pytest.raises(Refused, match="hold-has-ended"):
        cancel(hold)
    assert told_of(hold) == []


def test_a_copy_on_the_hold_shelf_is_not_orphaned_there() -> None:
    """HLD-14: it is nobody's, but not to be had before it is scanned off the shelf."""
    item = make_item()
    hold = make_hold(make_patron(), item.record)
    checkin(item.barcode, by=desk(), now=MONDAY_NOON)
    cancel(hold)
    hold.refresh_from_db()
    assert (hold.state, hold.item) == (Hold.State.UNCLEARED, item)
    assert state_of(item) == "uncleared"
    assert availability_of([item.record_id])[item.record_id].available == 0
    back = checkin(item.barcode, by=desk(), now=LATER)
    hold.refresh_from_db()
    assert hold.state == Hold.State.CANCELLED
    assert Note.CLEARED in {note for note, _values in back.notes}
    assert availability_of([item.record_id])[item.record_id].available == 1
    assert told_of(hold)[-2:] == ["HoldEnded", "HoldCleared"]


def test_one_scan_clears_the_shelf_and_serves_the_next_in_the_queue() -> None:
    item, second = make_item(), make_patron()
    first = make_hold(make_patron(), item.record)
    next_one = make_hold(second, item.record, placed_at=MONDAY_NOON)
    checkin(item.barcode, by=desk(), now=MONDAY_NOON)
    cancel(first)
    next_one.refresh_from_db()
    assert next_one.state == Hold.State.QUEUED  # not before the copy is in a hand
    checkin(item.barcode, by=desk(), now=LATER)
    next_one.refresh_from_db()
    assert (next_one.state, next_one.item) == (Hold.State.WAITING, item)


def test_an_uncleared_copy_can_be_lent_to_whoever_brings_it_to_the_desk() -> None:
    item, passer_by = make_item(), make_patron()
    hold = make_hold(make_patron(), item.record)
    checkin(item.barcode, by=desk(), now=MONDAY_NOON)
    cancel(hold)
    checkout(card_of(passer_by), item.barcode, by=desk(), now=LATER)
    hold.refresh_from_db()
    assert hold.state == Hold.State.CANCELLED
    assert told_of(hold)[-1] == "HoldCleared"
    assert Loan.objects.get().patron == passer_by


def test_a_copy_on_its_way_goes_home_instead() -> None:
    """Acceptance scenario 6: the destination changes in the same action."""
    here, there = make_library("MLI"), make_library("SVL")
    item = make_item(library=here)
    hold = make_hold(make_patron(), item.record, pickup=there)
    checkin(item.barcode, by=desk(here), now=MONDAY_NOON)
    assert open_journey(item).destination == there
    cancel(hold)
    journey = open_journey(item)
    assert (journey.origin, journey.destination) == (here, here)
    assert journey.sent_at == MONDAY_NOON
    checkin(item.barcode, by=desk(here), now=LATER)
    assert not Transit.objects.filter(arrived_at=None, cancelled_at=None).exists()
    assert state_of(item) == "available"


def test_a_copy_on_its_way_goes_to_the_next_who_waits() -> None:
    here, there, third = (make_library(code) for code in ("MLI", "SVL", "PIE"))
    item = make_item(library=here)
    first = make_hold(make_patron(), item.record, pickup=there)
    second = make_hold(make_patron(), item.record, pickup=third, placed_at=MONDAY_NOON)
    checkin(item.barcode, by=desk(here), now=MONDAY_NOON)
    cancel(first)
    second.refresh_from_db()
    assert (second.state, second.item) == (Hold.State.TRAVELLING, item)
    assert open_journey(item).destination == third
    assert told_of(second) == ["HoldTrapped", "HoldSent"]
    checkin(item.barcode, by=desk(third), now=LATER)
    second.refresh_from_db()
    assert second.state == Hold.State.WAITING


def test_a_copy_on_its_way_to_its_home_keeps_its_journey() -> None:
    here, home = make_library("MLI"), make_library("SVL")
    item = make_item(library=here, home_library=home)
    hold = make_hold(make_patron(), item.record, pickup=home)
    checkin(item.barcode, by=desk(here), now=MONDAY_NOON)
    journey = open_journey(item)
    cancel(hold)
    assert open_journey(item) == journey


def test_a_cancelled_hold_comes_back_to_its_place() -> None:
    """Pain point 53: for a day, and before those who came later."""
    item = make_item()
    first = make_hold(make_patron(), item.record)
    make_hold(make_patron(), item.record, placed_at=MONDAY_NOON)
    cancel(first)
    assert [*restorable(first.patron_id, now=LATER)] == [first]
    restore(first.pk, by=desk(), now=LATER + timedelta(hours=23))
    assert told_of(first) == ["HoldEnded", "HoldRestored"]
    checkin(item.barcode, by=desk(), now=LATER + timedelta(hours=23))
    first.refresh_from_db()
    assert (first.state, first.ending, first.ended_at) == (Hold.State.WAITING, "", None)


def test_a_cancelled_hold_whose_copy_is_still_on_the_shelf_waits_there_again() -> None:
    item = make_item()
    hold = make_hold(make_patron(), item.record)
    checkin(item.barcode, by=desk(), now=MONDAY_NOON)
    hold.refresh_from_db()
    until = hold.pickup_until
    cancel(hold)
    restore(hold.pk, by=themself(hold.patron), now=LATER)
    hold.refresh_from_db()
    assert (hold.state, hold.item, hold.pickup_until) == (
        Hold.State.WAITING,
        item,
        until,
    )


def test_after_a_day_a_hold_is_placed_anew_instead() -> None:
    hold = make_hold(make_patron(), make_item().record)
    cancel(hold)
    late = LATER + timedelta(hours=24, seconds=1)
    assert not restorable(hold.patron_id, now=late)
    with pytest.raises(Refused, match="too-late-to-restore"):
        restore(hold.pk, by=desk(), now=late)
    hold.refresh_from_db()
    assert hold.state == Hold.State.CANCELLED


@pytest.mark.parametrize("state", [Hold.State.QUEUED, Hold.State.FILLED])
def test_what_nobody_cancelled_cannot_be_brought_back(state: Hold.State) -> None:
    hold = make_hold(make_patron(), make_item().record, state=state)
    with pytest.raises(Refused, match="hold-was-not-cancelled"):
        restore(hold.pk, by=desk(), now=LATER)


def test_nobody_brings_back_another_patrons_hold() -> None:
    hold = make_hold(make_patron(), make_item().record)
    cancel(hold)
    with pytest.raises(NotPermitted):
        restore(hold.pk, by=themself(make_patron()), now=LATER)
