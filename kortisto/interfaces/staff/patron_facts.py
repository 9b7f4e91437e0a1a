"""What is known of a patron, line by line, each with where it came from (S9)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kortisto.domain.patrons.fields import label_of
from kortisto.domain.patrons.hold_identifiers import grouped
from kortisto.domain.patrons.models import Patron, Source
from kortisto.domain.patrons.queries import terms_of
from kortisto.domain.patrons.records import (
    PatronRecord,
    Provenance,
    address_lines,
    second_address_lines,
)
from kortisto.domain.patrons.rules import Part, parts_of_form
from kortisto.ui.formats import day

ICONS: Final = {
    Source.DESK: "desk",
    Source.ONLINE: "globe",
    Source.GUARDIAN: "people",
    Source.POPULATION_REGISTER: "check",
    Source.MIGRATION: "import",
    Source.JOB: "moon",
}
NAME: Final = ("surname", "first_names", "called_name")
ADDRESS: Final = ("street", "postal_code", "city", "country")
SECOND: Final = tuple(f"second_{name}" for name in ADDRESS)
NOTHING: Final = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a value came from. ``differs``: not from where the record came from."""

    source: str
    icon: str
    actor: str
    at: datetime | None
    differs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One line of a list of facts."""

    label: str
    lines: tuple[str, ...]
    origin: Origin | None
    code: bool = False
    check: bool = False  # somebody has to ask whether it is right


class Origins:
    """Where the values of one patron came from, with names for who wrote them."""

    def __init__(
        self,
        patron: Patron,
        known: Mapping[str, Provenance],
        names: Mapping[str, str],
    ) -> None:
        self._first = patron.source
        self._known = known
        self._names = names

    def of(self, *fields: str) -> Origin | None:
        """The newest of these fields; None for what nobody ever wrote down."""
        found = [self._known[name] for name in fields if name in self._known]
        if not found:
            return None
        newest = max(found, key=_when)
        if newest.source not in Source:
            return None
        source = Source(newest.source)
        return Origin(
            source=str(source.label),
            icon=ICONS[source],
            actor=self._names.get(newest.actor, newest.actor),
            at=newest.at,
            differs=newest.source != self._first,
        )


def _when(one: Provenance) -> float:
    return 0.0 if one.at is None else one.at.timestamp()


def identity_facts(record: PatronRecord, origins: Origins) -> list[Fact]:
    """Who it is, and what the library has agreed with them."""
    return list(_identity(record, origins))


def contact_facts(record: PatronRecord, origins: Origins, *, today: date) -> list[Fact]:
    """How they are reached. The address of a protected person is not among it."""
    return list(_contact(record, origins, today))


def _identity(record: PatronRecord, origins: Origins) -> Iterator[Fact]:
    patron = record.patron
    parts = parts_of_form(terms_of(patron.category))
    yield Fact(label=_("Name"), lines=(patron.full_name,), origin=origins.of(*NAME))
    if patron.called_name:
        yield _line(patron, "called_name", origins)
    if Part.BIRTH in parts:
        yield Fact(
            label=_("Born"), lines=(_born(record),), origin=origins.of("born_on")
        )
    if Part.BUSINESS in parts or patron.business_id:
        yield _line(patron, "business_id", origins, code=True)
        yield _line(patron, "contact_person", origins)
    if Part.IDENTITY in parts:
        yield Fact(
            label=_("Personal identity code"),
            lines=(_identity_code(patron),),
            origin=origins.of("identity_key"),
        )
    yield Fact(
        label=label_of("hold_identifier"),
        lines=(grouped(patron.hold_identifier),),
        origin=origins.of("hold_identifier"),
        code=True,
    )
    yield Fact(
        label=_("Category"),
        lines=(patron.category.name,),
        origin=origins.of("category"),
    )
    if not record.address_hidden:
        yield Fact(
            label=_("Home library"),
            lines=(patron.home_library.name,),
            origin=origins.of("home_library"),
        )
    yield Fact(
        label=label_of("language"),
        lines=(dict(settings.LANGUAGES)[patron.language],),
        origin=origins.of("language"),
    )
    yield from _membership(record, origins)


def _membership(record: PatronRecord, origins: Origins) -> Iterator[Fact]:
    patron = record.patron
    yield _day("expires_on", patron.expires_on, origins)
    yield Fact(label=_("Registered"), lines=(_registered(patron),), origin=None)
    if record.last_renewal is not None:
        checked = day(record.last_renewal.at)
        yield Fact(label=_("Data checked"), lines=(checked,), origin=None)
    if patron.terms_accepted_on is not None:
        yield _day("terms_accepted_on", patron.terms_accepted_on, origins)
    yield Fact(
        label=_("Loan history is kept"),
        lines=(patron.get_history_display(),),
        origin=origins.of("history"),
    )


def _contact(record: PatronRecord, origins: Origins, today: date) -> Iterator[Fact]:
    patron = record.patron
    yield _line(patron, "phone", origins, check=patron.check_phone, code=True)
    if patron.second_phone:
        yield _line(patron, "second_phone", origins, code=True)
    if patron.sms_number is not None:
        yield _line(patron, "sms_number", origins, code=True)
    yield _line(patron, "email", origins, check=patron.check_email)
    if patron.second_email:
        yield _line(patron, "second_email", origins)
    if record.address_hidden:
        return
    lines = address_lines(patron)
    yield Fact(
        label=_("Address"),
        lines=lines or (NOTHING,),
        origin=origins.of(*ADDRESS) if lines else None,
        check=patron.check_address,
    )
    second = second_address_lines(patron)
    if second:
        yield Fact(
            label=_("Second address"),
            lines=(*second, *_stay(patron, today)),
            origin=origins.of(*SECOND),
        )


def _line(
    patron: Patron,
    field: str,
    origins: Origins,
    *,
    code: bool = False,
    check: bool = False,
) -> Fact:
    text = getattr(patron, field)
    return Fact(
        label=label_of(field),
        lines=(text or NOTHING,),
        origin=origins.of(field) if text else None,
        code=code and bool(text),
        check=check,
    )


def _day(field: str, value: date, origins: Origins) -> Fact:
    return Fact(label=label_of(field), lines=(day(value),), origin=origins.of(field))


def _born(record: PatronRecord) -> str:
    if record.patron.born_on is None or record.age is None:
        return _("not known")
    years = ngettext("{n} year", "{n} years", record.age).format(n=record.age)
    return f"{day(record.patron.born_on)} ({years})"


def _identity_code(patron: Patron) -> str:
    """Whether one is kept; never what it is."""
    if patron.identity_key is not None:
        return _("stored")
    if patron.identity_skipped:
        return _("left out: {reason}").format(reason=patron.identity_skipped)
    return _("not stored")


def _registered(patron: Patron) -> str:
    when = _("not known") if patron.registered_on is None else day(patron.registered_on)
    source = Source(patron.source).label
    return _("{day}: {source}").format(day=when, source=source)


def _stay(patron: Patron, today: date) -> tuple[str, ...]:
    """From when until when somebody is reached at the second address."""
    first, last = patron.second_from_on, patron.second_until_on
    if last is not None and last < today:
        return (_("until {day}, so no longer").format(day=day(last)),)
    if first is None and last is None:
        return ()
    days = (f"{'' if each is None else day(each)}" for each in (first, last))
    return ("–".join(days),)


CHECKS: Final = {
    "check_address": gettext_lazy("Check the address."),
    "check_phone": gettext_lazy("Check the phone: it may be somebody else's."),
    "check_email": gettext_lazy("Check the e-mail: it may be somebody else's."),
}


def to_check(patron: Patron) -> list[str]:
    """What to ask the patron, in sentences."""
    return [str(told) for flag, told in CHECKS.items() if getattr(patron, flag)]
