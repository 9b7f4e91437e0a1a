"""When a library is open (CIR-7). Pure: hours and exceptions in, days out."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from kortisto.core.names import in_language

DAY: Final = timedelta(days=1)
HOLDS_LEAVE: Final = 3 * DAY  # so long before a closure copies are sent elsewhere
HORIZON_DAYS: Final = 2 * 366  # how far next_open and previous_open look


class NeverOpen(Exception):
    """A library has no open day within two years of a day: its calendar is wrong."""

    def __init__(self, library_id: int, day: date) -> None:
        super().__init__(
            f"library {library_id} has no open day within two years of "
            f"{day.isoformat()}: check its opening hours and closed days"
        )
        self.library_id = library_id
        self.day = day


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """From when to when on one day; staffed unless ``self_service``."""

    opens: time
    closes: time
    self_service: bool = False


@dataclass(frozen=True, slots=True)
class WeeklyOpening:
    """An opening on one weekday (0 = Monday) of a season, both days included."""

    weekday: int
    opening: Opening
    starts_on: date
    ends_on: date | None = None

    def holds_on(self, day: date) -> bool:
        return (
            day.weekday() == self.weekday
            and self.starts_on <= day
            and (self.ends_on is None or day <= self.ends_on)
        )


@dataclass(frozen=True, slots=True)
class ExceptionDays:
    """Days that differ, decided at one unit. ``distance`` is 0 at the library itself.

    ``opening`` gives other hours for an open day; None keeps those of the week.
    """

    unit_id: int
    starts_on: date
    ends_on: date
    names: Mapping[str, str]
    weekday: int | None = None
    yearly: bool = False
    open: bool = False
    opening: Opening | None = None
    distance: int = 0

    @property
    def precedence(self) -> tuple[int, bool, int]:
        """The nearest unit first, at it openings first, of those the shortest."""
        return self.distance, not self.open, (self.ends_on - self.starts_on).days

    def seen_from(self, distance: int) -> "ExceptionDays":
        """The same days for a library so many levels below the unit."""
        return replace(self, distance=distance)

    def covers(self, day: date) -> bool:
        if self.weekday is not None and day.weekday() != self.weekday:
            return False
        if not self.yearly:
            return self.starts_on <= day <= self.ends_on
        if (self.ends_on - self.starts_on).days >= 365:
            return True
        first = self.starts_on.month, self.starts_on.day
        last = self.ends_on.month, self.ends_on.day
        today = day.month, day.day
        if first <= last:
            return first <= today <= last
        return today >= first or today <= last  # over the turn of the year


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedPeriod:
    """A library is closed for a time. ``pickup_id``: where holds are collected then.

    ``returns_here``: items can be left there all the same.
    """

    closure_id: int
    starts_on: date
    ends_on: date
    names: Mapping[str, str]
    pickup_id: int | None = None
    returns_here: bool = False

    @property
    def text(self) -> str:
        """What the public is told, in the reader's language."""
        return in_language(dict(self.names))

    def holds_are_away_on(self, day: date) -> bool:
        """Nobody collects here then; those who wait are moved a little before."""
        return self.starts_on - HOLDS_LEAVE <= day <= self.ends_on

    def as_days(self, library_id: int) -> ExceptionDays:
        """The days in the calendar of a library, before all that is decided there."""
        return ExceptionDays(
            unit_id=library_id,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            names=self.names,
            distance=-1,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPremises:
    """A library works at another address for a time. ``weekly``: none, as at home."""

    closure_id: int
    starts_on: date
    ends_on: date
    names: Mapping[str, str]
    street: str
    postal_code: str
    city: str
    phone: str = ""
    van_note: str = ""
    weekly: tuple[WeeklyOpening, ...] = ()

    @property
    def text(self) -> str:
        """What the public is told, in the reader's language."""
        return in_language(dict(self.names))

    @property
    def address(self) -> str:
        town = f"{self.postal_code} {self.city}".strip()
        return ", ".join(part for part in (self.street, town) if part)

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


def weekly_with(
    weekly: tuple[WeeklyOpening, ...], premises: Iterable[OtherPremises]
) -> tuple[WeeklyOpening, ...]:
    """The hours of a library, with those of other premises while it works there."""
    for each in premises:
        if each.weekly:
            outside = (part for row in weekly for part in _outside(row, each))
            weekly = (*outside, *each.weekly)
    return weekly


def _outside(row: WeeklyOpening, away: OtherPremises) -> Iterator[WeeklyOpening]:
    """What is left of an opening before and after a library is elsewhere."""
    before, after = away.starts_on - DAY, away.ends_on + DAY
    if row.starts_on <= before:
        last = before if row.ends_on is None else min(row.ends_on, before)
        yield replace(row, ends_on=last)
    if row.ends_on is None or row.ends_on >= after:
        yield replace(row, starts_on=max(row.starts_on, after))


@dataclass(frozen=True, slots=True)
class Closure:
    """Why a library is closed on a day. No names: it is closed on that weekday."""

    names: Mapping[str, str]
    unit_id: int  # who decided

    @property
    def name(self) -> str:
        return in_language(dict(self.names))


@dataclass(frozen=True, slots=True)
class _Day:
    open: bool
    openings: tuple[Opening, ...]
    closure: Closure | None


@dataclass(frozen=True)
class OpeningCalendar:
    """The open days of one library; each day is worked out once.

    ``exceptions`` are those of the library and of every unit above it. The nearest
    unit decides, and at the same unit an opening beats a closing. A library for
    which no weekly hours were ever recorded counts as open, hours unknown, on every
    day that no exception closes: lending must not wait for a calendar.
    """

    library_id: int
    weekly: tuple[WeeklyOpening, ...] = ()
    exceptions: tuple[ExceptionDays, ...] = ()
    _days: dict[date, _Day] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        ordered = sorted(self.exceptions, key=lambda days: days.precedence)
        object.__setattr__(self, "exceptions", tuple(ordered))

    def is_open(self, day: date) -> bool:
        known = self._days.get(day)
        return (self._work_out(day) if known is None else known).open

    def hours(self, day: date) -> tuple[Opening, ...]:
        """The openings of a day in order; empty when closed or hours are unknown."""
        return self._day(day).openings

    def staffed_at(self, moment: datetime) -> bool:
        """Whether staff work at this moment of the library's own time.

        An open day whose hours nobody has told counts as staffed all day.
        """
        day = self._day(moment.date())
        if day.open and not day.openings:
            return True
        return any(
            not opening.self_service and opening.opens <= moment.time() < opening.closes
            for opening in day.openings
        )

    def closing_time(self, day: date) -> time | None:
        """When the last opening ends, staffed or self-service.

        None when the library is closed, or open with hours that nobody has told.
        """
        openings = self._day(day).openings
        return max(opening.closes for opening in openings) if openings else None

    def why_closed(self, day: date) -> Closure | None:
        """None when the library is open."""
        return self._day(day).closure

    def next_open(self, day: date) -> date:
        """The day itself when open, else the first open one after it.

        Raises NeverOpen when there is none within two years.
        """
        return self._nearest(day, DAY)

    def soonest_open(self, day: date) -> date:
        """As ``next_open``; the day itself when the library is closed for good."""
        try:
            return self.next_open(day)
        except NeverOpen:
            return day

    def previous_open(self, day: date) -> date:
        """The day itself when open, else the last open one before it.

        Raises NeverOpen when there is none within two years.
        """
        return self._nearest(day, -DAY)

    def open_days(self, after: date, until: date) -> int:
        """How many open days there are after ``after``, up to ``until`` included."""
        is_open = self.is_open
        first = after.toordinal() + 1
        days = range(first, until.toordinal() + 1)
        return sum(is_open(date.fromordinal(day)) for day in days)

    def _nearest(self, day: date, step: timedelta) -> date:
        candidate = day
        for _ in range(HORIZON_DAYS):
            if self.is_open(candidate):
                return candidate
            candidate += step
        raise NeverOpen(self.library_id, day)

    def _day(self, day: date) -> _Day:
        known = self._days.get(day)
        return self._work_out(day) if known is None else known

    def _work_out(self, day: date) -> _Day:
        usual = tuple(
            sorted(week.opening for week in self.weekly if week.holds_on(day))
        )
        result = self._decided(day, usual)
        self._days[day] = result
        return result

    def _decided(self, day: date, usual: tuple[Opening, ...]) -> _Day:
        for days in self.exceptions:
            if not days.covers(day):
                continue
            if not days.open:
                return _Day(
                    open=False, openings=(), closure=Closure(days.names, days.unit_id)
                )
            openings = usual if days.opening is None else (days.opening,)
            return _Day(open=True, openings=openings, closure=None)
        if usual or not self.weekly:
            return _Day(open=True, openings=usual, closure=None)
        return _Day(open=False, openings=(), closure=Closure({}, self.library_id))
