"""Marks of items that are not in order, and what a find means for the money. Pure."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

REFUND: Final = "refund"
REFUND_AND_FINE: Final = "refund-and-fine"
REFUND_AND_OLD_FINE: Final = "refund-and-old-fine"
KEEP_CHARGE: Final = "keep"


class Lost(TextChoices):
    """Codes of the list of lost statuses that the program itself gives (CIR-41)."""

    LOST = "1", _("Lost")
    LONG_OVERDUE = "2", _("Long overdue")
    PAID = "3", _("Lost and paid")
    MISSING = "4", _("Missing")
    SOUGHT = "5", _("To be searched for")


STOPS_FINES: Final = (Lost.LOST.value, Lost.PAID.value)
"""Of an item that is lost no fine grows, although its loan may go on."""


class Mark(TextChoices):
    """What staff can say of an item at the desk, without opening its record."""

    MISSING = "missing", _("Missing from its shelf")
    SOUGHT = "sought", _("To be searched for")
    DAMAGED = "damaged", _("Damaged")
    INCOMPLETE = "incomplete", _("Parts are missing")
    IN_ORDER = "in-order", _("In order again")


DAMAGED: Final = "1"  # of the coded values "damaged"
DAMAGED_OF: Final = {Mark.DAMAGED: DAMAGED, Mark.INCOMPLETE: "3"}
LOST_OF: Final = {Mark.MISSING: Lost.MISSING, Mark.SOUGHT: Lost.SOUGHT}


def marks_for(lost: str, damaged: str) -> Iterator[Mark]:
    """What can be said of an item with these statuses, the likeliest first."""
    if lost or damaged:
        yield Mark.IN_ORDER
    yield from (mark for mark, code in LOST_OF.items() if lost != code)
    yield from (mark for mark, code in DAMAGED_OF.items() if damaged != code)


def marked(mark: Mark) -> dict[str, str]:
    """The columns of an item that a mark sets."""
    if mark is Mark.IN_ORDER:
        return {"lost": "", "damaged": ""}
    if mark in DAMAGED_OF:
        return {"damaged": DAMAGED_OF[mark]}
    return {"lost": LOST_OF[mark].value}


def priced(cents: int, price: int | None) -> dict[str, Any]:
    """Why a replacement charge is so much, for "Why?"."""
    return {"replacement": cents, "price": price}
