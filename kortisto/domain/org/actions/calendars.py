"""Opening hours and exceptional days, for one library, a group or all (CIR-7).

Who is meant is always given as ids: ``queries.targets`` gives those of a group or of
everything below a unit. Nothing here moves a due date that has been given.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final

import holidays
from django.db import transaction
from django.db.models import Q

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.versions import configuration_changed
from kortisto.domain.org.events import CalendarChanged
from kortisto.domain.org.models import CalendarException, Unit, WeeklyHours
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.reasons import Reason, refused

DAY: Final = timedelta(days=1)
LANGUAGES: Final = {"fi": "fi", "sv": "sv_FI", "en": "en_US"}


@dataclass(frozen=True, slots=True)
class Hours:
    """One opening on one weekday, 0 = Monday."""

    weekday: int
    opens: time
    closes: time
    self_service: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """A day or a period that differs; see CalendarException for what it means."""

    starts_on: date
    ends_on: date
    names: dict[str, str] = field(default_factory=dict)
    weekday: int | None = None
    yearly: bool = False
    open: bool = False
    opens: time | None = None
    closes: time | None = None
    source: CalendarException.Source = CalendarException.Source.OWN


@transaction.atomic
def set_weekly_hours(
    library_ids: Collection[int],
    hours: Sequence[Hours],
    *,
    starts_on: date,
    ends_on: date | None = None,
    by: Actor,
    now: datetime,
) -> None:
    """Give libraries these hours from a day on, or for a season (both days included).

    What they had before and after the season stays: the hours in force are cut at its
    edges. A weekday without hours is closed.
    """
    check_hours(hours)
    if ends_on is not None and ends_on < starts_on:
        raise refused(Reason.DATES_BACKWARDS)
    for unit in _units(library_ids, by):
        if unit.kind != Unit.Kind.LIBRARY:
            raise refused(Reason.NOT_LIBRARY, unit=unit.name)
        _make_room(unit.pk, starts_on, ends_on)
        WeeklyHours.objects.bulk_create(
            WeeklyHours(
                library=unit,
                weekday=one.weekday,
                opens=one.opens,
                closes=one.closes,
                self_service=one.self_service,
                starts_on=starts_on,
                ends_on=ends_on,
            )
            for one in hours
        )
    _tell(library_ids, "weekly-hours", by=by, now=now)


@transaction.atomic
def add_exception(
    unit_ids: Collection[int], days: Days, *, by: Actor, now: datetime
) -> tuple[int, ...]:
    """Close units on days, or open them; everything below a unit follows it.

    Returns the ids of the new rows, one for each unit.
    """
    _check_days(days)
    made = [_exception(unit.pk, days) for unit in _units(unit_ids, by)]
    for row in made:
        row.save()
    _tell(unit_ids, "exception-added", by=by, now=now)
    return tuple(row.pk for row in made)


@transaction.atomic
def remove_exceptions(
    exception_ids: Collection[int], *, by: Actor, now: datetime
) -> None:
    """Forget exceptional days. Ids that are gone already are no trouble."""
    rows = list(CalendarException.objects.filter(pk__in=exception_ids))
    for row in rows:
        by.require(OrgPermission.EDIT_CALENDAR, at=row.unit_id)
    CalendarException.objects.filter(pk__in=[row.pk for row in rows]).delete()
    if rows:
        units = {row.unit_id for row in rows}
        _tell(units, "exception-removed", by=by, now=now)


@transaction.atomic
def fill_holidays(year: int, unit_id: int, *, by: Actor, now: datetime) -> int:
    """Close a unit on the Finnish public holidays of a year and the two eves.

    Christmas Eve and Midsummer Eve are among them. Days that the unit already has as
    holidays are left alone. Returns how many days were added.
    """
    by.require(OrgPermission.EDIT_CALENDAR, at=unit_id)
    known = set(
        CalendarException.objects.filter(
            unit_id=unit_id, starts_on__year=year, source=_HOLIDAY
        ).values_list("starts_on", flat=True)
    )
    new = [days for days in finnish_holidays(year) if days.starts_on not in known]
    CalendarException.objects.bulk_create(_exception(unit_id, days) for days in new)
    if new:
        _tell([unit_id], f"holidays-{year}", by=by, now=now)
    return len(new)


@transaction.atomic
def copy_to_next_year(
    unit_ids: Collection[int], year: int, *, by: Actor, now: datetime
) -> int:
    """Repeat the units' own exceptional days of a year on the same dates of the next.

    Holidays move, so they are filled anew instead; yearly days repeat by themselves.
    29 February becomes the 28th. Days that are there already are not doubled.
    Returns how many rows were added.
    """
    added = 0
    for unit in _units(unit_ids, by):
        own = CalendarException.objects.filter(
            unit=unit, starts_on__year=year, yearly=False
        )
        for row in own.exclude(source=_HOLIDAY).order_by("starts_on", "pk"):
            added += _repeat(row)
        if own.filter(source=_HOLIDAY).exists():
            added += fill_holidays(year + 1, unit.pk, by=by, now=now)
    _tell(unit_ids, f"copied-{year}", by=by, now=now)
    return added


def finnish_holidays(year: int) -> list[Days]:
    """Every public holiday of a year and both eves, named in three languages."""
    named = {
        code: holidays.country_holidays("FI", years=year, language=language)
        for code, language in LANGUAGES.items()
    }
    return [
        Days(
            starts_on=day,
            ends_on=day,
            names={code: named[code][day] for code in LANGUAGES},
            source=_HOLIDAY,
        )
        for day in sorted(named["fi"])
    ]


_HOLIDAY: Final = CalendarException.Source.HOLIDAY


def _units(unit_ids: Collection[int], by: Actor) -> list[Unit]:
    for unit_id in unit_ids:
        by.require(OrgPermission.EDIT_CALENDAR, at=unit_id)
    return list(Unit.objects.filter(pk__in=unit_ids).order_by("pk"))


def check_hours(hours: Sequence[Hours]) -> None:
    """Raises Refused for openings that end before they begin, or overlap."""
    for one in hours:
        if one.closes <= one.opens:
            raise refused(Reason.HOURS_BACKWARDS)
    ordered = sorted(hours, key=lambda one: (one.weekday, one.opens))
    for first, second in pairwise(ordered):
        if first.weekday == second.weekday and second.opens < first.closes:
            raise refused(Reason.HOURS_OVERLAP)


def _check_days(days: Days) -> None:
    if days.ends_on < days.starts_on:
        raise refused(Reason.DATES_BACKWARDS)
    if days.opens and days.closes and days.closes <= days.opens:
        raise refused(Reason.HOURS_BACKWARDS)


def _make_room(library_id: int, starts_on: date, ends_on: date | None) -> None:
    """Cut what the library's hours were for the days from ``starts_on`` on."""
    overlapping = WeeklyHours.objects.filter(library_id=library_id).filter(
        Q(ends_on=None) | Q(ends_on__gte=starts_on)
    )
    if ends_on is not None:
        overlapping = overlapping.filter(starts_on__lte=ends_on)
    for row in overlapping:
        goes_on = ends_on is not None and (row.ends_on is None or row.ends_on > ends_on)
        if goes_on and ends_on is not None:
            _continued(row, ends_on + DAY).save()
        if row.starts_on < starts_on:
            row.ends_on = starts_on - DAY
            row.save(update_fields=["ends_on"])
        else:
            row.delete()


