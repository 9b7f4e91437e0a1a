"""Found the demo consortium by the same actions as a real one, three years ago."""

from datetime import date, datetime

from kortisto.core.actors import Actor
from kortisto.domain.org.actions.calendars import (
    Days,
    add_exception,
    fill_holidays,
    set_weekly_hours,
)
from kortisto.domain.org.actions.groups import save_group
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.org.actions.units import create_unit, join, leave
from kortisto.domain.org.models import LibraryGroup, Unit
from kortisto.domain.org.settings import LOAN_BAN_CENTS
from kortisto.domain.patrons.settings import REGISTER_ONLINE
from kortisto.interfaces.cli.demo.places import (
    DESKS,
    FOUNDED_ON,
    HOURS,
    IN_USE,
    MUNICIPALITIES,
    SUMMER,
    Library,
    Municipality,
)
from kortisto.interfaces.cli.demo.vans import send_vans

Units = dict[str, int]  # code -> id


def found(*, today: date, by: Actor, now: datetime) -> Units:
    """Make the tree, its calendars, groups and settings. ``now`` is the founding."""
    root = create_unit(
        "LUMME",
        Unit.Kind.CONSORTIUM,
        parent_id=None,
        details={
            "name_fi": "Lumme-kirjastot",
            "name_sv": "Lumme-biblioteken",
            "name_en": "Lumme Libraries",
            "city": "Mikkeli",
        },
        by=by,
        now=now,
    )
    units = {root.code: root.pk}
    for town in MUNICIPALITIES:
        units |= _town(town, root.pk, by=by, now=now)
    _calendars(units, today=today, by=by, now=now)
    _groups(units, by=by, now=now)
    send_vans(units, by=by, now=now)
    set_setting(root.pk, LOAN_BAN_CENTS, value=1000, by=by, now=now)
    set_setting(root.pk, REGISTER_ONLINE, value=True, by=by, now=now)
    return units


def _town(town: Municipality, root: int, *, by: Actor, now: datetime) -> Units:
    unit = create_unit(
        town.code,
        Unit.Kind.MUNICIPALITY,
        parent_id=root,
        details={
            "name_fi": town.fi,
            "name_sv": town.sv,
            "name_en": town.fi,
            "municipality_code": town.number,
            "postal_code": town.postal_code,
            "city": town.fi,
            "closed_on": town.left_on,
        },
        by=by,
        now=now,
    )
    join(unit.pk, owner_id=root, starts_on=FOUNDED_ON, by=by, now=now)
    if town.left_on is not None:
        leave(unit.pk, ends_on=town.left_on, by=by, now=now)
    units = {unit.code: unit.pk}
    for library in town.libraries:
        units |= _library(library, town, unit.pk, by=by, now=now)
    return units


def _library(
    library: Library, town: Municipality, town_id: int, *, by: Actor, now: datetime
) -> Units:
    details = {
        "name_fi": library.fi,
        "name_sv": library.sv,
        "name_en": library.en,
        "mobile": library.hours == "mobile",
        "self_service": any(hours.self_service for hours in HOURS[library.hours]),
        "street": library.street,
        "postal_code": town.postal_code,
        "city": town.fi,
        "email": f"{library.code.lower()}@lumme.example",
        "municipality_code": town.number,
        "closed_on": library.closed_on,
    }
    unit = create_unit(
        library.code,
        Unit.Kind.LIBRARY,
        parent_id=town_id,
        details=details,
        by=by,
        now=now,
    )
    units = {unit.code: unit.pk}
    if library.closed_on is None:
        for number, fi, sv, en in DESKS[: 3 if library.is_main else 2]:
            names = {"name_fi": fi, "name_sv": sv, "name_en": en}
            code = f"{library.code}-{number}"
            made = create_unit(
                code, Unit.Kind.DESK, parent_id=unit.pk, details=names, by=by, now=now
            )
            units[code] = made.pk
    return units


def _calendars(units: Units, *, today: date, by: Actor, now: datetime) -> None:
    """Hours by kind of library, summers of the main ones, holidays of four years."""
    for kind, hours in HOURS.items():
        ids = [units[one.code] for one in IN_USE if one.hours == kind]
        set_weekly_hours(ids, hours, starts_on=FOUNDED_ON, by=by, now=now)
    main = [units[one.code] for one in IN_USE if one.hours == "main"]
    mobile = [units[one.code] for one in IN_USE if one.hours == "mobile"]
    for year in range(today.year - 2, today.year + 2):
        fill_holidays(year, units["LUMME"], by=by, now=now)
        set_weekly_hours(
            main,
            SUMMER,
            starts_on=date(year, 6, 15),
            ends_on=date(year, 8, 15),
            by=by,
            now=now,
        )
    july = Days(
        starts_on=date(today.year, 7, 1),
        ends_on=date(today.year, 7, 31),
        yearly=True,
        names={"fi": "Kesätauko", "sv": "Sommarpaus", "en": "Summer break"},
    )
    add_exception(mobile, july, by=by, now=now)


def _groups(units: Units, *, by: Actor, now: datetime) -> None:
    """A search limit for each town, and the mobile libraries for the calendar."""
    for town in MUNICIPALITIES:
        ids = [units[one.code] for one in town.libraries if one.size]
        if not ids:
            continue
        save_group(
            f"haku-{town.code.lower()}",
            LibraryGroup.Purpose.SEARCH,
            names={
                "fi": f"{town.fi}: kaikki kirjastot",
                "sv": f"{town.sv}: alla bibliotek",
                "en": f"{town.fi}: all libraries",
            },
            library_ids=ids,
            by=by,
            now=now,
        )
    save_group(
        "kirjastoautot",
        LibraryGroup.Purpose.CALENDAR,
        names={"fi": "Kirjastoautot", "sv": "Bokbussarna", "en": "Mobile libraries"},
        library_ids=[units[one.code] for one in IN_USE if one.hours == "mobile"],
        by=by,
        now=now,
    )
