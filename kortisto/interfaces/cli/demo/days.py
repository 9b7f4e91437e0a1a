"""Days as numbers, moments as the database writes them, and the visitors' rhythm."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from types import MappingProxyType
from typing import Final

from kortisto.domain.circulation.due import HELSINKI, end_of
from kortisto.domain.org.rules import OpeningCalendar

AHEAD: Final = 200  # days after today that loans can be due on
WEEKDAYS: Final = (0.75, 1.0, 1.0, 0.95, 0.8, 0.6, 0.25)
MONTHS: Final = (1.1, 1.0, 1.05, 1.0, 0.85, 0.95, 1.0, 0.9, 1.05, 1.15, 1.1, 0.9)
CHILDREN: Final = (1.0, 1.1, 1.0, 0.95, 0.8, 1.5, 1.15, 0.8, 1.0, 1.3, 1.0, 0.85)


def local(moment: datetime) -> date:
    return moment.astimezone(HELSINKI).date()


def written(moment: datetime) -> str:
    """A moment in UTC as both databases read it; SQLite keeps no zone."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


@dataclass
class Calendar:
    """The open days of one library from a first day on, ready to be asked often."""

    first: date
    opening: OpeningCalendar
    days: int
    _next: list[int] = field(default_factory=list)
    _hours: list[tuple[int, int]] = field(default_factory=list)  # minutes in UTC

    def __post_init__(self) -> None:
        """Work out every day once; the last is followed by open ones."""
        following = self.days
        for number in range(self.days - 1, -1, -1):
            day = self.first + timedelta(days=number)
            if self.opening.is_open(day):
                following = number
            self._next.append(following)
            self._hours.append(self._minutes(day))
        self._next.reverse()
        self._hours.reverse()

    def _minutes(self, day: date) -> tuple[int, int]:
        staffed = [one for one in self.opening.hours(day) if not one.self_service]
        hours = staffed or self.opening.hours(day)
        opens = hours[0].opens if hours else time(10)
        closes = hours[-1].closes if hours else time(16)
        midnight = datetime.combine(day, time(), tzinfo=UTC)
        return (
            _minutes_between(midnight, datetime.combine(day, opens, tzinfo=HELSINKI)),
            _minutes_between(midnight, datetime.combine(day, closes, tzinfo=HELSINKI)),
        )

    def next_open(self, number: int) -> int:
        """The number of the day itself when open, else of the next open one."""
        return self._next[number] if number < self.days else number

    def moment(self, number: int, rng: Random) -> str:
        """A moment within the opening hours of a day, written for the database."""
        opens, closes = self._hours[number]
        minute = opens + int((closes - opens - 1) * rng.random())
        day = self.first + timedelta(days=number)
        seconds = int(60 * rng.random())
        return f"{day} {minute // 60:02d}:{minute % 60:02d}:{seconds:02d}"


def _minutes_between(midnight: datetime, moment: datetime) -> int:
    return int((moment - midnight).total_seconds() // 60)


@dataclass
class Rhythm:
    """How busy each day of the two years is, for children's material and other."""

    first: date
    days: int
    _sums: Mapping[bool, Sequence[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._sums = MappingProxyType(
            {
                juvenile: tuple(accumulate(self._weights(juvenile=juvenile)))
                for juvenile in (False, True)
            }
        )

    def _weights(self, *, juvenile: bool) -> list[float]:
        months = CHILDREN if juvenile else MONTHS
        days = [self.first + timedelta(days=n) for n in range(self.days)]
        return [WEEKDAYS[day.weekday()] * months[day.month - 1] for day in days]

    def some_day(self, rng: Random, *, juvenile: bool) -> int:
        sums = self._sums[juvenile]
        return bisect_right(sums, rng.random() * sums[-1])


def end_of_day(day: date) -> str:
    return written(end_of(day))