def _continued(row: WeeklyHours, starts_on: date) -> WeeklyHours:
    return WeeklyHours(
        library_id=row.library_id,
        weekday=row.weekday,
        opens=row.opens,
        closes=row.closes,
        self_service=row.self_service,
        starts_on=starts_on,
        ends_on=row.ends_on,
    )


def _exception(unit_id: int, days: Days) -> CalendarException:
    return CalendarException(
        unit_id=unit_id,
        name_fi=days.names.get("fi", ""),
        name_sv=days.names.get("sv", ""),
        name_en=days.names.get("en", ""),
        starts_on=days.starts_on,
        ends_on=days.ends_on,
        weekday=days.weekday,
        yearly=days.yearly,
        open=days.open,
        opens=days.opens,
        closes=days.closes,
        source=days.source,
    )


def _repeat(row: CalendarException) -> int:
    starts_on, ends_on = _next_year(row.starts_on), _next_year(row.ends_on)
    there = CalendarException.objects.filter(
        unit_id=row.unit_id,
        starts_on=starts_on,
        ends_on=ends_on,
        weekday=row.weekday,
        open=row.open,
    )
    if there.exists():
        return 0
    days = Days(
        starts_on=starts_on,
        ends_on=ends_on,
        names=row.names,
        weekday=row.weekday,
        open=row.open,
        opens=row.opens,
        closes=row.closes,
    )
    _exception(row.unit_id, replace(days, source=CalendarException.Source.OWN)).save()
    return 1


def _next_year(day: date) -> date:
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if leap_day else day.day)


def _tell(unit_ids: Collection[int], what: str, *, by: Actor, now: datetime) -> None:
    event = CalendarChanged(units=tuple(sorted(unit_ids)), what=what)
    publish(event, by=by, at=now)
    configuration_changed()
