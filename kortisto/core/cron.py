"""When a schedule is next due: five cron fields in local time, summer time included."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import Final
from zoneinfo import ZoneInfo

LOCAL: Final = ZoneInfo("Europe/Helsinki")
LIMITS: Final = (
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day", 1, 31),
    ("month", 1, 12),
    ("weekday", 0, 7),
)
PART: Final = re.compile(r"(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?")
SEARCHED: Final = timedelta(days=366 * 8 + 2)  # 29 February may be eight years away


@dataclass(frozen=True, slots=True)
class Cron:
    """``minute hour day month weekday``: numbers with ``*``, ``,``, ``-`` and ``/``.

    Weekdays go from 0 (Sunday) to 6; 7 is Sunday too. When both a day of the month
    and a weekday are given, either will do, as cron has always had it.
    """

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day: bool
    any_weekday: bool
    round_the_clock: bool

    def on(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        by_day = day.day in self.days
        by_weekday = day.isoweekday() % 7 in self.weekdays
        if self.any_day or self.any_weekday:
            return by_day and by_weekday
        return by_day or by_weekday

    def next_after(self, moment: datetime) -> datetime:
        """The first due moment later than an aware one, in UTC.

        A time that the clocks skip in March is due when they have skipped it. A
        time that comes twice in October is due the first time only, except that a
        schedule of every hour goes on through both hours.
        """
        moment = moment.astimezone(UTC)
        day = moment.astimezone(LOCAL).date()
        last = day + SEARCHED
        while day <= last:
            if self.on(day):
                due = [at for at in self._moments(day) if at > moment]
                if due:
                    return min(due)
            day += timedelta(days=1)
        message = "the schedule names a day that never comes"
        raise ValueError(message)

    def _moments(self, day: date) -> Iterator[datetime]:
        for hour, minute in product(self.hours, self.minutes):
            local = datetime.combine(day, time(hour, minute), tzinfo=LOCAL)
            yield _instant(local)
            if self.round_the_clock:
                yield _instant(local.replace(fold=1))


def _instant(local: datetime) -> datetime:
    """The moment of a local time; for a skipped one, the end of what is skipped."""
    instant = local.astimezone(UTC)
    if instant.astimezone(LOCAL).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    # Our zone skips one whole hour, from the full hour on.
    return local.replace(minute=0, fold=0).astimezone(UTC)


def parse(text: str) -> Cron:
    """Raises ValueError with what is wrong."""
    fields = text.split()
    if len(fields) != len(LIMITS):
        message = f"a schedule has five fields, not {len(fields)}: {text!r}"
        raise ValueError(message)
    minutes, hours, days, months, weekdays = (
        _numbers(field, *limits) for field, limits in zip(fields, LIMITS, strict=True)
    )
    return Cron(
        minutes=minutes,
        hours=hours,
        days=days,
        months=months,
        weekdays=frozenset(number % 7 for number in weekdays),
        any_day=fields[2].startswith("*"),
        any_weekday=fields[4].startswith("*"),
        round_the_clock=fields[1].startswith("*"),
    )


def _numbers(field: str, name: str, lowest: int, highest: int) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        match = PART.fullmatch(part)
        if match is None:
            message = f"not a {name} in a schedule: {part!r}"
            raise ValueError(message)
        first, last, step = (int(text) if text else None for text in match.groups())
        start = lowest if first is None else first
        end = last if last is not None else highest if part[0] == "*" or step else start
        numbers = range(start, end + 1, step or 1)
        if start < lowest or end > highest or not numbers or step == 0:
            message = f"a {name} in a schedule lies in {lowest}-{highest}: {part!r}"
            raise ValueError(message)
        found.update(numbers)
    return frozenset(found)
