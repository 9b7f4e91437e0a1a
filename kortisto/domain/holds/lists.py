"""Lists of holds and journeys for people: queues, hold shelves, what is on its way.

Each goes on after the row that the page before ended with, so that no page is counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.holds.queue import ORDER, TRAPPED, active_on, waits_on
from kortisto.domain.patrons.sql import HoldKey

Row = TypeVar("Row", Hold, Transit)
SHELF_ORDER: Final = ("shelf_key", "pk")  # by hold identifier, as the shelf stands
OF_A_ROW: Final = (
    "record",
    "pickup_library",
    "wanted_item",
    "item",
    "patron",
    "shelf_place",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCounts:
    """How many wait for a title, each counted once (HLD-3)."""

    active: int
    suspended: int  # passed over today
    standing_back: int  # another title of the same wish is served now
    later: int  # their first day has not come
    trapped: int  # a copy waits or is on its way

    @property
    def queued(self) -> int:
        return self.active + self.suspended + self.standing_back + self.later


def queue_counts(record_id: int, *, today: date) -> QueueCounts:
    """One statement. Who is suspended and begins later counts as beginning later."""
    queued = Q(state=Hold.State.QUEUED)
    lasting = Q(expires_on=None) | Q(expires_on__gte=today)
    later = queued & lasting & Q(starts_on__gt=today)
    begun = queued & lasting & (Q(starts_on=None) | Q(starts_on__lte=today))
    counted = Hold.objects.filter(record_id=record_id).aggregate(
        active=Count("pk", filter=active_on(today)),
        waiting=Count("pk", filter=waits_on(today)),
        begun=Count("pk", filter=begun),
        later=Count("pk", filter=later),
        trapped=Count("pk", filter=Q(state__in=TRAPPED)),
    )
    return QueueCounts(
        active=counted["active"],
        suspended=counted["begun"] - counted["waiting"],
        standing_back=counted["waiting"] - counted["active"],
        later=counted["later"],
        trapped=counted["trapped"],
    )


def queue_of(record_id: int, *, after: int | None = None) -> QuerySet[Hold]:
    """Who waits for a title, in order, with what a row of a page needs."""
    holds = Hold.objects.filter(record_id=record_id, state=Hold.State.QUEUED)
    last = Hold.objects.filter(pk=after or 0)
    return _beyond(_rows(holds), ORDER, last)


def before_in_queue(hold: Hold) -> int:
    """How many of the queue of a title stand before a hold, whatever they wait for."""
    queue = Hold.objects.filter(record=hold.record_id, state=Hold.State.QUEUED)
    return queue.filter(~_after(ORDER, _values(hold, ORDER)) & ~Q(pk=hold.pk)).count()


def hold_at(place: int, hold: Hold) -> Hold | None:
    """Who would stand at a place, from 1 on, if the hold were not in its queue."""
    others = queue_of(hold.record_id).exclude(pk=hold.pk)
    return others[place - 1 : place].first() if place > 0 else None


def trapped_for(record_id: int) -> QuerySet[Hold]:
    """Those for whom a copy waits or is on its way, the longest waiting first."""
    holds = Hold.objects.filter(record_id=record_id, state__in=TRAPPED)
    return _rows(holds).order_by("counts_from", "pk")


def on_shelf(
    library_id: int,
    state: Hold.State,
    *,
    after: int | None = None,
    place_id: int | None = None,
) -> QuerySet[Hold]:
    """Holds of a state whose copies stand on the hold shelf, in the shelf's order.

    ``place_id``: those of one place of the shelf.
    """
    holds = Hold.objects.filter(pickup_library_id=library_id, state=state)
    if place_id is not None:
        holds = holds.filter(shelf_place=place_id)
    last = _keyed(Hold.objects.filter(pk=after or 0))
    return _beyond(_rows(_keyed(holds)), SHELF_ORDER, last)


def on_the_way(
    *, origin_id: int | None = None, destination_id: int | None = None
) -> QuerySet[Transit]:
    """Items that have left one library and not come to the other."""
    moving = Transit.objects.filter(arrived_at=None, cancelled_at=None)
    if origin_id is not None:
        moving = moving.filter(origin_id=origin_id)
    if destination_id is not None:
        moving = moving.filter(destination_id=destination_id)
    return moving


def oldest_first(
    transits: QuerySet[Transit], *, after: int | None = None
) -> QuerySet[Transit]:
    """With the item, its title, and whether somebody waits for it (``for_hold``)."""
    wanted = Hold.objects.filter(item=OuterRef("item"), state=Hold.State.TRAVELLING)
    rows = transits.select_related("item__record", "origin", "destination")
    rows = rows.defer("item__record__marc", "item__record__description")
    last = Transit.objects.filter(pk=after or 0)
    return _beyond(rows.annotate(for_hold=Exists(wanted)), ("sent_at", "pk"), last)


def _rows(holds: QuerySet[Hold]) -> QuerySet[Hold]:
    fetched = holds.select_related(*OF_A_ROW)
    return fetched.defer("record__marc", "record__description")


def _keyed(holds: QuerySet[Hold]) -> QuerySet[Hold]:
    return holds.annotate(shelf_key=HoldKey("patron__hold_identifier"))


def _beyond(
    rows: QuerySet[Row], order: Sequence[str], last: QuerySet[Row]
) -> QuerySet[Row]:
    """In order, and only what comes after the last row of the page before, if any."""
    values = last.values_list(*order).first()
    if values is not None:
        rows = rows.filter(_after(order, values))
    return rows.order_by(*order)


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """``(a, b, c) > (1, 2, 3)``, as conditions."""
    found, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        found |= equal & _greater(name, value)
        equal &= Q(**{name: value})
    return found


def _greater(name: str, value: Any) -> Q:
    if isinstance(value, bool):  # true comes after false, and nothing after true
        return Q(pk__in=()) if value else Q(**{name: True})
    return Q(**{f"{name}__gt": value})


def _values(hold: Hold, order: Sequence[str]) -> list[Any]:
    return [getattr(hold, name) for name in order]
