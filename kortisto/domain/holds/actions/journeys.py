"""Set items aside for holds, and send them between libraries."""

from datetime import date, datetime, timedelta
from typing import Final

from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import Event, publish, publish_many
from kortisto.domain.catalogue.models import Item
from kortisto.domain.holds.events import (
    HoldArrived,
    HoldReopened,
    HoldRequeued,
    HoldSent,
    HoldTrapped,
)
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.org.queries import Organisation
from kortisto.domain.policies.queries import rules_in_force

TRAPPED: Final = (Hold.State.TRAVELLING, Hold.State.WAITING)


class HoldHasChanged(Exception):
    """Somebody else has changed the hold since it was read: look again."""


def carry_out(
    *,
    item_id: int,
    arrived: int | None,
    trap_hold: int | None,
    arrived_hold: int | None,
    destination: int | None,
    tree: Organisation,
    by: Actor,
    now: datetime,
) -> None:
    """Write what a check-in decided: an arrival, a hold filled, a departure from here.

    Called inside the transaction that holds the item's row. Raises HoldHasChanged
    when the hold is not any more what the plan was made from: nothing may be kept.
    """
    assert by.library_id is not None  # noqa: S101 - staff work in a library
    told: list[Event] = []
    if arrived is not None:
        Transit.objects.filter(pk=arrived).update(arrived_at=now)
    if trap_hold is not None:
        hold = _held(trap_hold, state=Hold.State.QUEUED, item_id=None)
        _set_aside(hold, item_id, away=destination is not None, tree=tree, now=now)
        # A check-out that read the item before must look again (its guard).
        Item.objects.filter(pk=item_id).update(changed_at=now)
        told.append(
            HoldTrapped(hold_id=hold.pk, item_id=item_id, record_id=hold.record_id)
        )
        told.append(_moved(hold, item_id, destination))
    elif arrived_hold is not None:
        hold = _held(arrived_hold, state=Hold.State.TRAVELLING, item_id=item_id)
        _set_aside(hold, item_id, away=destination is not None, tree=tree, now=now)
        told.append(_moved(hold, item_id, destination))
    elif destination is not None:
        told += _sent_on(item_id, destination)
    if destination is not None:
        Transit.objects.create(
            item_id=item_id,
            origin_id=by.library_id,
            destination_id=destination,
            sent_at=now,
        )
    publish_many(told, by=by, at=now)


def _moved(hold: Hold, item_id: int, destination: int | None) -> Event:
    """Where the copy set aside for a hold went: away, or to the shelf here."""
    if destination is None:
        return HoldArrived(hold_id=hold.pk, item_id=item_id, record_id=hold.record_id)
    return HoldSent(
        hold_id=hold.pk,
        item_id=item_id,
        record_id=hold.record_id,
        destination_id=destination,
    )


def _sent_on(item_id: int, destination: int) -> list[Event]:
    """A copy that waited here turned out to wait elsewhere: its hold travels."""
    hold = (
        Hold.objects.select_for_update()
        .filter(item_id=item_id, state__in=TRAPPED)
        .first()
    )
    if hold is None:
        return []
    hold.state, hold.pickup_until = Hold.State.TRAVELLING, None
    hold.save(update_fields=["state", "pickup_until"])
    return [_moved(hold, item_id, destination)]


def _held(hold_id: int, *, state: Hold.State, item_id: int | None) -> Hold:
    """The hold, locked, if another desk or its patron has not changed it."""
    holds = Hold.objects.select_for_update(of=("self",)).select_related("patron")
    found = holds.filter(pk=hold_id, state=state, item=item_id, suspended=False)
    hold = found.first()
    if hold is None:
        raise HoldHasChanged
    return hold


def _set_aside(
    hold: Hold, item_id: int, *, away: bool, tree: Organisation, now: datetime
) -> None:
    hold.item = Item.objects.get(pk=item_id)
    hold.state = Hold.State.TRAVELLING if away else Hold.State.WAITING
    if not away:
        hold.pickup_until = last_pickup_day(hold, tree, now=now)
    hold.save(update_fields=["state", "item", "pickup_until"])


def last_pickup_day(hold: Hold, tree: Organisation, *, now: datetime) -> date:
    """The last day to collect: so many open days of the pick-up library (HLD-10)."""
    today = localdate(now)
    library_id = hold.pickup_library_id
    assert hold.item is not None  # noqa: S101 - asked for holds that have their item
    terms = rules_in_force(today).terms(
        library_id, hold.patron.category_id, hold.item.item_type_id
    )
    calendar, day = tree.calendar(library_id), today
    for _open_day in range(terms.pickup_days):
        day = calendar.soonest_open(day + timedelta(days=1))
    return day


def release(item_id: int, *, by: Actor, now: datetime) -> None:
    """Take back what a check-in did: the journey ends, the hold waits in its queue.

    The place in the queue is where it was, since it is a function of when the hold
    was placed (promise 4).
    """
    Transit.objects.filter(
        item_id=item_id, arrived_at=None, cancelled_at=None, sent_at__lte=now
    ).update(cancelled_at=now)
    trapped = Hold.objects.select_for_update().filter(
        item_id=item_id, state__in=TRAPPED
    )
    for hold in trapped:  # one at most (promise 3)
        hold.state, hold.item, hold.pickup_until = Hold.State.QUEUED, None, None
        hold.save(update_fields=["state", "item", "pickup_until"])
        publish(
            HoldRequeued(hold_id=hold.pk, item_id=item_id, record_id=hold.record_id),
            by=by,
            at=now,
        )


def wait_again(item_id: int, *, filled_at: datetime, by: Actor, now: datetime) -> None:
    """Take back that a loan answered a hold: it waits on its shelf, or in the queue."""
    filled = Hold.objects.select_for_update().filter(
        item_id=item_id, state=Hold.State.FILLED, ended_at=filled_at
    )
    for hold in filled:  # one at most: a loan answers one
        hold.state, hold.ended_at = Hold.State.WAITING, None
        if hold.pickup_until is None:
            hold.state, hold.item = Hold.State.QUEUED, None
        hold.save(update_fields=["state", "item", "ended_at"])
        publish(
            HoldReopened(
                hold_id=hold.pk, item_id=hold.item_id, record_id=hold.record_id
            ),
            by=by,
            at=now,
        )
