"""Stories of a copy that was set aside by mistake: what comes back, and what not."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.core.undo import latest, undo
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.cancel_hold import cancel_holds
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.undoing import capture_to_undo
from kortisto.domain.circulation.item_states import items_in_state
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.holds.actions.extending import ask_for_more_time
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.holds.places import place_of
from kortisto.domain.org.models import Unit
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
from kortisto.testing.mail import MemoryMail, let_the_worker_write, post_box

pytestmark = pytest.mark.django_db

SOON = MONDAY_NOON + timedelta(minutes=10)
AN_HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def post() -> Iterator[MemoryMail]:
    make_rules({"values": {"pickup_days": 7}})
    yield post_box()
    post_box()


def captured(
    item: Item | None = None, *, pickup: Unit | None = None, at: Unit | None = None
) -> tuple[Hold, Item]:
    copy = item or make_item()
    patron = make_patron(email="a@posti.example", language="en")
    hold = make_hold(patron, copy.record, pickup=pickup)
    checkin(copy.barcode, by=desk(at), now=MONDAY_NOON)
    hold.refresh_from_db()
    assert hold.item == copy
    return hold, copy


def take_back(hold: Hold, *, at: Unit | None = None, hours: float = 0.2) -> None:
    step = latest("capture", hold.pk)
    assert step is not None
    when = MONDAY_NOON + hours * AN_HOUR
    undo(step.pk, by=desk(at), now=when, needs=LendingPermission.UNDO)


def free(item: Item) -> bool:
    return items_in_state(Item.objects.filter(pk=item.pk), "available").exists()


def test_the_hold_is_first_in_its_queue_again_and_the_copy_is_free() -> None:
    hold, item = captured()
    behind = make_hold(make_patron(), item.record, placed_at=MONDAY_NOON)
    assert not free(item)
    take_back(hold)
    hold.refresh_from_db()
    assert (hold.state, hold.item, hold.pickup_until) == ("queued", None, None)
    assert (place_of(hold.pk), place_of(behind.pk)) == (1, 2)
    assert free(item)
    told = LoggedEvent.objects.filter(body__hold_id=hold.pk).order_by("pk")
    assert [row.kind for row in told][-2:] == ["HoldRequeued", "CaptureUndone"]


def test_the_return_that_set_it_aside_stands() -> None:
    item = make_item()
    checkout(card_of(make_patron()), item.barcode, by=desk(), now=MONDAY_NOON)
    hold, _item = captured(item)
    take_back(hold)
    assert Loan.objects.get().ending == Loan.Ending.RETURNED
    assert not LoggedEvent.objects.filter(kind="ReturnUndone").exists()


def test_a_journey_that_had_begun_is_called_off() -> None:
    there = make_library("SVL")
    hold, item = captured(pickup=there)
    assert hold.state == Hold.State.TRAVELLING
    take_back(hold)
    assert Transit.objects.get().cancelled_at is not None
    assert free(item)


def test_a_journey_that_had_ended_here_goes_on() -> None:
    """It was on its way home, and somebody scanned it while it passed."""
    here, home = make_library(), make_library("SVL")
    item = make_item(library=home)
    Item.objects.filter(pk=item.pk).update(library=here)
    checkin(item.barcode, by=desk(here), now=MONDAY_NOON - AN_HOUR)
    home_bound = Transit.objects.get()
    hold, _item = captured(item, pickup=here)
    home_bound.refresh_from_db()
    assert home_bound.arrived_at is not None
    take_back(hold)
    again = Transit.objects.get(arrived_at=None)
    assert (again.pk, again.cancelled_at) == (home_bound.pk, None)
    assert again.destination == home


@pytest.mark.parametrize("how", ["collected", "cancelled", "more time", "undone"])
def test_what_somebody_has_acted_upon_stands(how: str) -> None:
    hold, item = captured()
    why = "happened-since"
    match how:
        case "collected":
            checkout(card_of(hold.patron), item.barcode, by=desk(), now=SOON)
        case "cancelled":
            cancel_holds([hold.pk], by=themself(hold.patron), now=SOON)
        case "more time":
            ask_for_more_time(hold.pk, by=themself(hold.patron), now=SOON)
            why = "patron-has-acted"
        case _:
            take_back(hold)
            why = "undone-already"
    hold.refresh_from_db()
    before = hold.state
    with pytest.raises(Refused, match=why):
        take_back(hold)
    hold.refresh_from_db()
    assert hold.state == before


def test_a_copy_that_has_come_to_another_library_is_not_called_back() -> None:
    here, there = make_library(), make_library("SVL")
    hold, item = captured(pickup=there)
    with pytest.raises(Refused, match="copy-is-elsewhere"):
        take_back(hold, at=there)
    checkin(item.barcode, by=desk(there), now=SOON)
    for library in (here, there):
        with pytest.raises(Refused, match="copy-is-elsewhere"):
            take_back(hold, at=library)
    hold.refresh_from_db()
    assert hold.state == Hold.State.WAITING


def test_after_its_hours_it_stands_and_it_needs_its_permission() -> None:
    hold, _item = captured()
    assert capture_to_undo(hold.pk, by=desk(), now=SOON) is not None
    with pytest.raises(Refused, match="too-late-to-undo"):
        take_back(hold, hours=24.1)
    step = latest("capture", hold.pk)
    assert step is not None
    by = themself(hold.patron)
    with pytest.raises(NotPermitted):
        undo(step.pk, by=by, now=SOON, needs=LendingPermission.UNDO)
    assert capture_to_undo(hold.pk, by=desk(), now=MONDAY_NOON + 25 * AN_HOUR) is None


def test_a_message_that_was_not_sent_is_never_sent(post: MemoryMail) -> None:
    hold, _item = captured()
    take_back(hold)
    let_the_worker_write(MONDAY_NOON + AN_HOUR)
    assert post.sent == []


def test_who_was_told_that_it_waits_is_told_that_it_does_not(post: MemoryMail) -> None:
    hold, _item = captured()
    let_the_worker_write(MONDAY_NOON + AN_HOUR)
    take_back(hold, hours=2)
    for _ in range(2):
        let_the_worker_write(MONDAY_NOON + 2 * AN_HOUR)
    assert [mail.subject for mail in post.sent] == [
        "Your hold can be picked up",
        "Your hold cannot be picked up yet",
    ]
    assert hold.record.title in post.sent[1].text


def test_what_is_set_aside_anew_is_told_anew(post: MemoryMail) -> None:
    hold, item = captured()
    let_the_worker_write(MONDAY_NOON + AN_HOUR)
    take_back(hold, hours=2)
    let_the_worker_write(MONDAY_NOON + 2 * AN_HOUR)
    checkin(item.barcode, by=desk(), now=MONDAY_NOON + 3 * AN_HOUR)
    let_the_worker_write(MONDAY_NOON + 4 * AN_HOUR)
    assert [mail.subject for mail in post.sent][2:] == ["Your hold can be picked up"]
