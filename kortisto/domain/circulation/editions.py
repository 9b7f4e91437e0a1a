"""Other editions of a work that a patron may wait for as well (HLD-1)."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef

from kortisto.domain.catalogue.description.kinds import Material
from kortisto.domain.catalogue.models import Item, Record
from kortisto.domain.circulation.hold_choices import CAN_FILL_A_HOLD

MOST: Final = 20  # that are offered
APPEARS_IN_ISSUES: Final = frozenset({Material.MAGAZINE, Material.NEWSPAPER})
_COLUMNS: Final = ("pk", "title", "year", "material")


@dataclass(frozen=True, slots=True)
class Edition:
    """A title of the same work, in the same language."""

    record_id: int
    title: str
    year: int | None
    material: str
    alike: bool  # of the same material as the title that was asked for


def editions_of(record: Record) -> list[Edition]:
    """Those with a copy that could be had some day, the latest first: one statement.

    What is one work the record itself says (``work_key``); a translation is another
    one. None for a magazine, where one year is no edition of another.
    """
    if not record.work_key or record.material in APPEARS_IN_ISSUES:
        return []
    copies = Item.objects.filter(CAN_FILL_A_HOLD, record=OuterRef("pk"))
    found = Record.objects.filter(
        Exists(copies),
        work_key=record.work_key,
        language=record.language,
        deleted_at=None,
        suppressed=False,
    ).exclude(pk=record.pk)
    rows = found.order_by("-year", "pk").values_list(*_COLUMNS)[:MOST]
    return [
        Edition(record_id, title, year, material, alike=material == record.material)
        for record_id, title, year, material in rows
    ]
