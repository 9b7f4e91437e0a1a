"""When a loan is due. Pure: terms and a calendar in, a moment and its trace out."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from kortisto.domain.org.rules import OpeningCalendar
from kortisto.domain.policies.rules import Terms

HELSINKI: Final = ZoneInfo("Europe/Helsinki")
LAST_MOMENT: Final = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Due:
    """The last moment, and the steps that led to it (kept with the loan).

    Each step is ``[what, value]``: ``start`` day, ``period`` days or ``hours``,
    ``short`` days because of so many holds, ``fixed`` day, ``closed`` day with the
    closure's names, ``chosen`` day, ``due`` day.
    """

    at: datetime
    steps: tuple[list[Any], ...]

    @property
    def on(self) -> date:
        return self.at.astimezone(HELSINKI).date()


def end_of(day: date) -> datetime:
    """The last second of a day in Helsinki: a due date means the day's end (CIR-13)."""
    return datetime.combine(day, LAST_MOMENT, tzinfo=HELSINKI)


def due_for_checkout(
    terms: Terms, calendar: OpeningCalendar, *, now: datetime, queue: int
) -> Due:
    """Due date of a new loan.

    ``queue`` is how many others wait: from ``short_loan_holds`` on the period is
    ``short_loan_days``. A fixed due date that has not passed beats the period.
    """
    if terms.short_loan_days is not None and queue >= terms.short_loan_holds:
        return _in_days(
            terms, calendar, now=now, days=terms.short_loan_days, why="short"
        )
    if terms.loan_period_unit == "hours":
        return _in_hours(terms, calendar, now=now, hours=terms.loan_period)
    return _in_days(terms, calendar, now=now, days=terms.loan_period, why="period")


def due_for_renewal(terms: Terms, calendar: OpeningCalendar, *, now: datetime) -> Due:
    """Due date of a renewed loan, counted from today (never from the old due date)."""
    period = terms.loan_period if terms.renewal_period is None else terms.renewal_period
    if terms.loan_period_unit == "hours":
        return _in_hours(terms, calendar, now=now, hours=period)
    return _in_days(terms, calendar, now=now, days=period, why="period")


def chosen(day: date) -> Due:
    """A due date that staff chose: kept as it is, closed day or not."""
    return Due(end_of(day), (["chosen", day.isoformat()], ["due", day.isoformat()]))


def due_when_recalled(
    terms: Terms,
    calendar: OpeningCalendar,
    *,
    lent_at: datetime,
    due_at: datetime,
    now: datetime,
) -> Due:
    """Due date of a loan that is recalled for somebody else; its rules allow it.

    Never before the shortest time that a loan lasts, and on a day when it can be
    brought back. The steps go on from those that led to the due date before.
    """
    today = now.astimezone(HELSINKI).date()
    lent_on = lent_at.astimezone(HELSINKI).date()
    day = max(
        today + timedelta(days=terms.recall_days or 0),
        lent_on + timedelta(days=terms.recall_least_days),
    )
    before = due_at.astimezone(HELSINKI).date()
    steps: list[list[Any]] = [
        ["recalled", today.isoformat(), before.isoformat(), due_at.isoformat()]
    ]
    if terms.closed_days != "ignore":
        day = _pushed(day, calendar, steps)
    steps.append(["due", day.isoformat()])
    return Due(end_of(day), tuple(steps))


def renewable_from(terms: Terms, *, due_at: datetime) -> date | None:
    """The first day on which a loan can be renewed; None when any day will do."""
    if terms.no_renewal_before_days is None:
        return None
    due_on = due_at.astimezone(HELSINKI).date()
    return due_on - timedelta(days=terms.no_renewal_before_days)


def _in_days(
    terms: Terms, calendar: OpeningCalendar, *, now: datetime, days: int, why: str
) -> Due:
    today = now.astimezone(HELSINKI).date()
    steps: list[list[Any]] = [["start", today.isoformat()]]
    fixed = terms.hard_due_on
    if fixed is not None and fixed >= today:
        steps.append(["fixed", fixed.isoformat()])
        day = fixed
    elif terms.closed_days == "skip":
        steps.append(["open-days", days])
        day = today
        for _ in range(days):
            day = calendar.soonest_open(day + timedelta(days=1))
    else:
        steps.append([why, days])
        day = today + timedelta(days=days)
    if terms.closed_days != "ignore":
        day = _pushed(day, calendar, steps)
    steps.append(["due", day.isoformat()])
    return Due(end_of(day), tuple(steps))


def _in_hours(
    terms: Terms, calendar: OpeningCalendar, *, now: datetime, hours: int
) -> Due:
    """Count hours; what would end when the library is closed ends when it closes.

    No hours at all last until the end of the day.
    """
    steps: list[list[Any]] = [["start", now.isoformat()], ["hours", hours]]
    at = now.astimezone(UTC) + timedelta(hours=hours)
    if not hours:
        at = end_of(now.astimezone(HELSINKI).date())
    if terms.closed_days != "ignore" and not _open_at(at, calendar):
        at = _closing_near(at, calendar, now=now, steps=steps)
        steps.append(["closing-time", at.isoformat()])
    steps.append(["due", at.isoformat()])
    return Due(at, tuple(steps))


def _open_at(at: datetime, calendar: OpeningCalendar) -> bool:
    """Whether the library is open then; all day when nobody has told its hours."""
    local = at.astimezone(HELSINKI)
    hours = calendar.hours(local.date())
    if not hours:
        return calendar.is_open(local.date())
    return any(one.opens <= local.time() <= one.closes for one in hours)


def _closing_near(
    at: datetime, calendar: OpeningCalendar, *, now: datetime, steps: list[list[Any]]
) -> datetime:
    """The closing time of the evening before, or of the next open day; after now."""
    local = at.astimezone(HELSINKI)
    day, hours = local.date(), calendar.hours(local.date())
    evening = day - timedelta(days=1)
    if hours and local.time() < hours[0].opens and calendar.is_open(evening):
        day = evening
    day = _pushed(day, calendar, steps)
    if _closing_of(day, calendar) <= now:
        day = _pushed(day + timedelta(days=1), calendar, steps)
    return _closing_of(day, calendar)


def _closing_of(day: date, calendar: OpeningCalendar) -> datetime:
    closes = calendar.closing_time(day) or LAST_MOMENT
    return datetime.combine(day, closes, tzinfo=HELSINKI)


def _pushed(day: date, calendar: OpeningCalendar, steps: list[list[Any]]) -> date:
    later = calendar.soonest_open(day)
    if not calendar.is_open(later):
        steps.append(["never-open", day.isoformat()])
    while day < later:
        closure = calendar.why_closed(day)
        names = {} if closure is None else dict(closure.names)
        steps.append(["closed", day.isoformat(), names])
        day += timedelta(days=1)
    return later
