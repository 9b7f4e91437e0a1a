"""Which municipality the overdue charge of a loan belongs to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kortisto.domain.catalogue.models import Item
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.settings import MUNICIPALITY_OF_OVERDUE
from kortisto.domain.patrons.models import Patron


@dataclass(frozen=True, slots=True)
class Late:
    """An overdue loan: where it was lent, of what, to whom."""

    library_id: int
    item_id: int
    patron_id: int


def municipalities_of(loans: Collection[Late]) -> Mapping[Late, int]:
    """As the library that lent each has decided; at most two statements for all."""
    tree = organisation()
    decided = {
        one: tree.setting(MUNICIPALITY_OF_OVERDUE, one.library_id).value
        for one in loans
    }
    items = {one.item_id for one, what in decided.items() if what == "item-home"}
    patrons = {one.patron_id for one, what in decided.items() if what == "patron-home"}
    of_items = _homes(Item, items)
    of_patrons = _homes(Patron, patrons)

    def library_of(one: Late) -> int:
        match decided[one]:
            case "item-home":
                return of_items[one.item_id]
            case "patron-home":
                return of_patrons[one.patron_id]
            case _lending:
                return one.library_id

    return {one: tree.municipality_of(library_of(one)) for one in loans}


def _homes(model: type[Item] | type[Patron], ids: Collection[int]) -> dict[int, int]:
    if not ids:
        return {}
    rows = model.objects.filter(pk__in=ids)
    return dict(rows.values_list("pk", "home_library_id"))
