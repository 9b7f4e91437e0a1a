"""Make things for tests: valid by default; name only what the test is about.

The cast: the libraries MLI (Mikkeli) and SVL (Savonlinna), each in its municipality.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from kortisto.core.actors import Actor, ActorKind, Channel
from kortisto.core.permissions import all_permissions
from kortisto.core.versions import configuration_changed
from kortisto.domain.catalogue.models import Item, ItemType, Record
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.fees.permissions import FeePermission
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.org.models import (
    CalendarException,
    LibraryGroup,
    Unit,
    WeeklyHours,
)
from kortisto.domain.patrons.actions.restriction_types import row_of_type
from kortisto.domain.patrons.actions.writing import keep_words
from kortisto.domain.patrons.models import Card, Patron, PatronCategory, Restriction
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.policies.models import RuleRow, RuleVersion

HELSINKI = ZoneInfo("Europe/Helsinki")
MONDAY_NOON = datetime(2027, 3, 1, 12, 0, tzinfo=HELSINKI)
DESK_PERMISSIONS = frozenset(
    permission.value
    for permission in (
        LendingPermission.LEND,
        LendingPermission.SET_DUE_DATE,
        LendingPermission.BACKDATE,
        LendingPermission.UNDO,
        HoldPermission.PLACE,
        HoldPermission.PULL,
        PatronPermission.SEE,
        PatronPermission.EDIT,
        PatronPermission.RESTRICT,
        PatronPermission.RESET_PIN,
        FeePermission.SEE,
        FeePermission.CHARGE,
        FeePermission.TAKE_PAYMENT,
    )
)

_numbers = count(1)


def make_unit(
    code: str,
    kind: Unit.Kind = Unit.Kind.LIBRARY,
    *,
    parent: Unit | None = None,
    **fields: Any,
) -> Unit:
    """A unit of the tree; the same code gives the same unit."""
    found = Unit.objects.filter(code=code).first()
    if found is not None:
        return found
    unit = Unit.objects.create(
        code=code, kind=kind, parent=parent, path="/", name_fi=code, **fields
    )
    above = "/" if parent is None else parent.path
    unit.path = f"{above}{unit.pk}/"
    unit.save()
    configuration_changed()
    return unit


def make_consortium() -> Unit:
    return make_unit("LUMME", Unit.Kind.CONSORTIUM)


def make_library(code: str = "MLI") -> Unit:
    """A library in a municipality of its own, open every day from 8 to 20."""
    municipality = make_unit(
        f"K-{code}", Unit.Kind.MUNICIPALITY, parent=make_consortium()
    )
    library = make_unit(code, parent=municipality)
    if not library.hours.exists():
        for weekday in range(7):
            WeeklyHours.objects.create(
                library=library,
                weekday=weekday,
                opens="08:00",
                closes="20:00",
                starts_on=date(2000, 1, 1),
            )
        configuration_changed()
    return library


def desk(
    library: Unit | None = None, *, also: tuple[str, ...] = (), **fields: Any
) -> Actor:
    """A librarian at the lending desk, with no permission to override anything."""
    place = library or make_library()
    return Actor(
        kind=ActorKind.STAFF,
        id=1,
        library_id=place.pk,
        channel=Channel.STAFF,
        everywhere=DESK_PERMISSIONS | frozenset(also),
        **fields,
    )


def chief(library: Unit | None = None) -> Actor:
    """Somebody who may do everything everywhere."""
    every = frozenset(permission.value for permission in all_permissions())
    return replace(desk(library), id=2, everywhere=every)


def themself(patron: Patron) -> Actor:
    """A patron who is logged in to the web library."""
    return Actor(kind=ActorKind.PATRON, id=patron.pk, channel=Channel.WEB)


def make_category(code: str = "HENKILO", **fields: Any) -> PatronCategory:
    return PatronCategory.objects.get_or_create(
        code=code, defaults={"name_fi": code, **fields}
    )[0]


def make_patron(
    *, card: str | None = None, category: str = "HENKILO", **fields: Any
) -> Patron:
    number = next(_numbers)
    values: dict[str, Any] = {
        "surname": "Virtanen",
        "first_names": "Aino",
        "born_on": date(1980, 5, 17),
        "category": make_category(category),
        "home_library": fields.pop("home_library", None) or make_library(),
        "registered_on": date(2020, 1, 1),
        "expires_on": date(2030, 12, 31),
        "hold_identifier": f"T-{number}",  # none that a demo or a generator makes
    }
    patron = Patron.objects.create(**{**values, **fields})
    keep_words(patron)
    Card.objects.create(
        patron=patron, number=card or f"P{number:06}", since_on=date(2020, 1, 1)
    )
    return patron


def make_restriction(
    patron: Patron, *, kind: str = "manual", **fields: Any
) -> Restriction:
    """A restriction in force since 2020, as nobody has lifted it."""
    values = {"starts_on": date(2020, 1, 1), "made_by": "staff:1", **fields}
    return Restriction.objects.create(patron=patron, type=row_of_type(kind), **values)


def make_group(*libraries: Unit, purpose: str) -> LibraryGroup:
    """Libraries that do something together: float, fetch copies for one another."""
    group = LibraryGroup.objects.create(
        code=f"G{next(_numbers)}", purpose=purpose, name_fi="Ryhmä"
    )
    group.libraries.set(libraries)
    configuration_changed()
    return group


def card_of(patron: Patron) -> str:
    return patron.cards.get(active=True).number


def make_record(title: str = "Seitsemän veljestä", **fields: Any) -> Record:
    number = f"T{next(_numbers):06}"
    return Record.objects.create(
        **{
            "control_number": number,
            "control_source": "FI-LUMME",
            "marc": "[]",
            "title": title,
            "title_sort": title.lower(),
            "material": "KIRJA",
            **fields,
        }
    )


def make_item_type(code: str = "28VRK", parent: ItemType | None = None) -> ItemType:
    return ItemType.objects.get_or_create(
        code=code, defaults={"name_fi": code, "parent": parent}
    )[0]


def make_item(
    *, record: Record | None = None, library: Unit | None = None, **fields: Any
) -> Item:
    place = library or make_library()
    return Item.objects.create(
        **{
            "record": record or make_record(),
            "barcode": f"N{next(_numbers):08}",
            "home_library": place,
            "library": place,
            "item_type": make_item_type(),
            **fields,
        }
    )


def make_hold(
    patron: Patron, record: Record, *, pickup: Unit | None = None, **fields: Any
) -> Hold:
    """A hold on a title, in the queue since the day before MONDAY_NOON."""
    since = fields.pop("placed_at", MONDAY_NOON - timedelta(days=1))
    return Hold.objects.create(
        **{
            "patron": patron,
            "record": record,
            "pickup_library": pickup or make_library(),
            "placed_at": since,
            "counts_from": since,
            **fields,
        }
    )


def close_library(library: Unit, day: date, *, name: str = "Suljettu") -> None:
    CalendarException.objects.create(
        unit=library, starts_on=day, ends_on=day, name_fi=name
    )
    configuration_changed()


def make_rules(*rows: dict[str, Any], starts_on: date = date(2000, 1, 1)) -> int:
    """Publish rule rows and return the number of their version.

    Each is ``{"library":…, "category":…, "item_type":…, "values": {…}}``; what is
    left out means all.
    """
    number = RuleVersion.objects.count() + 1
    version = RuleVersion.objects.create(
        number=number,
        state=RuleVersion.State.PUBLISHED,
        starts_on=starts_on,
        made_by="test",
    )
    for row in rows:
        RuleRow.objects.create(version=version, **row)
    configuration_changed()
    return number
