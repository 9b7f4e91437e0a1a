"""What has drifted: items on the shelf of another library than their own (HLD-50)."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef

from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.models import Loan
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.holds.queue import KEEPS_ITS_ITEM


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


def drifted() -> list[Drift]:
    """Libraries with anything of it, where most has come first; one statement.

    What is lent, on a journey, kept for a hold, lost or withdrawn has not drifted.
    """
    shelf = Item.objects.filter(lost="", withdrawn="").exclude(
        library=F("home_library")
    )
    pairs = (
        shelf.filter(
            ~Exists(Loan.objects.filter(item=OuterRef("pk"), returned_at=None)),
            ~Exists(
                Transit.objects.filter(
                    item=OuterRef("pk"), arrived_at=None, cancelled_at=None
                )
            ),
            ~Exists(
                Hold.objects.filter(
                    item=OuterRef("pk"),
                    state__in=KEEPS_ITS_ITEM,
                )
            ),
        )
        .values_list("home_library", "library")
        .annotate(items=Count("pk"))
    )
    gone: Counter[int] = Counter()
    come: Counter[int] = Counter()
    for home, library, items in pairs.order_by("home_library", "library"):
        gone[home] += items
        come[library] += items
    rows = [Drift(one, gone[one], come[one]) for one in {*gone, *come}]
    return sorted(rows, key=lambda row: (-row.balance, row.library_id))
