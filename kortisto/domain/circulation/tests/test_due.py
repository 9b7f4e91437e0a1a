"""When a loan is due: periods, closed days, fixed dates, hours."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kortisto.domain.circulation.due import (
    HELSINKI,
    Due,
    chosen,
    due_for_checkout,
    due_for_renewal,
    renewable_from,
)
from kortisto.domain.org.rules import (
    ExceptionDays,
    Opening,
    OpeningCalendar,
    WeeklyOpening,
)
from kortisto.domain.policies.rules import Matrix, Row, Terms

MONDAY = date(2027, 3, 1)
NOON = datetime(2027, 3, 1, 12, tzinfo=HELSINKI)
DAYTIME = Opening(time(8), time(20))


def terms(**values: Any) -> Terms:
    row = Row(id=1, library_id=None, category_id=None, item_type_id=None, values=values)
    return Matrix(1, (row,)).terms(1, 1, 1)


def closed(first: date, last: date | None = None, name: str = "Suljettu") -> Any:
    return ExceptionDays(
        unit_id=1, starts_on=first, ends_on=last or first, names={"fi": name}
    )


def calendar(*closures: ExceptionDays, weekdays: Any = range(7)) -> OpeningCalendar:
    weekly = tuple(WeeklyOpening(day, DAYTIME, date(2000, 1, 1)) for day in weekdays)
    return OpeningCalendar(1, weekly, closures)


def due(rule: Terms, open_days: OpeningCalendar, *, queue: int = 0) -> Due:
    return due_for_checkout(rule, open_days, now=NOON, queue=queue)


def steps(found: Due) -> list[str]:
    return [step[0] for step in found.steps]


def test_a_loan_is_due_at_the_end_of_the_last_day_of_its_period() -> None:
    found = due(terms(loan_period=14), calendar())
    assert found.at == datetime(2027, 3, 15, 23, 59, 59, tzinfo=HELSINKI)
    assert found.on == date(2027, 3, 15)
    assert found.steps == (
        ["start", "2027-03-01"],
        ["period", 14],
        ["due", "2027-03-15"],
    )


def test_a_period_of_no_days_is_due_today() -> None:
    assert due(terms(loan_period=0), calendar()).on == MONDAY


def test_today_is_the_day_in_helsinki() -> None:
    half_past_midnight = datetime(2027, 3, 1, 22, 30, tzinfo=UTC)
    found = due_for_checkout(
        terms(loan_period=1), calendar(), now=half_past_midnight, queue=0
    )
    assert found.on == date(2027, 3, 3)


def test_a_day_that_ends_by_summer_time_ends_at_its_own_midnight() -> None:
    """28.3.2027 has 23 hours."""
    found = due(terms(loan_period=28), calendar())
    assert found.at.astimezone(UTC) == datetime(2027, 3, 29, 20, 59, 59, tzinfo=UTC)


CLOSED_MONDAY = closed(date(2027, 3, 15), date(2027, 3, 16), "Inventaario")


def test_a_closed_due_date_moves_to_the_next_open_day_and_says_why() -> None:
    found = due(terms(loan_period=14), calendar(CLOSED_MONDAY))
    assert found.on == date(2027, 3, 17)
    assert found.steps[2:4] == (
        ["closed", "2027-03-15", {"fi": "Inventaario"}],
        ["closed", "2027-03-16", {"fi": "Inventaario"}],
    )


def test_only_open_days_are_counted_when_the_rule_says_so() -> None:
    weekdays = calendar(CLOSED_MONDAY, weekdays=range(5))
    found = due(terms(loan_period=10, closed_days="skip"), weekdays)
    assert found.on == date(2027, 3, 17)
    assert "open-days" in steps(found)
    assert "period" not in steps(found)


def test_closed_days_are_no_matter_when_the_rule_says_so() -> None:
    found = due(terms(loan_period=14, closed_days="ignore"), calendar(CLOSED_MONDAY))
    assert found.on == date(2027, 3, 15)
    assert "closed" not in steps(found)


def test_over_christmas_a_loan_is_due_when_the_library_opens_again() -> None:
    christmas = calendar(closed(date(2027, 12, 24), date(2027, 12, 26), "Joulu"))
    found = due_for_checkout(
        terms(loan_period=28),
        christmas,
        now=datetime(2027, 11, 26, 12, tzinfo=HELSINKI),
        queue=0,
    )
    assert found.on == date(2027, 12, 27)


def test_a_fixed_due_date_beats_the_period_until_it_has_passed() -> None:
    last_school_day = terms(loan_period=28, hard_due_on=date(2027, 6, 5))
    assert due(last_school_day, calendar()).on == date(2027, 6, 5)
    today = terms(loan_period=28, hard_due_on=MONDAY)
    assert due(today, calendar()).on == MONDAY
    passed = terms(loan_period=28, hard_due_on=date(2027, 2, 28))
    found = due(passed, calendar())
    assert found.on == date(2027, 3, 29)
    assert "fixed" not in steps(found)


def test_a_fixed_due_date_on_a_closed_day_moves_too() -> None:
    for closed_days in ("push", "skip"):
        rule = terms(hard_due_on=date(2027, 6, 5), closed_days=closed_days)
        assert due(rule, calendar(closed(date(2027, 6, 5)))).on == date(2027, 6, 6)


def test_a_title_in_demand_is_lent_for_a_shorter_time() -> None:
    rule = terms(loan_period=28, short_loan_days=7, short_loan_holds=10)
    assert due(rule, calendar(), queue=9).on == date(2027, 3, 29)
    shorter = due(rule, calendar(), queue=10)
    assert shorter.on == date(2027, 3, 8)
    assert "short" in steps(shorter)


def test_a_queue_shortens_nothing_where_no_shorter_period_is_set() -> None:
    rule = terms(loan_period=28, short_loan_holds=1)
    assert due(rule, calendar(), queue=50).on == date(2027, 3, 29)


def test_a_renewal_counts_from_today_by_its_own_period() -> None:
    rule = terms(loan_period=28, renewal_period=14)
    assert due_for_renewal(rule, calendar(), now=NOON).on == date(2027, 3, 15)
    plain = terms(loan_period=28)
    assert due_for_renewal(plain, calendar(), now=NOON).on == date(2027, 3, 29)


def test_a_due_date_that_staff_chose_is_kept_as_it_is() -> None:
    found = chosen(date(2027, 3, 15))
    assert found.at == datetime(2027, 3, 15, 23, 59, 59, tzinfo=HELSINKI)
    assert steps(found) == ["chosen", "due"]


def test_a_loan_can_be_renewed_when_few_enough_days_are_left() -> None:
    at = datetime(2027, 3, 15, 23, 59, 59, tzinfo=HELSINKI)
    rule = terms(no_renewal_before_days=3)
    assert renewable_from(rule, due_at=at) == date(2027, 3, 12)
    assert renewable_from(terms(), due_at=at) is None


def test_a_loan_by_the_hour_is_due_to_the_minute() -> None:
    found = due(terms(loan_period=3, loan_period_unit="hours"), calendar())
    assert found.at == NOON + timedelta(hours=3)
    assert steps(found) == ["start", "hours", "due"]


def test_a_loan_by_the_hour_ends_when_the_library_closes() -> None:
    rule = terms(loan_period=10, loan_period_unit="hours")
    found = due(rule, calendar())
    assert found.at == datetime(2027, 3, 1, 20, tzinfo=HELSINKI)
    assert "closing-time" in steps(found)


def test_a_loan_by_the_hour_made_after_closing_time_ends_the_next_open_day() -> None:
    """The door code of a self-service library opens at night too."""
    rule = terms(loan_period=2, loan_period_unit="hours")
    late = datetime(2027, 3, 1, 21, tzinfo=HELSINKI)
    tuesday_closed = calendar(closed(date(2027, 3, 2)))
    found = due_for_checkout(rule, tuesday_closed, now=late, queue=0)
    assert found.at == datetime(2027, 3, 3, 20, tzinfo=HELSINKI)


def test_a_loan_that_would_end_at_night_ends_in_the_evening_before() -> None:
    rule = terms(loan_period=15, loan_period_unit="hours")
    assert due(rule, calendar()).at == datetime(2027, 3, 1, 20, tzinfo=HELSINKI)


def test_a_loan_by_the_hour_leaves_a_closed_day_though_hours_are_unknown() -> None:
    rule = terms(loan_period=24, loan_period_unit="hours")
    no_hours_told = OpeningCalendar(1, (), (closed(date(2027, 3, 2)),))
    assert due(rule, no_hours_told).on == date(2027, 3, 3)


def test_a_loan_of_no_hours_lasts_until_the_library_closes() -> None:
    rule = terms(loan_period=0, loan_period_unit="hours")
    assert due(rule, calendar()).at == datetime(2027, 3, 1, 20, tzinfo=HELSINKI)


def test_hours_are_real_hours_when_the_clocks_change() -> None:
    rule = terms(loan_period=24, loan_period_unit="hours", closed_days="ignore")
    saturday = datetime(2027, 3, 27, 12, tzinfo=HELSINKI)
    found = due_for_checkout(rule, calendar(), now=saturday, queue=0)
    assert found.at == datetime(2027, 3, 28, 13, tzinfo=HELSINKI)


@pytest.mark.parametrize("unit", ["days", "hours"])
@given(data=st.data())
def test_no_due_date_falls_on_a_closed_day(unit: str, data: st.DataObject) -> None:
    weekdays = data.draw(st.sets(st.integers(0, 6), min_size=1))
    starts = data.draw(st.lists(st.integers(0, 400), max_size=6))
    lengths = data.draw(st.lists(st.integers(0, 20), min_size=6, max_size=6))
    closures = [
        closed(MONDAY + timedelta(days=start), MONDAY + timedelta(days=start + length))
        for start, length in zip(starts, lengths, strict=False)
    ]
    rule = terms(
        loan_period=data.draw(st.integers(0, 365)),
        loan_period_unit=unit,
        closed_days=data.draw(st.sampled_from(["push", "skip"])),
        hard_due_on=data.draw(st.none() | st.dates(MONDAY, date(2028, 3, 1))),
        short_loan_days=data.draw(st.none() | st.integers(1, 30)),
    )
    days = calendar(*closures, weekdays=weekdays)
    now = NOON + timedelta(hours=data.draw(st.integers(-12, 11)))
    found = due_for_checkout(
        rule, days, now=now, queue=data.draw(st.sampled_from([0, 10]))
    )
    assert days.is_open(found.on)
    assert found.at > now


def test_a_library_closed_for_good_still_gives_a_due_date() -> None:
    """Nobody can say when it opens: the day stays, and the trace says why."""
    shut = calendar(closed(date(2020, 1, 1), date(2099, 12, 31)))
    found = due(terms(loan_period=28), shut)
    assert found.on == date(2027, 3, 29)
    assert ["never-open", "2027-03-29"] in [list(step) for step in found.steps]
