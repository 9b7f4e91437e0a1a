"""Which copy goes to which hold, by pure facts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from kortisto.domain.fulfilment.rules import (
    Assignment,
    Copy,
    Journey,
    Manner,
    NearestFirst,
    Nearness,
    Waiting,
    assign,
)
from kortisto.domain.policies.rules import Matrix, Terms

TODAY = date(2027, 3, 1)
HERE, NEAR, FAR = 1, 2, 3


def copy(item: int, *, at: int = HERE, home: int = HERE, volume: str = "") -> Copy:
    return Copy(
        item_id=item, home_library_id=home, library_id=at, item_type_id=1, volume=volume
    )


def hold(number: int, *, pickup: int = HERE, **wants: Any) -> Waiting:
    return Waiting(
        hold_id=number,
        category_id=1,
        patron_home_id=HERE,
        pickup_library_id=pickup,
        **wants,
    )


def journey(
    origin: int, destination: int, *, fetched: int = 0, cost: int = 0
) -> Journey:
    nearness = Nearness.ELSEWHERE
    if origin == destination:
        nearness = Nearness.SAME_LIBRARY
    elif {origin, destination} == {HERE, NEAR}:
        nearness = Nearness.SAME_GROUP
    first = TODAY + timedelta(days=fetched)
    travels = 0 if origin == destination else 1
    return Journey(
        nearness=nearness,
        fetched_on=first,
        arrives_on=first + timedelta(days=travels),
        cost_cents=cost,
    )


def plan(
    holds: list[Waiting],
    copies: list[Copy],
    *,
    terms: Callable[[Copy, Waiting], Terms] | None = None,
    way: Callable[[int, int], Journey] = journey,
    now_for: dict[int, int] | None = None,
    nearest_first: NearestFirst | None = None,
) -> list[Assignment]:
    usual = Matrix(1).terms(HERE, 1, 1)
    return list(
        assign(
            holds,
            copies,
            today=TODAY,
            terms=terms or (lambda _copy, _hold: usual),
            journey=way,
            same_group=lambda one, other: {one, other} == {HERE, NEAR},
            now_for=(now_for or {}).get,
            manner=Manner(nearest_first=nearest_first),
        )
    )


def pairs(found: list[Assignment]) -> dict[int, int]:
    return {each.hold_id: each.item_id for each in found}


def test_the_first_of_the_queue_is_served_first() -> None:
    found = plan([hold(1), hold(2)], [copy(10)])
    assert pairs(found) == {1: 10}


@pytest.mark.parametrize(
    ("places", "chosen"),
    [((FAR, NEAR, HERE), HERE), ((FAR, NEAR), NEAR), ((FAR,), FAR)],
)
def test_the_nearest_copy_is_taken(places: tuple[int, ...], chosen: int) -> None:
    found = plan([hold(1)], [copy(at * 10, at=at) for at in places])
    assert pairs(found) == {1: chosen * 10}


def test_a_shelf_that_nobody_reaches_for_a_week_is_asked_last() -> None:
    def closed(origin: int, destination: int) -> Journey:
        return journey(origin, destination, fetched=35 if origin == HERE else 0)

    copies = [copy(10, at=HERE), copy(30, at=FAR)]
    assert pairs(plan([hold(1)], copies, way=closed)) == {1: 30}
    assert pairs(plan([hold(1)], copies[:1], way=closed)) == {1: 10}


def test_what_costs_less_to_carry_decides_between_equals() -> None:
    def way(origin: int, destination: int) -> Journey:
        return journey(origin, destination, cost={FAR: 90, 4: 40}.get(origin, 0))

    assert pairs(plan([hold(1)], [copy(1, at=FAR), copy(2, at=4)], way=way)) == {1: 2}


def test_a_library_that_no_van_connects_is_asked_last() -> None:
    def way(origin: int, destination: int) -> Journey:
        known = journey(origin, destination)
        return replace(known, nearness=Nearness.NO_VAN) if origin == NEAR else known

    copies = [copy(1, at=NEAR), copy(2, at=FAR)]
    assert pairs(plan([hold(1)], copies, way=way)) == {1: 2}
    assert pairs(plan([hold(1)], copies[:1], way=way)) == {1: 1}


def test_the_one_that_is_being_fetched_already_stays() -> None:
    copies = [copy(10), copy(11)]
    assert pairs(plan([hold(1)], copies, now_for={11: 1})) == {1: 11}
    assert pairs(plan([hold(1)], copies)) == {1: 10}


def test_each_hold_gets_what_it_asks_for_or_waits() -> None:
    copies = [copy(10, volume="2027 : 1"), copy(11, volume="2027 : 2")]
    found = plan(
        [
            hold(1, wanted_volume="2027 : 2"),
            hold(2, wanted_item_id=99),
            hold(3, wanted_item_id=10),
        ],
        copies,
    )
    assert pairs(found) == {1: 11, 3: 10}


def test_rules_of_the_home_keep_a_copy_from_others_holds() -> None:
    rows = Matrix(1).terms(HERE, 1, 1)
    not_holdable = replace(rows, holdable=False)

    def terms(one: Copy, _hold: Waiting) -> Terms:
        return not_holdable if one.home_library_id == FAR else rows

    found = plan([hold(1)], [copy(10, home=FAR), copy(11)], terms=terms)
    assert pairs(found) == {1: 11}


NEAREST = NearestFirst(window=3, passes=2, least_holds=2, least_copies=1)


def test_the_nearest_of_the_first_is_served_and_only_of_the_first() -> None:
    holds = [hold(1, pickup=FAR), hold(2, pickup=FAR), hold(3), hold(4)]
    [found] = plan(holds, [copy(10)], nearest_first=NEAREST)
    assert (found.hold_id, found.trace["passes"]) == (3, 2)
    narrow = replace(NEAREST, window=2)
    assert pairs(plan(holds, [copy(10)], nearest_first=narrow)) == {1: 10}
    assert pairs(plan(holds, [copy(10)])) == {1: 10}


def test_a_hold_that_was_passed_often_enough_is_not_passed_again() -> None:
    holds = [hold(1, pickup=FAR, passed=2), hold(2), hold(3)]
    assert pairs(plan(holds, [copy(10)], nearest_first=NEAREST)) == {1: 10}


def test_passing_is_counted_within_one_plan_too() -> None:
    """Two pass the first one; the third copy is for it."""
    holds = [hold(1, pickup=FAR), hold(2), hold(3), hold(4)]
    found = plan(
        holds, [copy(10), copy(11), copy(12)], nearest_first=replace(NEAREST, window=9)
    )
    assert [each.hold_id for each in found] == [2, 3, 1]


def test_a_hold_for_a_certain_copy_is_never_passed_by_its_copy() -> None:
    holds = [hold(1, pickup=FAR, wanted_item_id=10), hold(2)]
    assert pairs(plan(holds, [copy(10)], nearest_first=NEAREST)) == {1: 10}


def test_a_hold_that_no_copy_fits_is_not_passed_and_stops_nobody() -> None:
    holds = [hold(1, wanted_item_id=99), hold(2, pickup=FAR), hold(3)]
    [found] = plan(holds, [copy(10)], nearest_first=NEAREST)
    assert (found.hold_id, found.passes) == (3, 1)


def test_nobody_is_passed_more_often_than_the_rule_says() -> None:
    """Copies come one by one, always where the later ones collect."""
    queue = [hold(1, pickup=FAR), *(hold(n) for n in range(2, 9))]
    served = []
    for item in range(10, 16):
        [found] = plan(queue, [copy(item)], nearest_first=NEAREST)
        served.append(found.hold_id)
        queue = [
            replace(one, passed=one.passed + (one.hold_id < found.hold_id))
            for one in queue
            if one.hold_id != found.hold_id
        ]
    assert served == [2, 3, 1, 4, 5, 6]


def test_only_long_queues_are_served_so() -> None:
    rule = replace(NEAREST, least_holds=20, least_copies=10)
    assert rule.applies(holds=20, copies=10)
    assert not rule.applies(holds=19, copies=10)
    assert not rule.applies(holds=20, copies=9)


def test_the_trace_tells_why() -> None:
    [one] = plan([hold(7, pickup=NEAR)], [copy(10), copy(11, at=FAR)])
    assert one.trace == {
        "place": 1,
        "copies": 2,
        "nearness": "same_group",
        "fetched_on": "2027-03-01",
        "arrives_on": "2027-03-02",
        "cost_cents": 0,
        "kilometres": 0,
        "vans": [],
    }


def test_the_same_facts_give_the_same_plan() -> None:
    holds = [hold(n, pickup=1 + n % 3) for n in range(9)]
    copies = [copy(100 + n, at=1 + n % 3) for n in range(7)]
    first = plan(holds, copies)
    assert plan(holds, list(reversed(copies))) == first
    assert [each.hold_id for each in first] == [h.hold_id for h in holds[:7]]
