from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kortisto.domain.org.rules import (
    Closure,
    ExceptionDays,
    NeverOpen,
    Opening,
    OpeningCalendar,
    WeeklyOpening,
)

LIBRARY, MUNICIPALITY, CONSORTIUM = 3, 2, 1
DAY = timedelta(days=1)
STAFFED = Opening(time(10), time(18))
ALONE = Opening(time(18), time(21), self_service=True)
FROM = date(2020, 1, 1)
WEEKDAYS = tuple(WeeklyOpening(day, STAFFED, FROM) for day in range(5))
MONDAY, SATURDAY = date(2027, 3, 1), date(2027, 3, 6)


def closed(
    first: date, last: date | None = None, *, unit: int = LIBRARY, **more: Any
) -> ExceptionDays:
    distance = LIBRARY - unit
    names = {"fi": "Kiinni"}
    return ExceptionDays(unit, first, last or first, names, distance=distance, **more)


def opened(
    first: date, last: date | None = None, *, unit: int = LIBRARY, **more: Any
) -> ExceptionDays:
    return closed(first, last, unit=unit, open=True, **more)


def calendar(*exceptions: ExceptionDays) -> OpeningCalendar:
    return OpeningCalendar(LIBRARY, WEEKDAYS, exceptions)


def test_a_library_is_open_on_its_weekdays_and_closed_on_the_others() -> None:
    assert calendar().is_open(MONDAY)
    assert calendar().hours(MONDAY) == (STAFFED,)
    assert not calendar().is_open(SATURDAY)
    assert calendar().closing_time(SATURDAY) is None
    assert calendar().why_closed(SATURDAY) == Closure({}, LIBRARY)


def test_the_last_opening_of_the_day_closes_it_even_without_staff() -> None:
    weekly = (*WEEKDAYS, WeeklyOpening(0, ALONE, FROM))
    hours = OpeningCalendar(LIBRARY, weekly)
    assert hours.hours(MONDAY) == (STAFFED, ALONE)
    assert hours.closing_time(MONDAY) == time(21)


def test_hours_hold_in_their_season_both_ends_included() -> None:
    summer = OpeningCalendar(
        LIBRARY,
        tuple(
            WeeklyOpening(day, ALONE, date(2027, 6, 1), date(2027, 8, 15))
            for day in range(7)
        ),
    )
    assert [
        summer.is_open(day)
        for day in (
            date(2027, 5, 31),
            date(2027, 6, 1),
            date(2027, 8, 15),
            date(2027, 8, 16),
        )
    ] == [False, True, True, False]


def test_the_nearest_unit_decides() -> None:
    both = calendar(closed(MONDAY, unit=CONSORTIUM), opened(MONDAY, unit=MUNICIPALITY))
    assert both.is_open(MONDAY)
    against = calendar(
        opened(MONDAY, unit=CONSORTIUM), closed(MONDAY, unit=MUNICIPALITY)
    )
    assert not against.is_open(MONDAY)
    assert against.why_closed(MONDAY) == Closure({"fi": "Kiinni"}, MUNICIPALITY)


def test_at_the_same_place_an_opening_beats_a_closing() -> None:
    month = closed(date(2027, 3, 1), date(2027, 3, 31))
    assert calendar(month, opened(MONDAY)).is_open(MONDAY)
    assert not calendar(month, opened(MONDAY)).is_open(MONDAY + DAY)


def test_an_opening_may_have_hours_of_its_own_or_keep_those_of_the_week() -> None:
    other = Opening(time(12), time(14))
    assert calendar(opened(SATURDAY, opening=other)).hours(SATURDAY) == (other,)
    assert calendar(opened(MONDAY)).hours(MONDAY) == (STAFFED,)
    without = calendar(opened(SATURDAY))
    assert without.is_open(SATURDAY)
    assert without.closing_time(SATURDAY) is None


