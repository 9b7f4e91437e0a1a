"""What has drifted: items on the shelf of another library than their own (HLD-50)."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.floating import on_shelves


@dataclass(frozen=True, slots=True)
class Drift:
    """One library: its own items elsewhere, and those of others here."""

    library_id: int
    elsewhere: int
    here: int

    @property
    def balance(self) -> int:
        """Above nought: more has come than gone."""
        return self.here - self.elsewhere


def drifted(
    *, item_type_id: int | None = None, collection: str | None = None
) -> list[Drift]:
    """Libraries with anything of it, where most has come first; one statement.

    What is lent, on a journey, kept for a hold, lost or withdrawn has not drifted.
    """
    items = Item.objects.all()
    if item_type_id is not None:
        items = items.filter(item_type=item_type_id)
    if collection is not None:
        items = items.filter(collection=collection)
    pairs = (
        on_shelves(items)
        .order_by("home_library", "library")
        .values_list("home_library", "library")
        .annotate(items=Count("pk"))
    )
    gone: Counter[int] = Counter()
    come: Counter[int] = Counter()
    for home, library, number in pairs:
        gone[home] += number
        come[library] += number
    rows = [Drift(one, gone[one], come[one]) for one in {*gone, *come}]
    return sorted(rows, key=lambda row: (-row.balance, row.library_id))
