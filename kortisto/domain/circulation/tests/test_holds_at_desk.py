"""Stories of lending what somebody waits for (HLD-15)."""

from datetime import date, timedelta
from typing import Any

import pytest

from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation import return_facts
from kortisto.domain.circulation.actions import checkin as checkin_module
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import Lent, checkout
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.circulation.returns import Going, ReturnFacts
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
)

pytestmark = pytest.mark.django_db

MAY_OVERRIDE = (LendingPermission.OVERRIDE_HOLD.value,)
LATER = MONDAY_NOON + timedelta(hours=1)


def trap(item: Item, patron: Patron, **fields: Any) -> Hold:
    """The patron's hold, with the item waiting for it on the shelf of MLI."""
    hold = make_hold(patron, item.record, **fields)
    checkin(item.barcode, by=desk(), now=MONDAY_NOON)
    hold.refresh_from_db()
    assert hold.item == item
    return hold


def lend(patron: Patron, item: Item, **options: Any) -> Lent:
    told = {"by": desk(), "now": LATER, **options}
    return checkout(card_of(patron), item.barcode, **told)


def test_the_hold_that_waited_is_filled_by_its_loan() -> None:
    patron, item = make_patron(), make_item()
    hold = trap(item, patron)
    lend(patron, item)
    hold.refresh_from_db()
    assert (hold.state, hold.item, hold.ended_at) == (Hold.State.FILLED, item, LATER)


def test_an_older_hold_of_the_same_patron_is_not_filled_instead() -> None:
    """HLD-15: lending the copy on the shelf must not free it silently."""
    patron, item = make_patron(), make_item()
    other = make_item(record=item.record)
    older = make_hold(
        patron,
        item.record,
        wanted_item=other,
        placed_at=MONDAY_NOON - timedelta(days=9),
    )
    hold = trap(item, patron)
    lend(patron, item)
    hold.refresh_from_db()
    older.refresh_from_db()
    assert hold.state == Hold.State.FILLED
    assert older.state == Hold.State.QUEUED


def test_a_copy_from_the_shelf_fills_the_oldest_hold_of_the_borrower() -> None:
    patron, item = make_patron(), make_item()
    newer = make_hold(patron, item.record, placed_at=MONDAY_NOON)
    older = make_hold(patron, item.record)
    lend(patron, item)
    older.refresh_from_db()
    newer.refresh_from_db()
    assert (older.state, older.item) == (Hold.State.FILLED, item)
    assert newer.state == Hold.State.QUEUED


@pytest.mark.parametrize(
    "fields",
    [
        {"expires_on": date(2027, 2, 28)},
        {"suspended_from": date(2000, 1, 1)},
        {"starts_on": date(2027, 3, 2)},
    ],
)
def test_a_hold_that_is_not_in_force_is_never_filled(
    fields: dict[str, Any],
) -> None:
    patron, item = make_patron(), make_item()
    hold = make_hold(patron, item.record, **fields)
    lend(patron, item)
    hold.refresh_from_db()
    assert (hold.state, hold.item) == (Hold.State.QUEUED, None)


def test_what_waits_for_another_is_not_lent() -> None:
    waiting, passer_by, item = make_patron(), make_patron(), make_item()
    hold = trap(item, waiting)
    with pytest.raises(Refused, match=Reason.WAITS_FOR_ANOTHER.value):
        lend(passer_by, item, overriding={Reason.WAITS_FOR_ANOTHER.value})
    hold.refresh_from_db()
    assert hold.state == Hold.State.WAITING
    assert not Loan.objects.exists()


def test_who_may_sets_the_hold_aside_and_it_waits_in_its_old_place() -> None:
    waiting, passer_by, item = make_patron(), make_patron(), make_item()
    hold = trap(item, waiting)
    by = desk(also=MAY_OVERRIDE)
    over = {Reason.WAITS_FOR_ANOTHER.value}
    lent = lend(passer_by, item, by=by, overriding=over)
    placed_at = hold.placed_at
    hold.refresh_from_db()
    assert (hold.state, hold.item, hold.pickup_until) == (Hold.State.QUEUED, None, None)
    assert hold.placed_at == placed_at
    assert Loan.objects.get().patron == passer_by
    assert [refusal.reason for refusal in lent.overridden] == [Reason.WAITS_FOR_ANOTHER]
    told = LoggedEvent.objects.get(kind="LoanStarted")
    assert told.body["overridden"] == ["waits-for-another"]


