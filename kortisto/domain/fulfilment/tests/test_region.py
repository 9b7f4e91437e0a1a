"""The whole region at once: pure pairs and their costs, no database."""

from dataclasses import replace
from datetime import date, datetime, time

from kortisto.domain.fulfilment.region import (
    Burden,
    Option,
    burden,
    cents_of,
    cheapest,
    room,
    segments_of,
)
from kortisto.domain.fulfilment.rules import Assignment, Journey, Nearness
from kortisto.domain.org.vans import Leg, Round, Stop, VanNetwork

MONDAY, TUESDAY = date(2027, 3, 1), date(2027, 3, 2)
VAN = Round(
    code="VAN",
    names={"fi": "Kierros"},
    weekdays=frozenset(range(5)),
    capacity=2,
    stops=(Stop(1, time(8)), Stop(2, time(9), 40), Stop(3, time(10), 60)),
    starts_on=MONDAY,
)
NETWORK = VanNetwork([VAN])
EIGHT, NINE = ("VAN", TUESDAY, time(8)), ("VAN", TUESDAY, time(9))


def way(*, to: int = 3, cents: int = 50) -> Journey:
    stop = VAN.stops[to - 1]
    leg = Leg(
        code="VAN",
        origin=1,
        destination=to,
        leaves=datetime.combine(TUESDAY, time(8)),
        arrives=datetime.combine(TUESDAY, stop.at),
        kilometres=100,
        cents=cents,
    )
    return Journey(
        nearness=Nearness.ELSEWHERE,
        fetched_on=MONDAY,
        arrives_on=TUESDAY,
        cost_cents=cents,
        vans=(leg,),
    )


def option(hold: int, item: int, cents: float, *segments: object) -> Option:
    return Option(hold_id=hold, item_id=item, cents=cents, segments=segments)  # type: ignore[arg-type]


def test_together_it_costs_least_though_the_first_gets_the_farther_copy() -> None:
    options = [
        option(1, 10, 40),
        option(1, 11, 60),
        option(2, 10, 0),
        option(2, 11, 90),
    ]
    assert cheapest(options, room_left={}, day_cents=30) == {1: 11, 2: 10}


def test_nothing_to_arrange_is_no_trouble() -> None:
    assert cheapest([], room_left={}, day_cents=30) == {}


def test_a_full_van_sends_for_the_copy_that_stands_elsewhere() -> None:
    options = [
        option(1, 10, 40, EIGHT),
        option(1, 11, 60),
        option(2, 20, 40, EIGHT),
    ]
    wide = cheapest(options, room_left={EIGHT: 2}, day_cents=30)
    assert wide == {1: 10, 2: 20}
    assert cheapest(options, room_left={EIGHT: 1}, day_cents=30) == {1: 11, 2: 20}


def test_where_there_is_no_other_copy_the_van_is_too_full_and_all_are_served() -> None:
    options = [option(1, 10, 40, EIGHT), option(2, 20, 40, EIGHT)]
    assert cheapest(options, room_left={EIGHT: -3}, day_cents=0) == {1: 10, 2: 20}


def test_the_same_options_give_the_same_answer() -> None:
    options = [option(h, i, (h * i) % 5) for h in range(1, 20) for i in range(30, 55)]
    first = cheapest(options, room_left={}, day_cents=30)
    assert cheapest(options, room_left={}, day_cents=30) == first
    assert len(set(first.values())) == len(first) == 19


def test_a_pair_costs_carrying_waiting_and_leaving_the_group() -> None:
    def cents(journey: Journey, *, planned_now: bool = False) -> float:
        return cents_of(journey, today=MONDAY, day_cents=30, planned_now=planned_now)

    assert cents(way()) == 50 + 30 + 100
    assert cents(way(), planned_now=True) < cents(way())
    near = replace(way(), nearness=Nearness.SAME_GROUP)
    assert cents(near) == 50 + 30
    assert cents(replace(way(), nearness=Nearness.NO_VAN)) > cents(way())


def test_a_copy_takes_room_until_it_gets_off() -> None:
    assert segments_of(way(to=3), NETWORK) == (EIGHT, NINE)
    assert segments_of(way(to=2), NETWORK) == (EIGHT,)
    settled = Assignment(
        hold_id=1, item_id=1, library_id=1, journey=way(to=2), place=1, chosen_of=1
    )
    assert room([settled], [EIGHT, NINE], NETWORK) == {EIGHT: 1, NINE: 2}


def test_what_a_plan_asks_of_the_region_is_counted() -> None:
    here = Journey(nearness=Nearness.SAME_LIBRARY, fetched_on=MONDAY, arrives_on=MONDAY)
    assert burden([way(), way(), here], today=MONDAY) == Burden(2, 200, 2)
