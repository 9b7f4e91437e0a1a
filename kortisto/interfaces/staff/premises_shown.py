"""Where a library works for a time, as staff pages show it."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from kortisto.core.days import written
from kortisto.domain.catalogue.models import CodedValue
from kortisto.domain.org.models import Closure
from kortisto.domain.org.queries import organisation, premises_of
from kortisto.domain.org.rules import OtherPremises
from kortisto.interfaces.staff.calendar_year import hours_words, weekday_label


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """``hours``: weekday and openings; none, as in its own house."""

    address: str
    phone: str
    van_note: str
    hours: tuple[tuple[str, str], ...]
    shelves: str
    status: str


def place_shown(closure: Closure) -> Place:
    """Of a closure that has other premises."""
    told = closure.premises
    period = premises_of(closure, closure.ends_on)
    openings = {
        number: sorted(row.opening for row in period.weekly if row.weekday == number)
        for number in range(7)
    }
    codes = [*told.left_locations, told.left_status]
    names = {
        (one.list, one.code): one.name
        for one in CodedValue.objects.filter(code__in=codes)
    }
    shelves = [
        names.get((CodedValue.List.LOCATION, code), code)
        for code in told.left_locations
    ]
    status = (CodedValue.List.NOT_FOR_LOAN, told.left_status)
    return Place(
        address=period.address,
        phone=told.phone,
        van_note=told.van_note,
        hours=tuple(
            (weekday_label(number), hours_words(openings[number]))
            for number in range(7)
            if period.weekly
        ),
        shelves=", ".join(shelves),
        status=names.get(status, told.left_status),
    )


def premises_told(library: int, today: date) -> list[str]:
    """Where a library works or will work for a time, in sentences for staff."""
    found = organisation().premises.get(library, ())
    return [told_of_premises(one) for one in found if one.ends_on >= today]


def told_of_premises(one: OtherPremises) -> str:
    sentence = _("{first}–{last} at {address}.")
    if one.van_note:
        sentence = _("{first}–{last} at {address}. The van stops: {van}.")
    return sentence.format(
        first=written(one.starts_on),
        last=written(one.ends_on),
        address=one.address,
        van=one.van_note.rstrip("."),
    )