def test_an_override_fills_the_borrowers_own_hold_too() -> None:
    waiting, passer_by, item = make_patron(), make_patron(), make_item()
    hold = trap(item, waiting)
    own = make_hold(passer_by, item.record, placed_at=MONDAY_NOON)
    by = desk(also=MAY_OVERRIDE)
    lend(passer_by, item, by=by, overriding={Reason.WAITS_FOR_ANOTHER.value})
    hold.refresh_from_db()
    own.refresh_from_db()
    assert (hold.state, hold.item) == (Hold.State.QUEUED, None)
    assert (own.state, own.item) == (Hold.State.FILLED, item)


def test_a_queue_is_only_told_when_the_copy_is_found_on_the_shelf() -> None:
    item = make_item()
    hold = make_hold(make_patron(), item.record)
    lent = lend(make_patron(), item)
    hold.refresh_from_db()
    assert [notice.reason for notice in lent.notices] == [Reason.HELD_BY_OTHERS]
    assert hold.state == Hold.State.QUEUED


def test_the_own_hold_is_no_queue() -> None:
    patron, item = make_patron(), make_item()
    make_hold(patron, item.record)
    assert lend(patron, item).notices == ()


def test_a_patron_who_meets_the_item_on_its_way_may_have_it() -> None:
    """The journey ends, the hold is filled, nothing waits at the other end."""
    here, there = make_library("MLI"), make_library("SVL")
    patron, item = make_patron(), make_item(library=here)
    hold = make_hold(patron, item.record, pickup=there)
    checkin(item.barcode, by=desk(here), now=MONDAY_NOON)
    lend(patron, item)
    hold.refresh_from_db()
    assert hold.state == Hold.State.FILLED
    assert Transit.objects.get().arrived_at == LATER


def test_an_item_lent_far_from_where_it_was_is_there_now() -> None:
    home, there = make_library("MLI"), make_library("SVL")
    item = make_item(library=home)
    lend(make_patron(), item, by=desk(there))
    item.refresh_from_db()
    assert (item.library, item.home_library) == (there, home)


def decide_by_old_facts(monkeypatch: pytest.MonkeyPatch, item: Item) -> None:
    """The next check-in has read the item now, and sees later changes only again."""
    today = MONDAY_NOON.date()
    old = [return_facts.for_checkin(item.barcode, today=today)]
    read = return_facts.for_checkin

    def too_slow(barcode: str, *, today: date) -> tuple[int, ReturnFacts]:
        return old.pop() if old else read(barcode, today=today)

    monkeypatch.setattr(checkin_module, "for_checkin", too_slow)


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_hold_that_is_filled_while_a_desk_decides_is_not_filled_twice(
    monkeypatch: pytest.MonkeyPatch, *, elsewhere: bool
) -> None:
    """Two copies come back at two desks at once: the second goes to who is next."""
    first = make_item()
    other = make_item(record=first.record)
    pickup = make_library("SVL") if elsewhere else make_library()
    hold = make_hold(make_patron(), first.record, pickup_library=pickup)
    decide_by_old_facts(monkeypatch, first)
    Hold.objects.update(item=other, state=Hold.State.WAITING)
    returned = checkin(first.barcode, by=desk(), now=MONDAY_NOON)
    hold.refresh_from_db()
    assert (hold.state, hold.item) == (Hold.State.WAITING, other)
    assert returned.going is Going.SHELF
    assert not Transit.objects.exists()


def test_a_hold_cancelled_while_a_desk_decides_stays_cancelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    item = make_item()
    hold = make_hold(make_patron(), item.record)
    decide_by_old_facts(monkeypatch, item)
    Hold.objects.update(state=Hold.State.CANCELLED)
    assert checkin(item.barcode, by=desk(), now=MONDAY_NOON).going is Going.SHELF
    hold.refresh_from_db()
    assert (hold.state, hold.item) == (Hold.State.CANCELLED, None)
