"""Which place a copy is offered: each reason alone, without a database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from kortisto.domain.holds.shelf_places import (
    Closed,
    Newcomer,
    Place,
    choose,
    suits,
    why_closed,
)

MONDAY = date(2027, 3, 1)
EARLIER = MONDAY - timedelta(days=1)
ME, OTHER = "staff:1", "staff:2"
COPY = Newcomer(today=MONDAY, category_id=7, material="KIRJA", by=ME)
FINE = Place(id=1, name="A1", capacity=3)


@pytest.mark.parametrize(
    ("place", "why"),
    [
        (FINE, None),
        (replace(FINE, locked=True), Closed.LOCKED),
        (replace(FINE, standing=2), None),
        (replace(FINE, standing=3), Closed.FULL),
        (replace(FINE, standing=1, marked_full=True), Closed.MARKED_FULL),
        (replace(FINE, standing=0, marked_full=True), None),
        (replace(FINE, standing=1, first_on=EARLIER), Closed.EARLIER_DAY),
        (replace(FINE, standing=1, first_on=MONDAY), None),
        (replace(FINE, standing=1, first_on=EARLIER, one_day=False), None),
        (replace(FINE, reserved_by=OTHER), Closed.RESERVED),
        (replace(FINE, reserved_by=ME), None),
    ],
)
def test_a_place_is_closed_by_each_fact_alone(place: Place, why: Closed | None) -> None:
    assert why_closed(place, today=MONDAY, by=ME) == why


@pytest.mark.parametrize(
    ("place", "does"),
    [
        (FINE, True),
        (replace(FINE, weekday=0), True),
        (replace(FINE, weekday=1), False),
        (replace(FINE, category_id=7), True),
        (replace(FINE, category_id=8), False),
        (replace(FINE, material="KIRJA"), True),
        (replace(FINE, material="CD"), False),
        (replace(FINE, has_title=True), False),
        (replace(FINE, has_title=True, same_title=True), True),
    ],
)
def test_what_a_place_is_meant_for(place: Place, *, does: bool) -> None:
    assert suits(place, COPY) is does


def test_the_first_by_priority_and_then_by_name() -> None:
    last = replace(FINE, id=2, name="A0", priority=200)
    first = replace(FINE, id=3, name="A2", priority=10)
    second = replace(FINE, id=4, name="A1", priority=10)
    assert choose([last, first, second], COPY) == second


def test_overflow_is_offered_when_nothing_else_is_free() -> None:
    overflow = replace(FINE, id=2, priority=1, overflow=True)
    assert choose([overflow, FINE], COPY) == FINE
    assert choose([overflow, replace(FINE, standing=3)], COPY) == overflow
    assert choose([replace(FINE, standing=3)], COPY) is None


def test_what_i_have_reserved_comes_before_all_others() -> None:
    mine = replace(FINE, id=2, priority=900, reserved_by=ME)
    assert choose([FINE, mine], COPY) == mine
    assert choose([FINE, mine], replace(COPY, by=OTHER)) == FINE
