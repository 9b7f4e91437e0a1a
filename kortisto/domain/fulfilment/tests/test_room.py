"""A full hold shelf is sent no more: copies wait on their own shelves meanwhile."""

import pytest

from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.fulfilment.actions.planning import plan_titles
from kortisto.domain.fulfilment.queries import (
    pull_list_of,
    sections_of,
    waiting_for_room,
)
from kortisto.domain.holds.actions.shelving import PlaceTold, save_place
from kortisto.domain.holds.models import Hold, Pull
from kortisto.domain.org.models import Unit
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db


def shelf(library: Unit, capacity: int) -> None:
    told = PlaceTold(name="A1", capacity=capacity)
    save_place(library.pk, told, by=chief(library), now=MONDAY_NOON)


def wanted(pickup: Unit) -> Item:
    item = make_item()
    make_hold(make_patron(), item.record, pickup=pickup)
    plan_titles([item.record_id], now=MONDAY_NOON)
    return item


def asked_for() -> list[int]:
    rows = pull_list_of(make_library().pk, now=MONDAY_NOON)
    return sorted(row.item_id for row in rows)


def test_so_many_are_asked_for_as_there_is_room_and_the_rest_follow() -> None:
    here, there = make_library(), make_library("SVL")
    shelf(there, 2)
    first, second, third = (wanted(there) for _ in range(3))
    elsewhere = wanted(here)  # where nobody has said how much room there is
    assert asked_for() == [first.pk, second.pk, elsewhere.pk]
    assert sections_of(here.pk, now=MONDAY_NOON) == [("", 3)]
    assert waiting_for_room(here.pk, now=MONDAY_NOON) == [(there.pk, 1)]
    checkin(first.barcode, by=desk(), now=MONDAY_NOON)  # now on its way there
    checkin(second.barcode, by=desk(), now=MONDAY_NOON)
    assert asked_for() == [elsewhere.pk]
    assert Pull.objects.filter(item=third).exists()  # nobody else gets it meanwhile
    checkin(first.barcode, by=desk(there), now=MONDAY_NOON)
    hold = Hold.objects.get(item=first)
    assert hold.stands_in is not None
    checkout(card_of(hold.patron), first.barcode, by=desk(there), now=MONDAY_NOON)
    assert asked_for() == [third.pk, elsewhere.pk]
    assert waiting_for_room(here.pk, now=MONDAY_NOON) == []


def test_what_comes_back_for_a_full_shelf_is_set_aside_all_the_same() -> None:
    """It has to go somewhere; staff find room, and the patron is not passed."""
    there = make_library("SVL")
    shelf(there, 1)
    first, second = (wanted(there) for _ in range(2))
    for item in (first, second):
        checkin(item.barcode, by=desk(there), now=MONDAY_NOON)
    states = Hold.objects.order_by("pk").values_list("state", "shelf_place__name")
    assert list(states) == [("waiting", "A1"), ("waiting", None)]


def test_the_list_asks_as_much_for_many_shelves_as_for_one() -> None:
    codes = iter("ABCDEFGH")

    def one_more() -> None:
        library = make_library(next(codes) * 3)
        shelf(library, 1)
        wanted(library)
        wanted(library)

    one_more()
    here = make_library().pk
    assert_same_queries_with_more_rows(
        lambda: pull_list_of(here, now=MONDAY_NOON), add_rows=one_more
    )
