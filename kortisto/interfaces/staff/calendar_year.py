"""A year of a calendar as twelve small months, and hours as people type them."""

import re
from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.domain.org.actions.calendars import Hours
from kortisto.domain.org.rules import Opening, OpeningCalendar

SELF_SERVICE: Final = gettext_lazy("self")
_OPENING: Final = re.compile(
    r"^(\d{1,2})(?:[.:](\d{2}))?\s*[-–]\s*(\d{1,2})(?:[.:](\d{2}))?\s*(\w*)$"
)


@dataclass(frozen=True, slots=True)
class Day:
    """One square. ``state``: open, closed, weekly (closed every such weekday)."""

    number: int
    state: str
    words: str
    today: bool


@dataclass(frozen=True, slots=True)
class Month:
    name: str
    weeks: tuple[tuple[Day | None, ...], ...]
    closed: int  # days that are closed although the weekday is not


def year_of(calendar: OpeningCalendar, year: int, *, today: date) -> list[Month]:
    """January to December; squares outside the month are None."""
    return [_month(calendar, year, month, today=today) for month in range(1, 13)]


def weekday_names() -> list[str]:
    return [str(WEEKDAYS_ABBR[number]) for number in range(7)]


def _month(calendar: OpeningCalendar, year: int, month: int, *, today: date) -> Month:
    weeks = tuple(
        tuple(
            _day(calendar, day, today=today) if day.month == month else None
            for day in week
        )
        for week in Calendar().monthdatescalendar(year, month)
    )
    closed = sum(
        day is not None and day.state == "closed" for week in weeks for day in week
    )
    return Month(str(MONTHS[month]), weeks, closed)


def _day(calendar: OpeningCalendar, day: date, *, today: date) -> Day:
    closure = calendar.why_closed(day)
    if closure is None:
        return Day(day.day, "open", hours_words(calendar.hours(day)), day == today)
    if not closure.name:
        state = "weekly" if _weekly(calendar, day) else "closed"
        return Day(day.day, state, _("closed"), day == today)
    words = _("closed: {name}").format(name=closure.name)
    return Day(day.day, "closed", words, day == today)


def _weekly(calendar: OpeningCalendar, day: date) -> bool:
    """Whether no exception speaks of the day: it is the week that is closed."""
    return not any(days.covers(day) for days in calendar.exceptions)


def hours_words(openings: Sequence[Opening]) -> str:
    """``8–10 self, 10–19``: what the form also reads."""
    return ", ".join(_words(one) for one in openings)


def _words(one: Opening) -> str:
    text = f"{_clock(one.opens)}–{_clock(one.closes)}"
    return f"{text} {SELF_SERVICE}" if one.self_service else text


def _clock(moment: time) -> str:
    return f"{moment.hour}.{moment.minute:02d}" if moment.minute else str(moment.hour)


def parse_hours(weekday: int, text: str) -> list[Hours]:
    """What somebody typed for one weekday; empty is closed. ValidationError."""
    return [_parsed(weekday, part.strip()) for part in text.split(",") if part.strip()]


def _parsed(weekday: int, part: str) -> Hours:
    found = _OPENING.match(part)
    if found is None:
        raise ValidationError(_unreadable(part))
    first, first_minute, last, last_minute, word = found.groups()
    if word and word.casefold() not in {"self", "o", str(SELF_SERVICE).casefold()}:
        raise ValidationError(_unreadable(part))
    try:
        opens = time(int(first), int(first_minute or 0))
        closes = time(int(last) % 24, int(last_minute or 0))
    except ValueError as error:
        raise ValidationError(_unreadable(part)) from error
    if int(last) == 24:
        closes = time(23, 59)
    return Hours(weekday, opens, closes, bool(word))


def _unreadable(part: str) -> str:
    return _(
        "“{text}” is no opening. Write 10–19, and “{word}” after self-service hours: "
        "8–10 {word}, 10–19."
    ).format(text=part, word=SELF_SERVICE)


def weekday_label(number: int) -> str:
    return str(WEEKDAYS[number])
