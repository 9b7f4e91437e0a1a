"""Types of restrictions: those that every installation has, and those of one's own.

A ready type has no row before it is used for the first time, or changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from kortisto.core.values import Words
from kortisto.domain.patrons.frozen import FROZEN
from kortisto.domain.patrons.models import Restriction, RestrictionType

Removal = RestrictionType.Removal
MOST_DAYS: Final = 3650
NAMES: Final = ("name_fi", "name_sv", "name_en")
TITLES: Final[Mapping[str, Words]] = {
    "name_fi": _("Name in Finnish"),
    "name_sv": _("Name in Swedish"),
    "name_en": _("Name in English"),
    "removal": _("Ends"),
    "days": _("Length in days"),
    "binding": _("Nobody lends past it"),
    "shuts_doors": _("Shuts the doors of open libraries too"),
    "in_use": _("In use"),
}
"""What is decided of a type, column by column."""


@dataclass(frozen=True, slots=True)
class ReadyType:
    """A type that every installation has; what people decide of it may change."""

    removal: RestrictionType.Removal
    fi: str
    sv: str
    en: str
    binding: bool = False

    def row(self, code: str) -> RestrictionType:
        """The type as it is until somebody decides otherwise; not saved."""
        return RestrictionType(
            code=code,
            removal=self.removal,
            binding=self.binding,
            name_fi=self.fi,
            name_sv=self.sv,
            name_en=self.en,
        )


DECEASED: Final = "deceased"
MANUAL: Final = "manual"
READY_TYPES: Final = {
    DECEASED: ReadyType(
        Removal.BY_HAND, "Ilmoitettu kuolleeksi", "Anmäld som avliden", "Reported dead"
    ),
    MANUAL: ReadyType(
        Removal.BY_HAND, "Henkilökunnan asettama", "Satt av personalen", "Set by staff"
    ),
    FROZEN: ReadyType(
        Removal.BY_HAND,
        "Tietojen käsittely rajoitettu",
        "Behandlingen av uppgifter begränsad",
        "Processing of the data restricted",
        binding=True,
    ),
    "overdue": ReadyType(
        Removal.ITEMS_BACK,
        "Palauttamaton aineisto",
        "Material som inte återlämnats",
        "Overdue material",
    ),
    "invoice": ReadyType(
        Removal.CHARGES_PAID, "Maksamaton lasku", "Obetald faktura", "Unpaid invoice"
    ),
    "suspension": ReadyType(
        Removal.END_DATE,
        "Määräaikainen kielto",
        "Avstängning för en tid",
        "Suspension",
    ),
}
OF_THE_PROGRAM: Final = frozenset({DECEASED, FROZEN})
"""Types whose meaning the program relies on: only their names are anybody's choice."""


def every_type() -> list[RestrictionType]:
    """Those with a row in the order they were made; then the ready ones without."""
    made = list(RestrictionType.objects.order_by("pk"))
    known = {one.code for one in made}
    ready = READY_TYPES.items()
    return made + [each.row(code) for code, each in ready if code not in known]


def types_in_use() -> list[RestrictionType]:
    """What can be chosen for a new restriction."""
    return [one for one in every_type() if one.in_use]


def type_with(code: str) -> RestrictionType:
    """The type with a code, perhaps without a row yet. Raises DoesNotExist."""
    found = RestrictionType.objects.filter(code=code).first()
    if found is not None:
        return found
    if code not in READY_TYPES:
        raise RestrictionType.DoesNotExist
    return READY_TYPES[code].row(code)


def in_force_by_type(today: date) -> dict[str, int]:
    """How many restrictions are in force, by the code of their type."""
    standing = Restriction.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today), lifted_at=None, starts_on__lte=today
    )
    counted = standing.values_list("type__code").annotate(count=Count("pk"))
    return dict(counted.order_by())
