"""Thousands of holds at once: the cheapest, how near to it, and what cannot be."""

import random
from collections.abc import Collection
from datetime import date, time
from itertools import product

import pytest

from kortisto.domain.fulfilment.solving import (
    CLOSE_ENOUGH,
    NoPlan,
    Option,
    Segment,
    cheapest,
)

TUESDAY = date(2027, 3, 2)
EIGHT, NINE = ("VAN", TUESDAY, time(8)), ("VAN", TUESDAY, time(9))


def option(hold: int, item: int, cents: float, *segments: Segment) -> Option:
    return Option(hold_id=hold, item_id=item, cents=cents, segments=segments)


def test_together_it_costs_least_though_the_first_gets_the_farther_copy() -> None:
    options = [
        option(1, 10, 40),
        option(1, 11, 60),
        option(2, 10, 0),
        option(2, 11, 90),
    ]
    assert cheapest(options, room_left={}, overflow_cents=90).items == {1: 11, 2: 10}


def test_nothing_to_arrange_is_no_trouble() -> None:
    assert cheapest([], room_left={}, overflow_cents=90).items == {}


def test_a_full_van_sends_for_the_copy_that_stands_elsewhere() -> None:
    options = [
        option(1, 10, 40, EIGHT),
        option(1, 11, 60),
        option(2, 20, 40, EIGHT),
    ]
    wide = cheapest(options, room_left={EIGHT: 2}, overflow_cents=90)
    assert wide.items == {1: 10, 2: 20}
    assert cheapest(options, room_left={EIGHT: 1}, overflow_cents=90).items == {
        1: 11,
        2: 20,
    }


def test_where_there_is_no_other_copy_the_van_is_too_full_and_all_are_served() -> None:
    options = [option(1, 10, 40, EIGHT), option(2, 20, 40, EIGHT)]
    assert cheapest(options, room_left={EIGHT: -3}, overflow_cents=3).items == {
        1: 10,
        2: 20,
    }


def test_the_same_options_give_the_same_answer() -> None:
    options = [option(h, i, (h * i) % 5) for h in range(1, 20) for i in range(30, 55)]
    first = cheapest(options, room_left={}, overflow_cents=90)
    assert cheapest(options, room_left={}, overflow_cents=90) == first
    assert len(set(first.items.values())) == len(first.items) == 19


def test_a_hold_too_many_is_no_plan() -> None:
    options = [option(1, 10, 0), option(2, 10, 0)]
    with pytest.raises(NoPlan):
        cheapest(options, room_left={}, overflow_cents=90)


def test_two_holds_that_want_the_one_copy_of_two_are_no_plan() -> None:
    options = [option(1, 10, 0), option(2, 10, 0), option(3, 10, 0), option(3, 11, 0)]
    options.append(option(3, 12, 0))
    with pytest.raises(NoPlan):
        cheapest(options, room_left={}, overflow_cents=90)


def test_where_a_price_alone_settles_nothing_the_answer_is_still_the_best() -> None:
    """Ten equals, and room for three: no price tells which seven go elsewhere."""
    options = []
    for hold in range(10):
        options += [
            option(hold, 100 + hold, 40, EIGHT),
            option(hold, 200 + hold, 60),
        ]
    found = cheapest(options, room_left={EIGHT: 3}, overflow_cents=90)
    by_van = [item for item in found.items.values() if item < 200]
    assert len(by_van) == 3
    assert found.cents == pytest.approx(3 * 40 + 7 * 60)
    assert found.gap <= CLOSE_ENOUGH


@pytest.mark.parametrize("room", [1, 10, 100])
def test_thousands_come_near_the_best_and_tell_how_near(room: int) -> None:
    chance = random.Random(room)  # noqa: S311
    options = []
    for title in range(1500):
        shelves = [chance.choice((None, EIGHT, NINE)) for _copy in range(4)]
        for hold in range(2):
            for number, shelf in enumerate(shelves):
                way = (shelf,) if shelf else ()
                cents = chance.randrange(20, 200)
                options.append(
                    option(title * 2 + hold, title * 4 + number, cents, *way)
                )
    found = cheapest(options, room_left={EIGHT: room, NINE: room}, overflow_cents=90)
    assert len(found.items) == len(set(found.items.values())) == 3000
    assert found.gap <= CLOSE_ENOUGH


@pytest.mark.parametrize("seed", range(20))
def test_no_plan_of_all_is_cheaper_than_what_is_told(seed: int) -> None:
    """Seven holds, a copy by van and one elsewhere for each: all plans can be tried."""
    chance = random.Random(seed)  # noqa: S311
    by_van = [option(h, 2 * h, chance.randrange(20, 80), EIGHT) for h in range(7)]
    others = [option(h, 2 * h + 1, chance.randrange(20, 200)) for h in range(7)]

    def costs(items: Collection[int]) -> float:
        chosen = [each for each in (*by_van, *others) if each.item_id in items]
        carried = sum(each in by_van for each in chosen)
        return sum(each.cents for each in chosen) + 90 * max(carried - 2, 0)

    ways = product(*((2 * hold, 2 * hold + 1) for hold in range(7)))
    best = min(map(costs, ways))
    found = cheapest([*by_van, *others], room_left={EIGHT: 2}, overflow_cents=90)
    assert found.bound <= best + 0.001
    assert found.cents == costs(found.items.values())
    assert found.cents <= best * (1 + CLOSE_ENOUGH)
