"""What can be taken from a shelf now, title by title and library by library.

Public data only (REQUIREMENTS S18): no patron, no price, no note of the staff. Lost
and withdrawn copies are not told of.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, cast

from django.db.models import (
    Aggregate,
    Case,
    Count,
    F,
    FilteredRelation,
    IntegerField,
    Max,
    Min,
    Q,
    QuerySet,
    When,
)

from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.hold_choices import CAN_FILL_A_HOLD
from kortisto.domain.circulation.queries import (
    STATUS_COLUMNS,
    ItemStatus,
    StatusRow,
    statuses,
)
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.queue import KEEPS_ITS_ITEM

COPIES_ON_A_PAGE: Final = 50

_ON_THE_SHELF: Final = Q(
    loan_now=None,
    hold_now=None,
    transit_now=None,
    not_for_loan="",
    damaged="",
)
_COUNTS: Final[dict[str, Aggregate]] = {
    "total": Count("pk"),
    "free": Count("pk", filter=_ON_THE_SHELF),
    "reference": Count("pk", filter=~Q(not_for_loan="")),
    "holdable": Count("pk", filter=CAN_FILL_A_HOLD),
    "due": Min("loan_now__due_at", filter=Q(loan_now__claimed_at=None)),
}
_SHELVES: Final[dict[str, Aggregate]] = {
    "location_first": Min("location"),
    "location_last": Max("location"),
    "class_first": Min("shelf_class"),
    "class_last": Max("shelf_class"),
    "call_first": Min("call_number"),
    "call_last": Max("call_number"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The copies of one title in one library.

    A copy that can be taken counts where it is, any other where it belongs.
    ``due_at`` is when the first copy on loan should be back. ``location``,
    ``shelf_class`` and ``call_number`` are given when all copies there have the same.
    """

    library_id: int
    available: int
    total: int
    due_at: datetime | None = None
    location: str = ""
    shelf_class: str = ""
    call_number: str = ""
    reference: int = 0  # read in the library only
    holdable: int = 0  # could fill a hold some day


@dataclass(frozen=True, slots=True)
class TitleAvailability:
    """All the libraries that have a title, and how many wait for it."""

    places: tuple[Place, ...] = ()
    queue: int = 0

    @property
    def available(self) -> int:
        return sum(place.available for place in self.places)

    @property
    def total(self) -> int:
        return sum(place.total for place in self.places)

    @property
    def holdable(self) -> bool:
        """Whether some copy could fill a hold; the rules may still say no."""
        return any(place.holdable for place in self.places)

    @property
    def due_at(self) -> datetime | None:
        """When the first copy anywhere should be back."""
        return min((p.due_at for p in self.places if p.due_at), default=None)


NOTHING: Final = TitleAvailability()


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """The public side of an item."""

    location: str
    sub_location: str
    collection: str
    shelf_class: str
    call_number: str
    enumchron: str
    public_note: str
    status: ItemStatus


def availability_of(record_ids: Collection[int]) -> Mapping[int, TitleAvailability]:
    """Two statements for any number of titles. Titles without copies are missing.

    Where on the shelf is left out, which a list of titles has no room for.
    """
    return _availability(record_ids)


def availability_with_shelves(record_id: int) -> TitleAvailability:
    """One title with its place on the shelf in each library: two statements."""
    return _availability([record_id], shelves=True).get(record_id, NOTHING)


def _availability(
    record_ids: Collection[int], *, shelves: bool = False
) -> Mapping[int, TitleAvailability]:
    places: dict[int, list[Place]] = defaultdict(list)
    for row in _by_place(shelves=shelves).filter(record_id__in=record_ids):
        record_id = row.pop("record_id")
        places[record_id].append(_place(row))
    waiting = dict(
        Hold.objects.filter(record_id__in=record_ids, state=Hold.State.QUEUED)
        .values_list("record_id")
        .annotate(queue=Count("pk"))
        .order_by()
    )
    return {
        record_id: TitleAvailability(tuple(found), waiting.get(record_id, 0))
        for record_id, found in places.items()
    }


def _public_items() -> "QuerySet[Any, Any]":
    return (
        Item.objects.filter(withdrawn="", lost="")
        .annotate(
            loan_now=FilteredRelation("loans", condition=Q(loans__returned_at=None)),
            hold_now=FilteredRelation(
                "holds",
                condition=Q(holds__state__in=KEEPS_ITS_ITEM),
            ),
            transit_now=FilteredRelation(
                "transits",
                condition=Q(transits__arrived_at=None, transits__cancelled_at=None),
            ),
        )
        .annotate(
            place=Case(
                When(_ON_THE_SHELF, then=F("library_id")),
                default=F("home_library_id"),
                output_field=IntegerField(),
            )
        )
    )


@cache
def _by_place(*, shelves: bool) -> "QuerySet[Any, Any]":
    """Of every title; building it takes longer than asking it of a page of titles."""
    asked = _COUNTS | _SHELVES if shelves else _COUNTS
    places = _public_items().values("record_id", "place")
    rows: QuerySet[Any, Any] = places.annotate(**asked).order_by()
    return rows


def _place(row: Mapping[str, Any]) -> Place:
    def common(name: str) -> str:
        first: str = row.get(f"{name}_first", "")
        return first if first == row.get(f"{name}_last") else ""

    return Place(
        library_id=row["place"],
        available=row["free"],
        total=row["total"],
        due_at=row["due"],
        location=common("location"),
        shelf_class=common("class"),
        call_number=common("call"),
        reference=row["reference"],
        holdable=row["holdable"],
    )


def copies_at(record_id: int, library_id: int, *, page: int = 1) -> Sequence[Copy]:
    """A page of the copies of a title in a library: four statements.

    Ordered as they stand: by issue for magazines (the latest first), then by place.
    """
    start = (max(page, 1) - 1) * COPIES_ON_A_PAGE
    rows = list(
        _public_items()
        .filter(record_id=record_id, place=library_id)
        .order_by("-enumchron", "location", "call_number_sort", "pk")
        .values(
            *STATUS_COLUMNS,
            "location",
            "sub_location",
            "collection",
            "shelf_class",
            "call_number",
            "enumchron",
            "public_note",
        )[start : start + COPIES_ON_A_PAGE]
    )
    now = statuses(cast("list[StatusRow]", rows))
    return [
        Copy(
            location=row["location"],
            sub_location=row["sub_location"],
            collection=row["collection"],
            shelf_class=row["shelf_class"],
            call_number=row["call_number"],
            enumchron=row["enumchron"],
            public_note=row["public_note"],
            status=now[row["id"]],
        )
        for row in rows
    ]


def has_public_copies(record_id: int) -> bool:
    found = Item.objects.filter(record_id=record_id, withdrawn="", lost="")
    return found.exists()
