"""The whole region at once: pure pairs and their costs, no database."""

from dataclasses import replace
from datetime import date, datetime, time

from kortisto.domain.fulfilment.region import (
    Burden,
    burden,
    cents_of,
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
