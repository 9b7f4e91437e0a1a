"""An open library and who stands before its door, for tests."""

from datetime import date
from typing import Any

from kortisto.core.actors import Actor, ActorKind, Channel
from kortisto.core.versions import configuration_changed
from kortisto.domain.entry.actions.terms import accept_terms, newest_terms
from kortisto.domain.entry.queries import Door
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.org.models import Unit, WeeklyHours
from kortisto.domain.org.settings import Setting
from kortisto.domain.patrons.models import Guardianship, Patron
from kortisto.domain.patrons.pin_hashes import hashed
from kortisto.testing.builders import MONDAY_NOON, chief, make_library, make_patron

PIN = "2749"


def open_library(code: str = "MLI", *, opens: str = "07:00") -> Unit:
    """Open without staff from seven (or ``opens``) to eight, with staff till 20."""
    library = make_library(code)
    if not library.self_service:
        library.self_service = True
        library.save()
        for weekday in range(7):
            WeeklyHours.objects.create(
                library=library,
                weekday=weekday,
                opens=opens,
                closes="08:00",
                self_service=True,
                starts_on=date(2000, 1, 1),
            )
        configuration_changed()
    return library


def decided(unit: Unit, setting: Setting[Any], value: Any) -> None:
    """Let a unit decide a setting."""
    set_setting(unit.pk, setting, value=value, by=chief(), now=MONDAY_NOON)


def door_at(library: Unit | None = None) -> Door:
    place = library or open_library()
    return Door(library_id=place.pk, label="Main door")


def visitor(*, terms: bool = True, **fields: Any) -> Patron:
    """Somebody with a PIN who has accepted the terms."""
    open_library()
    patron = make_patron(**{"pin_hash": hashed(PIN), **fields})
    if terms:
        accept_terms(patron.pk, newest_terms(), by=chief(), now=MONDAY_NOON)
    return patron


def child_of(guardian: Patron, **fields: Any) -> Patron:
    child = visitor(first_names="Eero", category="LAPSI", **fields)
    Guardianship.objects.create(
        guardian=guardian, dependant=child, starts_on=date(2020, 1, 1)
    )
    return child


def patron_in_web(patron: Patron) -> Actor:
    """As the public site makes it: no permissions at all."""
    return Actor(
        kind=ActorKind.PATRON,
        id=patron.pk,
        library_id=patron.home_library_id,
        channel=Channel.WEB,
    )
