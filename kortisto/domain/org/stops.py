"""When a bookmobile comes to its stops. Pure: a timetable and a calendar in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import islice
from typing import Final

from kortisto.core.names import in_language
from kortisto.domain.org.rules import OpeningCalendar

WEEK: Final = 7
LOOKED_AHEAD: Final = 26 * WEEK  # days


@dataclass(frozen=True, slots=True, order=True)
class Call:
    """From a day on, every so many weeks; ``last_on`` is included."""

    first_on: date
    every_weeks: int
    arrives: time
    leaves: time
    last_on: date | None = None

    def is_on(self, day: date) -> bool:
        over = self.last_on is not None and day > self.last_on
        if day < self.first_on or over:
            return False
        return (day - self.first_on).days % (WEEK * self.every_weeks) == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A place where a bookmobile stops, and its timetable."""

    id: int
    library_id: int
    names: Mapping[str, str]
    place: str = ""
    calls: tuple[Call, ...] = ()

    @property
    def name(self) -> str:
        return in_language(dict(self.names))


@dataclass(frozen=True, slots=True, order=True)
class Visit:
    """One time that the bookmobile stands at a stop."""

    day: date
    arrives: time
    leaves: time
    stop_id: int


def visits_on(
    stops: Iterable[Stop], calendar: OpeningCalendar, day: date
) -> list[Visit]:
    """Where the bookmobile is on a day, in the order of the times.

    Nowhere on a day that is closed for it by name: a holiday, a repair. Its weekly
    opening hours, which many bookmobiles do not have, are no matter.
    """
    closure = calendar.why_closed(day)
    if closure is not None and closure.names:
        return []
    found = [
        Visit(day, call.arrives, call.leaves, stop.id)
        for stop in stops
        for call in stop.calls
        if call.is_on(day)
    ]
    return sorted(found)


def next_visits(
    stop: Stop, calendar: OpeningCalendar, *, since: date, most: int = 3
) -> list[Visit]:
    """The next times that it comes to a stop, looked for over half a year."""
    days = (since + timedelta(days=number) for number in range(LOOKED_AHEAD))
    each = (visit for day in days for visit in visits_on([stop], calendar, day))
    return list(islice(each, most))
