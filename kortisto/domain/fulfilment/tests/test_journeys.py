"""When a copy comes, and what carrying it costs: opening days and vans together."""

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest

from kortisto.domain.fulfilment.actions.planning import plan_titles
from kortisto.domain.fulfilment.journeys import journeys_from
from kortisto.domain.fulfilment.rules import Journey, Nearness
from kortisto.domain.holds.models import Pull
from kortisto.domain.org.actions.vans import RoundPlan, save_round
from kortisto.domain.org.models import Unit
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.van_queries import van_network
from kortisto.domain.org.vans import Stop
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    close_library,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
)

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY, WEDNESDAY = date(2027, 3, 1), date(2027, 3, 2), date(2027, 3, 3)


def drive(code: str, *libraries: Unit, weekdays: str = "01234", euros: int = 0) -> None:
    """A van that calls at the libraries at 8, 9, 10, 50 kilometres apart."""
    plan = RoundPlan(
        names={"fi": code},
        weekdays=frozenset(map(int, weekdays)),
        capacity=100,
        stops=tuple(
            Stop(library.pk, time(8 + number), 50)
            for number, library in enumerate(libraries)
        ),
        starts_on=date(2027, 1, 1),
        run_cents=euros * 100,
    )
    save_round(code, plan, by=chief(), now=MONDAY_NOON)


def journeys(today: date = MONDAY) -> Callable[[int, int], Journey]:
    return journeys_from(organisation(), van_network(), today)


def test_as_long_as_nobody_tells_of_vans_one_goes_each_weekday_everywhere() -> None:
    here, there = make_library("MLI"), make_library("SVL")
    found = journeys(date(2027, 3, 5))(here.pk, there.pk)
    assert (found.arrives_on, found.cost_cents, found.vans) == (
        date(2027, 3, 8),
        0,
        (),
    )
    assert found.nearness == Nearness.ELSEWHERE


def test_a_copy_comes_with_the_van_when_the_other_library_is_open() -> None:
    here, there = make_library("MLI"), make_library("SVL")
    drive("VAN", here, there, euros=100)
    there.hours.filter(weekday=TUESDAY.weekday()).delete()
    found = journeys()(here.pk, there.pk)
    assert found.vans[0].arrives.date() == TUESDAY
    assert found.arrives_on == WEDNESDAY
    assert (found.cost_cents, found.kilometres) == (100, 50)


def test_of_ways_that_are_collected_on_the_same_day_the_cheapest_is_taken() -> None:
    here, middle, there = (make_library(code) for code in ("MLI", "PIE", "SVL"))
    drive("SLOW", here, there, weekdays="2", euros=100)
    drive("A", here, middle, euros=300)
    drive("B", middle, here, there, euros=300)
    assert [leg.code for leg in journeys()(here.pk, there.pk).vans] == ["B"]
    close_library(there, TUESDAY)
    assert [leg.code for leg in journeys()(here.pk, there.pk).vans] == ["SLOW"]


def test_where_no_van_goes_copies_come_last() -> None:
    here, there, far = (make_library(code) for code in ("MLI", "SVL", "PIE"))
    drive("VAN", here, there)
    found = journeys()(far.pk, here.pk)
    assert (found.nearness, found.arrives_on) == (Nearness.NO_VAN, TUESDAY)


def test_a_pull_tells_which_van_when_and_what_it_costs() -> None:
    here, there = make_library("MLI"), make_library("SVL")
    drive("VAN", here, there, euros=100)
    item = make_item(record=make_record(), library=here)
    make_hold(make_patron(), item.record, pickup=there)

    plan_titles([item.record_id], now=MONDAY_NOON)

    trace = Pull.objects.get().trace
    assert (trace["arrives_on"], trace["cost_cents"]) == ("2027-03-02", 100)
    assert trace["vans"] == [
        {
            "round": "VAN",
            "origin": here.pk,
            "destination": there.pk,
            "on": "2027-03-02",
        }
    ]


def test_a_row_that_stays_tells_the_days_anew() -> None:
    item = make_item(record=make_record(), library=make_library("MLI"))
    make_hold(make_patron(), item.record, pickup=make_library("SVL"))
    plan_titles([item.record_id], now=MONDAY_NOON)
    before = Pull.objects.get()

    moved = plan_titles([item.record_id], now=MONDAY_NOON + timedelta(days=1))

    after = Pull.objects.get()
    assert (moved, after.pk, after.planned_at) == (0, before.pk, before.planned_at)
    assert before.trace["arrives_on"] == "2027-03-02"
    assert after.trace["arrives_on"] == "2027-03-03"


def test_the_vans_decide_between_libraries_that_are_equal_otherwise() -> None:
    """The copy with the lower number stands where the van comes from on Wednesday."""
    slow, fast, pickup = (make_library(code) for code in ("MLI", "PIE", "SVL"))
    drive("SLOW", slow, pickup, weekdays="2")
    drive("FAST", fast, pickup, weekdays="1")
    record = make_record()
    make_item(record=record, library=slow)
    near = make_item(record=record, library=fast)
    make_hold(make_patron(), record, pickup=pickup)
    plan_titles([record.pk], now=MONDAY_NOON)
    assert Pull.objects.get().item == near
