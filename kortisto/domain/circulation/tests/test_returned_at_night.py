"""Stories of items that come back when nobody works (HLD-9)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kortisto.core.actors import Actor, ActorKind, Channel
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.circulation.actions.cancel_hold import cancel_holds
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.returns import Going
from kortisto.domain.holds.actions.restoring import restore
from kortisto.domain.holds.models import Hold
from kortisto.domain.org.models import Unit
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
)

pytestmark = pytest.mark.django_db

AT_NIGHT = MONDAY_NOON + timedelta(hours=10)  # 22 o'clock; the library closes at 20
IN_THE_MORNING = MONDAY_NOON + timedelta(hours=21)


def machine(library: Unit | None = None) -> Actor:
    """A return machine in the hall of a library."""
    return replace(desk(library), kind=ActorKind.DEVICE, channel=Channel.SELF_CHECK)


def test_a_return_at_night_is_told_to_nobody_before_staff_have_scanned_it() -> None:
    """Acceptance scenario 7."""
    item = make_item()
    hold = make_hold(make_patron(), item.record)
    back = checkin(item.barcode, by=machine(), now=AT_NIGHT)
    hold.refresh_from_db()
    assert (hold.state, hold.item, hold.pickup_until) == (
        Hold.State.PROCESSING,
        item,
        None,
    )
    assert back.going is Going.HOLD_SHELF
    assert LoggedEvent.objects.filter(kind="HoldLeftForStaff").count() == 1
    assert not LoggedEvent.objects.filter(kind="HoldArrived").exists()
    checkin(item.barcode, by=machine(), now=AT_NIGHT)  # and once more at the machine
    assert not LoggedEvent.objects.filter(kind="HoldArrived").exists()

    checkin(item.barcode, by=desk(), now=IN_THE_MORNING)

    hold.refresh_from_db()
    assert hold.state == Hold.State.WAITING
    assert hold.pickup_until is not None
    assert LoggedEvent.objects.filter(kind="HoldArrived").count() == 1


def test_a_hold_cancelled_in_the_night_leaves_its_copy_to_be_cleared() -> None:
    item = make_item()
    hold = make_hold(make_patron(), item.record)
    checkin(item.barcode, by=machine(), now=AT_NIGHT)
    cancel_holds([hold.pk], by=desk(), now=AT_NIGHT)
    hold.refresh_from_db()
    assert (hold.state, hold.item) == (Hold.State.UNCLEARED, item)
    restore(hold.pk, by=desk(), now=AT_NIGHT)
    hold.refresh_from_db()
    assert hold.state == Hold.State.PROCESSING  # still in the machine


def test_a_machine_beside_staff_at_work_puts_it_on_the_shelf_at_once() -> None:
    item = make_item()
    hold = make_hold(make_patron(), item.record)
    checkin(item.barcode, by=machine(), now=MONDAY_NOON)
    hold.refresh_from_db()
    assert hold.state == Hold.State.WAITING


def test_what_is_sent_elsewhere_at_night_travels_as_by_day() -> None:
    item = make_item()
    hold = make_hold(make_patron(), item.record, pickup=make_library("SVL"))
    checkin(item.barcode, by=machine(), now=AT_NIGHT)
    hold.refresh_from_db()
    assert hold.state == Hold.State.TRAVELLING


def test_a_copy_returned_at_night_is_lent_to_nobody_else() -> None:
    item = make_item()
    make_hold(make_patron(), item.record)
    checkin(item.barcode, by=machine(), now=AT_NIGHT)
    with pytest.raises(Refused, match="waits-for-another"):
        checkout(card_of(make_patron()), item.barcode, by=desk(), now=IN_THE_MORNING)
