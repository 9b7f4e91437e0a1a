"""When a schedule is next due, on ordinary days and when the clocks change."""

from datetime import UTC, datetime

import pytest

from kortisto.core.cron import LOCAL, parse


def due(cron: str, after: str, times: int = 1) -> list[str]:
    """The next moments, from and to local time; the offset is shown."""
    moment = datetime.fromisoformat(after)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=LOCAL)
    found = []
    for _ in range(times):
        moment = parse(cron).next_after(moment)
        assert moment.tzinfo is UTC
        found.append(moment.astimezone(LOCAL).isoformat(timespec="minutes"))
    return found


@pytest.mark.parametrize(
    ("cron", "after", "expected"),
    [
        ("1 0 * * *", "2027-01-05T00:00", "2027-01-05T00:01+02:00"),
        ("1 0 * * *", "2027-01-05T00:01", "2027-01-06T00:01+02:00"),
        ("*/15 * * * *", "2027-01-05T10:44", "2027-01-05T10:45+02:00"),
        ("10-20/5 7 * * *", "2027-01-05T07:10", "2027-01-05T07:15+02:00"),
        ("0 7,19 * * *", "2027-01-05T07:00", "2027-01-05T19:00+02:00"),
        ("0 6 * * 1-5", "2027-01-08T06:00", "2027-01-11T06:00+02:00"),
        ("0 6 * * 0", "2027-01-08T06:00", "2027-01-10T06:00+02:00"),
        ("0 6 * * 7", "2027-01-08T06:00", "2027-01-10T06:00+02:00"),
        ("0 6 1 * *", "2027-01-08T06:00", "2027-02-01T06:00+02:00"),
        ("0 6 13 * 5", "2027-01-09T06:00", "2027-01-13T06:00+02:00"),
        ("0 6 29 2 *", "2027-01-09T06:00", "2028-02-29T06:00+02:00"),
        ("0 6 31 12 *", "2027-12-31T06:00", "2028-12-31T06:00+02:00"),
        ("5/20 * * * *", "2027-01-05T10:26", "2027-01-05T10:45+02:00"),
    ],
)
def test_the_next_time(cron: str, after: str, expected: str) -> None:
    assert due(cron, after) == [expected]


def test_a_time_that_is_skipped_in_march_is_due_when_the_clocks_have_gone_on() -> None:
    assert due("30 3 * * *", "2027-03-27T12:00", 2) == [
        "2027-03-28T04:00+03:00",
        "2027-03-29T03:30+03:00",
    ]


def test_a_time_that_comes_twice_in_october_is_due_once() -> None:
    assert due("30 3 * * *", "2027-10-30T12:00", 2) == [
        "2027-10-31T03:30+03:00",
        "2027-11-01T03:30+02:00",
    ]


def test_a_schedule_of_every_half_hour_keeps_its_pace_through_both_changes() -> None:
    assert due("*/30 * * * *", "2027-03-28T02:15", 4) == [
        "2027-03-28T02:30+02:00",
        "2027-03-28T04:00+03:00",
        "2027-03-28T04:30+03:00",
        "2027-03-28T05:00+03:00",
    ]
    assert due("*/30 * * * *", "2027-10-31T02:45", 6) == [
        "2027-10-31T03:00+03:00",
        "2027-10-31T03:30+03:00",
        "2027-10-31T03:00+02:00",
        "2027-10-31T03:30+02:00",
        "2027-10-31T04:00+02:00",
        "2027-10-31T04:30+02:00",
    ]


def test_midnight_is_the_local_one() -> None:
    assert due("1 0 * * *", "2027-07-01T20:59+00:00") == ["2027-07-02T00:01+03:00"]
    assert due("1 0 * * *", "2027-07-01T21:02+00:00") == ["2027-07-03T00:01+03:00"]


@pytest.mark.parametrize(
    "text",
    ["", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *",
     "* * * * 8", "*/0 * * * *", "5-1 * * * *", "a * * * *", "1,,2 * * * *",
     "-1 * * * *", "@daily", "* * * jan *"],
)  # fmt: skip
def test_what_is_no_schedule_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="schedule"):
        parse(text)


def test_a_day_that_never_comes_is_told() -> None:
    with pytest.raises(ValueError, match="never comes"):
        parse("0 6 31 2 *").next_after(datetime(2027, 1, 1, tzinfo=UTC))
