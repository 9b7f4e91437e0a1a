"""Set items aside for holds, and send them between libraries."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import Event, publish, publish_many
from kortisto.core.undo import remember
from kortisto.domain.catalogue.models import Item
from kortisto.domain.holds.actions.shelving import shelve
from kortisto.domain.holds.bundles import lock_bundles
from kortisto.domain.holds.events import (
    HoldArrived,
    HoldCleared,
    HoldLeftForStaff,
    HoldReopened,
    HoldRequeued,
    HoldSent,
    HoldTrapped,
)
from kortisto.domain.holds.models import OF_A_GROUP, Hold, Transit
from kortisto.domain.holds.queue import TRAPPED, active_on
from kortisto.domain.holds.settings import UNDO_CAPTURE_HOURS
from kortisto.domain.org.queries import Organisation, organisation
from kortisto.domain.policies.queries import rules_in_force

COMING = (Hold.State.TRAVELLING, Hold.State.PROCESSING)  # not yet on the shelf
OF_THE_SHELF = ("pickup_until", "shelf_place", "shelved_on")


class HoldHasChanged(Exception):
    """Somebody else has changed the hold since it was read: look again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What was decided for an item that is at a library: ids of what changes."""

    item_id: int
    at: int
    arrived: int | None = None  # the journey that ends
    trap_hold: int | None = None  # of the queue, which the item now fills
    arrived_hold: int | None = None  # whose copy has come
    destination: int | None = None  # None: it stays
    reason: str = ""  # of ``Transit.Reason``
    trace: dict[str, Any] = field(default_factory=dict)
    unattended: bool = False  # nobody works there now: staff will see to it (HLD-9)


def carry_out(route: Route, *, tree: Organisation, by: Actor, now: datetime) -> None:
    """Write what was decided: an arrival, a hold, a departure.

    Called inside the transaction that holds the item's row. Raises HoldHasChanged
    when the hold is not any more what the plan was made from: nothing may be kept.
    """
    item_id, destination = route.item_id, route.destination
    told: list[Event] = []
    if route.arrived is not None:
        Transit.objects.filter(pk=route.arrived).update(arrived_at=now)
    if route.trap_hold is not None:
        hold = _held(route.trap_hold, active_on(localdate(now)), item_id=None)
        _set_aside(hold, route, tree=tree, by=by, now=now)
        # A check-out that read the item before must look again (its guard).
        Item.objects.filter(pk=item_id).update(changed_at=now)
        _remember(hold.pk, route, by=by, now=now)
        told.append(
            HoldTrapped(hold_id=hold.pk, item_id=item_id, record_id=hold.record_id)
        )
        told += _moved(hold, item_id, destination)
    elif route.arrived_hold is not None:
        hold = _held(route.arrived_hold, Q(state__in=COMING), item_id=item_id)
        before = hold.state
        _set_aside(hold, route, tree=tree, by=by, now=now)
        if hold.state != before:
            told += _moved(hold, item_id, destination)
    elif destination is not None:
        told += _sent_on(item_id, destination)
    if destination is not None:
        Transit.objects.create(
            item_id=item_id,
            origin_id=route.at,
            destination_id=destination,
            sent_at=now,
            reason=route.reason,
            trace=route.trace,
        )
    publish_many(told, by=by, at=now)


def _remember(hold_id: int, route: Route, *, by: Actor, now: datetime) -> None:
    """What taking it back by itself needs (``circulation.actions.undoing``)."""
    hours = organisation().setting(UNDO_CAPTURE_HOURS, route.at).value
    remember(
        "capture",
        hold_id,
        {"item": route.item_id, "at": route.at, "arrived": route.arrived},
        by=by,
        at=now,
        window=timedelta(hours=hours),
    )


def _moved(hold: Hold, item_id: int, destination: int | None) -> list[Event]:
    """Where the copy set aside for a hold went: away, or to the shelf here.

    One that waits for somebody to put it on the shelf has not arrived yet.
    """
    about = {"hold_id": hold.pk, "item_id": item_id, "record_id": hold.record_id}
    if destination is not None:
        return [HoldSent(**about, destination_id=destination)]
    if hold.state == Hold.State.PROCESSING:
        return [HoldLeftForStaff(**about)]
    return [HoldArrived(**about)]


def _sent_on(item_id: int, destination: int) -> list[Event]:
    """A copy that waited here turned out to wait elsewhere: its hold travels."""
    hold = (
        Hold.objects.select_for_update(no_key=True)
        .filter(item_id=item_id, state__in=TRAPPED)
        .first()
    )
    if hold is None:
        return []
    hold.state = Hold.State.TRAVELLING
    off_the_shelf(hold)
    hold.save(update_fields=["state", *OF_THE_SHELF])
    return _moved(hold, item_id, destination)


def _held(hold_id: int, still: Q, *, item_id: int | None) -> Hold:
    """The hold, locked, if another desk or its patron has not changed it.

    Others of its bundle wait until this one is set aside, and then stand back.
    """
    lock_bundles([hold_id])
    holds = Hold.objects.select_for_update(of=("self",), no_key=True)
    holds = holds.select_related("patron", "record")
    holds = holds.defer("record__marc", "record__description")
    hold = holds.filter(still, pk=hold_id, item=item_id).first()
    if hold is None:
        raise HoldHasChanged
    return hold


def _set_aside(
    hold: Hold, route: Route, *, tree: Organisation, by: Actor, now: datetime
) -> None:
    hold.item = Item.objects.get(pk=route.item_id)
    if route.destination is not None:
        hold.state = Hold.State.TRAVELLING
    elif route.unattended:
        hold.state = Hold.State.PROCESSING
    else:
        hold.state = Hold.State.WAITING
        hold.pickup_until = last_pickup_day(hold, tree, now=now)
        hold.extended_at = None
        shelve(hold, by=by, now=now)
        hold.came_on = hold.came_on or localdate(now)
    hold.save(update_fields=["state", "item", "extended_at", "came_on", *OF_THE_SHELF])


def off_the_shelf(hold: Hold) -> None:
    """The copy stands on no hold shelf any more; saving is left."""
    hold.pickup_until = hold.shelf_place = hold.shelved_on = None


def clear(hold_id: int, *, by: Actor, now: datetime) -> None:
    """The copy of a hold that has ended is off the hold shelf (HLD-12)."""
    hold = Hold.objects.select_for_update(no_key=True).get(pk=hold_id)
    if hold.state != Hold.State.UNCLEARED:
        return
    assert hold.item_id is not None  # noqa: S101 - promise 3
    uncollected = hold.ending == Hold.Ending.UNCOLLECTED
    hold.state = Hold.State.EXPIRED if uncollected else Hold.State.CANCELLED
    hold.save(update_fields=["state"])
    publish(
        HoldCleared(hold_id=hold.pk, item_id=hold.item_id, record_id=hold.record_id),
        by=by,
        at=now,
    )


def last_pickup_day(hold: Hold, tree: Organisation, *, now: datetime) -> date:
    """The last day to collect: so many open days of the pick-up library (HLD-10).

    Copies for a group wait for one another until the day by which they are needed.
    """
    today = localdate(now)
    library_id = hold.pickup_library_id
    assert hold.item is not None  # noqa: S101 - asked for holds that have their item
    terms = rules_in_force(today).terms(
        library_id, hold.patron.category_id, hold.item.item_type_id
    )
    calendar, day = tree.calendar(library_id), today
    for _open_day in range(terms.pickup_days):
        day = calendar.soonest_open(day + timedelta(days=1))
    if hold.part == OF_A_GROUP and hold.expires_on is not None:
        return max(day, hold.expires_on)
    return day


def release(item_id: int, *, by: Actor, now: datetime) -> None:
    """Take back what a check-in did: the journey ends, the hold waits in its queue.

    The place in the queue is where it was, since it is a function of when the hold
    was placed (promise 4).
    """
    Transit.objects.filter(
        item_id=item_id, arrived_at=None, cancelled_at=None, sent_at__lte=now
    ).update(cancelled_at=now)
    trapped = Hold.objects.select_for_update(no_key=True).filter(
        item_id=item_id, state__in=TRAPPED
    )
    for hold in trapped:  # one at most (promise 3)
        hold.state, hold.item = Hold.State.QUEUED, None
        off_the_shelf(hold)
        hold.came_on = None
        hold.save(update_fields=["state", "item", "came_on", *OF_THE_SHELF])
        publish(
            HoldRequeued(hold_id=hold.pk, item_id=item_id, record_id=hold.record_id),
            by=by,
            at=now,
        )


def wait_again(
    item_id: int,
    *,
    filled_at: datetime,
    by: Actor,
    now: datetime,
    in_queue: bool = False,
) -> None:
    """Take back that a loan answered a hold: it waits on its shelf, or in the queue.

    ``in_queue``: in any case there, since its copy is somewhere else by now.
    """
    filled = Hold.objects.select_for_update(no_key=True).filter(
        item_id=item_id, state=Hold.State.FILLED, ended_at=filled_at
    )
    for hold in filled:  # one at most: a loan answers one
        hold.state, hold.ended_at = Hold.State.WAITING, None
        if in_queue:
            hold.pickup_until = None
        if hold.pickup_until is None:
            hold.state, hold.item = Hold.State.QUEUED, None
            off_the_shelf(hold)
        hold.save(update_fields=["state", "item", "ended_at", *OF_THE_SHELF])
        publish(
            HoldReopened(
                hold_id=hold.pk, item_id=hold.item_id, record_id=hold.record_id
            ),
            by=by,
            at=now,
        )


def redirect(
    transit: Transit,
    destination: int,
    *,
    trap_hold: int | None,
    reason: str = "",
    by: Actor,
    now: datetime,
) -> None:
    """Give an item on its way another destination, and a hold that it now travels for.

    The journey keeps its start: the item has been away since then. Raises
    HoldHasChanged when the hold is not any more what the plan was made from.
    """
    told: list[Event] = []
    if destination != transit.destination_id:
        transit.cancelled_at = now
        transit.save(update_fields=["cancelled_at"])
        Transit.objects.create(
            item_id=transit.item_id,
            origin_id=transit.origin_id,
            destination_id=destination,
            sent_at=transit.sent_at,
            reason=reason,
        )
    if trap_hold is not None:
        hold = _held(trap_hold, active_on(localdate(now)), item_id=None)
        hold.item_id, hold.state = transit.item_id, Hold.State.TRAVELLING
        hold.save(update_fields=["state", "item"])
        trapped = HoldTrapped(
            hold_id=hold.pk, item_id=transit.item_id, record_id=hold.record_id
        )
        told += [trapped, *_moved(hold, transit.item_id, destination)]
    publish_many(told, by=by, at=now)
