"""Where a date goes when a library closes, or opens again. Pure."""

from datetime import date, timedelta
from typing import Final

from kortisto.domain.org.rules import OpeningCalendar

DAY: Final = timedelta(days=1)


def due_day(day: date, calendar: OpeningCalendar) -> date:
    """The day on which something can be brought back: itself, or the next open one."""
    return calendar.soonest_open(day)


def last_day(
    day: date, *, since: date, was: OpeningCalendar, becomes: OpeningCalendar
) -> date:
    """The last day to collect, with as many open days from ``since`` on as there were.

    A hold that had three open days left when the library closes has three when it has
    opened again (HLD-10).
    """
    left = was.open_days(since - DAY, day)
    if left == 0:  # it had come to a closed day already
        return becomes.soonest_open(day)
    found = since - DAY
    for _open_day in range(left):
        found = becomes.soonest_open(found + DAY)
    return found


def not_too_soon(
    day: date, *, told: date, earliest: date, calendar: OpeningCalendar
) -> date:
    """A date that is put back, but no sooner than people can come.

    ``told`` is what they were told, which is late enough whatever ``earliest`` says.
    """
    if day >= told or day >= earliest:
        return day
    return min(told, calendar.soonest_open(earliest))
