"""The pull list of a library: what stands on its shelves and is waited for now."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
    Window,
)
from django.db.models.functions import RowNumber
from django.utils.timezone import localdate

from kortisto.domain.catalogue.models import Item
from kortisto.domain.catalogue.queries import shelf_order
from kortisto.domain.fulfilment.facts import on_the_shelf
from kortisto.domain.holds.models import Hold, Miss, Pull
from kortisto.domain.holds.queue import active_on
from kortisto.domain.holds.shelf_queries import room_on_shelves

IN_SHELF_ORDER: Final = ("put_off", *shelf_order("item__"), "pk")


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRow:
    """A row for whoever fetches: the copy, and where it goes. Nothing of the patron."""

    pull_id: int
    item_id: int
    record_id: int
    barcode: str
    title: str
    author: str
    material: str
    year: int | None
    location: str
    sub_location: str
    collection: str
    call_number: str
    volume: str
    pickup_library_id: int
    placed_at: datetime
    put_off: bool
    trace: dict[str, Any]


def pulls_at(library_id: int, *, now: datetime) -> "QuerySet[Pull, Any]":
    """The rows that are true this moment, in shelf order; those put off come last.

    A row whose copy has been taken, or whose hold does not wait any more, is not
    among them, whether or not the plan has been made anew since. Nor is one for which
    the hold shelf has no room now: its copy stays planned, and is asked for as soon
    as something has gone from that shelf.
    """
    room = room_on_shelves()
    rows = _true_now(library_id, now=now)
    return rows.exclude(pk__in=_beyond_room(room)) if room else rows


def waiting_for_room(library_id: int, *, now: datetime) -> list[tuple[int, int]]:
    """Pick-up libraries for which copies here wait for room, and how many do."""
    room = room_on_shelves()
    if not room:
        return []
    rows = _true_now(library_id, now=now).filter(pk__in=_beyond_room(room))
    counted = rows.order_by("hold__pickup_library").values_list("hold__pickup_library")
    return [(pickup, copies) for pickup, copies in counted.annotate(rows=Count("pk"))]


def _beyond_room(room: Mapping[int, int]) -> "QuerySet[Pull, Any]":
    """Keys of the rows that a hold shelf has no room for: those who wait longest go."""
    shelves = [
        When(hold__pickup_library=library, then=Value(copies))
        for library, copies in room.items()
    ]
    waiting = Pull.objects.filter(hold__state=Hold.State.QUEUED)
    ranked = waiting.filter(hold__pickup_library__in=room).annotate(
        number=Window(
            RowNumber(),
            partition_by=F("hold__pickup_library"),
            order_by=("hold__counts_from", "hold_id"),
        ),
        room=Case(*shelves, default=Value(0), output_field=IntegerField()),
    )
    return ranked.filter(number__gt=F("room")).values("pk")


def _true_now(library_id: int, *, now: datetime) -> "QuerySet[Pull, Any]":
    return (
        Pull.objects.filter(
            active_on(localdate(now), of="hold__"),
            # Asked of each planned copy: a library has many more that are not.
            Exists(on_the_shelf().filter(pk=OuterRef("item"), library_id=library_id)),
            library_id=library_id,
        )
        .annotate(
            put_off=Case(
                When(Q(later_until__gt=now), then=Value(1)),
                default=Value(0),
                output_field=IntegerField(),
            )
        )
        .order_by(*IN_SHELF_ORDER)
    )


def sections_of(library_id: int, *, now: datetime) -> list[tuple[str, int]]:
    """Shelving locations with something to fetch, and how many rows each has."""
    rows = pulls_at(library_id, now=now).order_by("item__location")
    counted = rows.values_list("item__location").annotate(rows=Count("pk"))
    return [(location, number) for location, number in counted]


def pull_list_of(
    library_id: int,
    *,
    now: datetime,
    sections: Collection[str] = (),
    most: int = 100,
) -> list[PullRow]:
    """The first rows of a library's list, of some shelving locations if asked.

    As many statements whatever the length.
    """
    pulls = pulls_at(library_id, now=now)
    if sections:
        pulls = pulls.filter(item__location__in=sections)
    rows = pulls.values(
        "trace",
        "item_id",
        "later_until",
        pull_id=F("pk"),
        record_id=F("item__record_id"),
        barcode=F("item__barcode"),
        title=F("item__record__title"),
        author=F("item__record__author"),
        material=F("item__record__material"),
        year=F("item__record__year"),
        location=F("item__location"),
        sub_location=F("item__sub_location"),
        collection=F("item__collection"),
        call_number=F("item__call_number"),
        volume=F("item__enumchron"),
        pickup_library_id=F("hold__pickup_library_id"),
        placed_at=F("hold__placed_at"),
    )[:most]
    return [_row(dict(row), now=now) for row in rows]


def _row(columns: dict[str, Any], *, now: datetime) -> PullRow:
    later = columns.pop("later_until")
    return PullRow(**columns, put_off=later is not None and later > now)


def misses_since_seen(item: Item) -> int:
    """How many times a copy has been looked for in vain since it was last seen."""
    misses = Miss.objects.filter(item=item)
    if item.last_seen_at is not None:
        misses = misses.filter(missed_at__gte=item.last_seen_at)
    return misses.count()
