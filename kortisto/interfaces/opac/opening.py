"""When the libraries are open, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.core.days import written
from kortisto.domain.org.queries import Node, Organisation
from kortisto.domain.org.rules import (
    ClosedPeriod,
    Opening,
    OpeningCalendar,
    OtherPremises,
)
from kortisto.ui.formats import day
from kortisto.ui.shell import letters_of

WEEKDAYS: Final = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """A library today. ``state``: open, later, closed or unknown."""

    id: int
    name: str
    hue: int
    letters: str
    mobile: bool
    state: str
    words: str
    hours: str


@dataclass(frozen=True, slots=True)
class DayHours:
    """One day of the week to come."""

    weekday: str
    day: str
    hours: str
    is_today: bool


def today_in(tree: Organisation, *, now: datetime) -> list[Today]:
    """Every library in use, by name, with its hours of the day."""
    local = localtime(now)
    return [_today(tree, node, local) for node in tree.libraries(on=local.date())]


def _today(tree: Organisation, node: Node, local: datetime) -> Today:
    calendar = tree.calendar(node.id)
    state, words = _state(calendar, local)
    return Today(
        id=node.id,
        name=node.name,
        hue=node.hue,
        letters=letters_of(node.name),
        mobile=node.mobile,
        state=state,
        words=words,
        hours=_told(calendar.hours(local.date())),
    )


def _state(calendar: OpeningCalendar, local: datetime) -> tuple[str, str]:
    openings, clock = calendar.hours(local.date()), local.time()
    if not openings:
        if calendar.is_open(local.date()):
            return "unknown", _("Open, ask for the hours")
        return "closed", _closed(calendar, local.date())
    for opening in openings:
        if opening.opens <= clock < opening.closes:
            sentence = (
                _("Self-service until {time}")
                if opening.self_service
                else _("Open until {time}")
            )
            return "open", sentence.format(time=_clock(opening.closes))
        if clock < opening.opens:
            return "later", _("Opens at {time}").format(time=_clock(opening.opens))
    return "closed", _("Closed for today")


def _closed(calendar: OpeningCalendar, today: date) -> str:
    closure = calendar.why_closed(today)
    if closure is not None and closure.name:
        return _("Closed today: {reason}").format(reason=closure.name)
    return _("Closed today")


def closures_of(tree: Organisation, library_id: int, today: date) -> list[str]:
    """What the public is told of closures that last or are to come, in sentences."""
    elsewhere = [
        _told_of_premises(period)
        for period in tree.premises.get(library_id, ())
        if period.ends_on >= today
    ]
    return elsewhere + [
        _told_of_closure(tree, period)
        for period in tree.closures.get(library_id, ())
        if period.ends_on >= today
    ]


def _told_of_premises(period: OtherPremises) -> str:
    sentence = _("{first}–{last} at {address}: {text}.")
    return sentence.format(
        first=written(period.starts_on),
        last=written(period.ends_on),
        address=period.address,
        text=period.text.rstrip("."),
    )


def _told_of_closure(tree: Organisation, period: ClosedPeriod) -> str:
    parts = [
        _("Closed {first}–{last}: {text}.").format(
            first=written(period.starts_on),
            last=written(period.ends_on),
            text=period.text.rstrip("."),
        )
    ]
    if period.pickup_id is not None:
        sentence = _("Holds are collected at {library} meanwhile.")
        parts.append(sentence.format(library=tree.name(period.pickup_id)))
    parts.append(
        _("Items can be left in the return box.")
        if period.returns_here
        else _("Please return items at other libraries.")
    )
    return " ".join(parts)


def week_of(calendar: OpeningCalendar, today: date) -> list[DayHours]:
    """Today and the six days after it."""
    days = [today + timedelta(days=number) for number in range(7)]
    return [
        DayHours(
            str(WEEKDAYS[each.weekday()]),
            day(each),
            _hours_on(calendar, each),
            each == today,
        )
        for each in days
    ]


def _hours_on(calendar: OpeningCalendar, each: date) -> str:
    openings = calendar.hours(each)
    if openings:
        return _told(openings)
    if calendar.is_open(each):
        return _("Open")
    closure = calendar.why_closed(each)
    if closure is not None and closure.name:
        return _("Closed: {reason}").format(reason=closure.name)
    return _("Closed")


def _told(openings: Sequence[Opening]) -> str:
    """``10–18, self-service 7–10``."""
    parts = []
    for opening in openings:
        hours = f"{_clock(opening.opens)}–{_clock(opening.closes)}"
        sentence = _("self-service {hours}") if opening.self_service else "{hours}"
        parts.append(sentence.format(hours=hours))
    return ", ".join(parts)


def _clock(moment: time) -> str:
    return f"{moment.hour}.{moment.minute:02d}" if moment.minute else str(moment.hour)
