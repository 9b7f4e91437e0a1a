"""Floating with limits: who stays, who goes where, and why (HLD-50)."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.balancing import ask_to_send, drop_dispatch
from kortisto.domain.circulation.actions.checkin import Returned, checkin
from kortisto.domain.circulation.balancing import suggested
from kortisto.domain.circulation.drifting import drifted
from kortisto.domain.circulation.returns import Going, Note
from kortisto.domain.distribution.actions.limiting import (
    remove_float_limit,
    set_float_limit,
)
from kortisto.domain.distribution.models import Dispatch, FloatLimit
from kortisto.domain.distribution.rules import Flow
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.org.models import Unit
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_consortium,
    make_group,
    make_hold,
    make_item,
    make_item_type,
    make_library,
    make_patron,
    make_rules,
)
from kortisto.testing.loans import lend
from kortisto.testing.races import at_once

pytestmark = pytest.mark.django_db

SOON = MONDAY_NOON + timedelta(minutes=5)
TOMORROW = MONDAY_NOON + timedelta(days=1)


def libraries() -> list[Unit]:
    """Three that float together."""
    make_rules({"values": {"return_rule": "float-group", "loan_period": 28}})
    found = [make_library(code) for code in ("MLI", "SVL", "KAN")]
    make_group(*found, purpose="floating")
    return found


def standing(at: Unit, home: Unit, number: int = 1, **fields: Any) -> list[Item]:
    """Items of a home that float at another library."""
    return [make_item(library=at, home_library=home, **fields) for _ in range(number)]


def limited(unit: Unit, most: int, **fields: Any) -> FloatLimit:
    return set_float_limit(unit.pk, most, by=chief(), now=MONDAY_NOON, **fields)


def take_back(item: Item, at: Unit) -> Returned:
    lend(item)
    return checkin(item.barcode, by=desk(at), now=SOON)


def why() -> list[str]:
    return [row.body["why"] for row in LoggedEvent.objects.filter(kind="ItemSent")]


def test_where_there_is_room_it_floats_and_nobody_sends_anything() -> None:
    home, here, _third = libraries()
    limited(here, 1)
    back = take_back(make_item(library=home), here)
    assert (back.going, back.notes) == (Going.SHELF, ())
    assert not Transit.objects.exists()


def test_what_finds_no_room_goes_where_most_are_lacking_and_says_why() -> None:
    home, here, third = libraries()
    standing(here, third, 2)
    limited(here, 2)
    back = take_back(make_item(library=home), here)
    assert (back.going, back.destination_id) == (Going.AWAY, third.pk)
    [sentence] = back.sentences
    assert sentence.startswith("As many such items float here as may (2). ")
    assert sentence.endswith("Send to KAN, which has too few of its own.")
    transit = Transit.objects.get()
    assert transit.reason == Transit.Reason.FLOAT_FULL
    assert transit.trace == {
        "limit": FloatLimit.objects.get().pk, "most": 2, "here": 2, "lack": 2,
    }  # fmt: skip
    assert why() == ["float-full"]


def test_it_goes_home_when_nobody_lacks_any() -> None:
    home, here, _third = libraries()
    limited(here, 0)
    back = take_back(make_item(library=home), here)
    assert back.destination_id == home.pk
    assert back.notes == ((Note.FLOAT_FULL_HOME, {"library_id": home.pk, "most": 0}),)


def test_it_is_not_sent_to_one_that_is_full_too() -> None:
    home, here, third = libraries()
    standing(here, third, 2)
    standing(third, here)
    limited(make_consortium(), 1)
    back = take_back(make_item(library=home), here)
    assert back.destination_id == home.pk


def test_what_was_sent_to_float_stays_though_the_library_filled_up_meanwhile() -> None:
    home, here, third = libraries()
    standing(here, third)
    limited(make_consortium(), 1)
    item = make_item(library=home)
    assert take_back(item, here).destination_id == third.pk
    standing(third, here, 2)
    back = checkin(item.barcode, by=desk(third), now=TOMORROW)
    assert back.going is Going.SHELF
    assert [note for note, _facts in back.notes][-2:] == [Note.ARRIVED, Note.FLOATS]
    transit = Transit.objects.get()  # and no other one
    assert (transit.arrived_at, transit.cancelled_at) == (TOMORROW, None)


def test_what_is_on_its_way_to_float_takes_its_place() -> None:
    home, here, third = libraries()
    standing(here, third, 2)
    limited(make_consortium(), 1)
    first, second = make_item(library=home), make_item(library=home)
    assert take_back(first, here).destination_id == third.pk
    assert take_back(second, here).destination_id == home.pk


def test_a_limit_of_another_kind_or_library_says_nothing() -> None:
    home, here, third = libraries()
    standing(here, third, 3)
    limited(here, 0, item_type=make_item_type("DVD"))
    limited(third, 0)
    assert take_back(make_item(library=home), here).going is Going.SHELF


def test_own_items_and_those_lent_or_kept_take_no_place() -> None:
    home, here, third = libraries()
    make_item(library=here)
    lent, kept = standing(here, third, 2)
    lend(lent)
    Item.objects.filter(pk=lent.pk).update(library=here)
    make_hold(make_patron(), kept.record, item=kept, state=Hold.State.WAITING)
    standing(here, third, lost="1")
    limited(here, 1)
    assert take_back(make_item(library=home), here).going is Going.SHELF


def test_a_hold_comes_before_any_limit() -> None:
    home, here, _third = libraries()
    limited(here, 0)
    item = make_item(library=home)
    lend(item)
    make_hold(make_patron(), item.record, pickup=here)
    back = checkin(item.barcode, by=desk(here), now=SOON)
    assert back.going is Going.HOLD_SHELF
    assert not Transit.objects.exists()


def test_an_arrival_in_a_floating_library_is_recorded_as_arrival() -> None:
    home, here, _third = libraries()
    item = make_item(library=home)
    Transit.objects.create(
        item=item, origin=home, destination=here, sent_at=MONDAY_NOON
    )
    back = checkin(item.barcode, by=desk(here), now=SOON)
    assert back.going is Going.SHELF
    transit = Transit.objects.get()
    assert (transit.arrived_at, transit.cancelled_at) == (SOON, None)


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_given_once() -> None:
    home, here, _third = libraries()
    limited(here, 1)
    items = [make_item(library=home) for _ in range(2)]
    for item in items:
        lend(item)
    at_once(
        *(partial(checkin, item.barcode, by=desk(here), now=SOON) for item in items)
    )
    assert Transit.objects.count() == 1


def test_a_limit_is_replaced_and_taken_away_by_who_may() -> None:
    _home, here, _third = libraries()
    limited(here, 3)
    limit = limited(here, 5)
    assert FloatLimit.objects.get().most == 5
    with pytest.raises(NotPermitted):
        set_float_limit(here.pk, 1, by=desk(), now=SOON)
    with pytest.raises(Refused, match="unknown-collection"):
        limited(here, 1, collection="EI")
    with pytest.raises(NotPermitted):
        remove_float_limit(limit.pk, by=desk(), now=SOON)
    remove_float_limit(limit.pk, by=chief(), now=SOON)
    assert not FloatLimit.objects.exists()
    told = LoggedEvent.objects.filter(kind="FloatLimitSet").order_by("pk")
    assert [row.body["most"] for row in told] == [3, 5, None]


def flow(origin: Unit, destination: Unit, items: int) -> Flow:
    return Flow(
        item_type_id=make_item_type().pk,
        origin_id=origin.pk,
        destination_id=destination.pk,
        items=items,
    )


def test_who_has_too_many_gives_to_who_has_too_few() -> None:
    home, here, third = libraries()
    standing(here, home, 3)
    standing(here, third, 2)
    asked = partial(suggested, today=MONDAY_NOON.date())
    assert asked(least=1) == [flow(here, home, 3), flow(here, third, 2)]
    assert asked(least=3) == [flow(here, home, 3)]
    assert asked(least=1, collection="EI") == []


def test_libraries_that_do_not_float_together_give_nothing() -> None:
    _home, here, third = libraries()
    outside = make_library("PMK")
    standing(here, outside, 4)
    assert suggested(today=MONDAY_NOON.date(), least=1) == []
    assert third.pk not in {row.library_id for row in drifted()}


def test_a_suggestion_becomes_a_list_and_a_scan_sends_the_item() -> None:
    home, here, third = libraries()
    mine = standing(here, home, 2)
    idle = standing(here, third)[0]
    assert ask_to_send(flow(here, third, 1), by=chief(here), now=SOON) == 1
    assert Dispatch.objects.get().item == idle  # it goes home: the first
    assert ask_to_send(flow(here, home, 1), by=chief(here), now=SOON) == 1
    assert suggested(today=MONDAY_NOON.date(), least=1) == [flow(here, home, 1)]

    back = checkin(idle.barcode, by=desk(here), now=TOMORROW)
    assert (back.going, back.destination_id) == (Going.AWAY, third.pk)
    assert back.sentences[-1] == "For the balance of the collections: send to KAN."
    assert Transit.objects.get().reason == Transit.Reason.BALANCE
    assert Dispatch.objects.get().item in mine
    assert why() == ["balance"]

    checkin(idle.barcode, by=desk(third), now=TOMORROW)
    assert Transit.objects.get().arrived_at == TOMORROW


def test_who_waits_comes_before_the_balance() -> None:
    _home, here, third = libraries()
    item = standing(here, third)[0]
    ask_to_send(flow(here, third, 1), by=chief(here), now=SOON)
    make_hold(make_patron(), item.record, pickup=here)
    back = checkin(item.barcode, by=desk(here), now=TOMORROW)
    assert back.going is Going.HOLD_SHELF
    assert not Dispatch.objects.exists()


def test_an_item_that_was_returned_elsewhere_is_not_sent_by_the_old_plan() -> None:
    home, here, third = libraries()
    item = standing(here, home)[0]
    ask_to_send(flow(here, home, 1), by=chief(here), now=SOON)
    back = checkin(item.barcode, by=desk(third), now=TOMORROW)
    assert back.going is Going.SHELF
    assert not Dispatch.objects.exists()


def test_nothing_left_to_send_is_said_and_nothing_written() -> None:
    home, here, _third = libraries()
    with pytest.raises(Refused, match="nothing-to-send"):
        ask_to_send(flow(here, home, 1), by=chief(here), now=SOON)
    assert not LoggedEvent.objects.exists()


def test_a_row_of_the_list_is_dropped_and_the_item_stays() -> None:
    home, here, _third = libraries()
    standing(here, home)
    ask_to_send(flow(here, home, 1), by=chief(here), now=SOON)
    with pytest.raises(NotPermitted):
        ask_to_send(flow(here, home, 1), by=desk(here), now=SOON)
    drop_dispatch(Dispatch.objects.get().pk, by=desk(here), now=TOMORROW)
    assert not Dispatch.objects.exists()
    assert LoggedEvent.objects.filter(kind="DispatchDropped").count() == 1
    assert [row.balance for row in drifted()] == [1, -1]


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_for_the_same_box_put_each_item_on_the_list_once() -> None:
    home, here, _third = libraries()
    standing(here, home, 2)
    at_once(
        *(
            partial(ask_to_send, flow(here, home, 2), by=chief(here), now=SOON)
            for _ in range(2)
        )
    )
    assert Dispatch.objects.count() == 2
