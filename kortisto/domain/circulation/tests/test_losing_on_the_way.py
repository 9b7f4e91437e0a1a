"""Stories of what was sent and never came."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.losing_on_the_way import lose_on_the_way
from kortisto.domain.circulation.losses import Lost
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.holds.models import Hold, Transit
from kortisto.testing.builders import (
    MONDAY_NOON,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
)

pytestmark = pytest.mark.django_db
LATER = MONDAY_NOON + timedelta(days=12)


def on_its_way() -> tuple[Transit, Hold]:
    """A copy sent from one library for a hold that is picked up at the other."""
    item = make_item()
    hold = make_hold(make_patron(), item.record, pickup=make_library("SVL"))
    checkin(item.barcode, by=desk(), now=MONDAY_NOON)
    return Transit.objects.get(item=item), hold


def lose(transit: Transit) -> int:
    by = desk(also=(LendingPermission.MARK_ITEMS.value,))
    return lose_on_the_way([transit.pk], by=by, now=LATER)


def test_the_item_is_missing_and_its_hold_is_back_in_its_place() -> None:
    transit, hold = on_its_way()
    placed = hold.counts_from
    assert lose(transit) == 1
    hold.refresh_from_db()
    transit.refresh_from_db()
    assert (hold.state, hold.item, hold.counts_from) == ("queued", None, placed)
    assert transit.cancelled_at == LATER
    assert transit.item.lost == Lost.MISSING
    assert lose(transit) == 0


def test_another_copy_serves_the_hold_and_the_lost_one_is_found() -> None:
    transit, hold = on_its_way()
    lose(transit)
    other = make_item(record=hold.record, library=make_library("SVL"))
    checkin(other.barcode, by=desk(make_library("SVL")), now=LATER)
    hold.refresh_from_db()
    assert (hold.state, hold.item) == (Hold.State.WAITING, other)

    checkin(transit.item.barcode, by=desk(), now=LATER + timedelta(days=1))
    transit.item.refresh_from_db()
    assert transit.item.lost == ""


def test_what_has_come_stays_as_it_is() -> None:
    transit, hold = on_its_way()
    checkin(transit.item.barcode, by=desk(make_library("SVL")), now=MONDAY_NOON)
    assert lose(transit) == 0
    hold.refresh_from_db()
    assert hold.state == Hold.State.WAITING
    assert hold.item is not None
    assert hold.item.lost == ""


def test_only_those_who_may_mark_items_say_so() -> None:
    transit, hold = on_its_way()
    by = replace(desk(), everywhere=frozenset())
    with pytest.raises(NotPermitted):
        lose_on_the_way([transit.pk], by=by, now=LATER)
    hold.refresh_from_db()
    assert hold.state == Hold.State.TRAVELLING