def test_one_weekday_within_a_period_is_closed_and_no_other_day() -> None:
    mondays = calendar(closed(date(2027, 7, 1), date(2027, 7, 31), weekday=0))
    july = [date(2027, 7, 1) + DAY * n for n in range(31)]
    assert [
        day.day for day in july if not mondays.is_open(day) and day.weekday() < 5
    ] == [
        5,
        12,
        19,
        26,
    ]
    assert mondays.is_open(date(2027, 6, 28))


@pytest.mark.parametrize("year", [2024, 2027, 2031])
def test_a_yearly_period_returns_also_over_the_turn_of_the_year(year: int) -> None:
    daily = tuple(WeeklyOpening(day, STAFFED, FROM) for day in range(7))
    christmas = OpeningCalendar(
        LIBRARY, daily, (closed(date(2026, 12, 24), date(2027, 1, 6), yearly=True),)
    )
    assert christmas.is_open(date(year, 12, 23))
    assert not christmas.is_open(date(year, 12, 24))
    assert not christmas.is_open(date(year, 1, 6))
    assert christmas.is_open(date(year, 1, 7))


def test_the_next_open_day_is_the_day_itself_when_open() -> None:
    assert calendar().next_open(MONDAY) == MONDAY
    assert calendar().next_open(SATURDAY) == SATURDAY + 2 * DAY
    assert calendar().previous_open(SATURDAY) == SATURDAY - DAY
    assert calendar().previous_open(MONDAY) == MONDAY


def test_a_library_that_never_opens_is_told_and_not_waited_for() -> None:
    never = calendar(closed(date(2000, 1, 1), date(2100, 1, 1)))
    with pytest.raises(NeverOpen, match="no open day within two years of 2027-03-01"):
        never.next_open(MONDAY)


def test_a_library_without_any_recorded_hours_counts_as_open() -> None:
    unknown = OpeningCalendar(LIBRARY, (), (closed(MONDAY),))
    assert unknown.is_open(SATURDAY)
    assert unknown.hours(SATURDAY) == ()
    assert not unknown.is_open(MONDAY)


def test_open_days_leave_out_the_first_day_and_count_the_last() -> None:
    assert calendar().open_days(MONDAY, MONDAY) == 0
    assert calendar().open_days(MONDAY, MONDAY + DAY) == 1
    assert calendar().open_days(MONDAY, MONDAY + 7 * DAY) == 5
    assert calendar().open_days(MONDAY + DAY, MONDAY) == 0


days = st.dates(date(2026, 1, 1), date(2028, 12, 31))
periods = st.builds(
    lambda first, length, unit, is_open: ExceptionDays(
        unit,
        first,
        first + DAY * length,
        {"fi": "x"},
        open=is_open,
        distance=LIBRARY - unit,
    ),
    days,
    st.integers(0, 40),
    st.sampled_from([LIBRARY, MUNICIPALITY, CONSORTIUM]),
    st.booleans(),
)


@given(exceptions=st.lists(periods, max_size=6), day=days)
def test_the_calendar_agrees_with_a_naive_reading_of_the_rule(
    exceptions: list[ExceptionDays], day: date
) -> None:
    expected = day.weekday() < 5
    for unit in (CONSORTIUM, MUNICIPALITY, LIBRARY):
        said = {
            one.open
            for one in exceptions
            if one.unit_id == unit and one.starts_on <= day <= one.ends_on
        }
        if said:
            expected = True in said
    found = calendar(*exceptions)
    assert found.is_open(day) == expected
    assert (found.why_closed(day) is None) == expected


@given(exceptions=st.lists(periods, max_size=4), day=days)
def test_no_open_day_lies_between_a_day_and_its_next_open_day(
    exceptions: list[ExceptionDays], day: date
) -> None:
    found = calendar(*exceptions)
    later = found.next_open(day)
    assert found.is_open(later)
    assert found.open_days(day - DAY, later) == 1
