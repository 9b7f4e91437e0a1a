"""Set items aside for holds, and send them between libraries."""

from datetime import date, datetime, timedelta

from django.utils.timezone import localdate

from kortisto.domain.catalogue.models import Item
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.org.queries import Organisation
from kortisto.domain.policies.queries import rules_in_force


class HoldHasChanged(Exception):
    """Somebody else has changed the hold since it was read: look again."""


def carry_out(
    *,
    item_id: int,
    at: int,
    arrived: int | None,
    trap_hold: int | None,
    arrived_hold: int | None,
    destination: int | None,
    tree: Organisation,
    now: datetime,
) -> None:
    """Write what a check-in decided: an arrival, a hold filled, a departure.

    Called inside the transaction that holds the item's row. Raises HoldHasChanged
    when the hold is not any more what the plan was made from: nothing may be kept.
    """
    if arrived is not None:
        Transit.objects.filter(pk=arrived).update(arrived_at=now)
    if trap_hold is not None:
        hold = _held(trap_hold, state=Hold.State.QUEUED, item_id=None)
        _set_aside(hold, item_id, away=destination is not None, tree=tree, now=now)
    elif arrived_hold is not None:
        hold = _held(arrived_hold, state=Hold.State.TRAVELLING, item_id=item_id)
        _set_aside(hold, item_id, away=destination is not None, tree=tree, now=now)
    if trap_hold is not None:
        # A check-out that read the item before must look again (its guard).
        Item.objects.filter(pk=item_id).update(changed_at=now)
    if destination is not None:
        Hold.objects.filter(item_id=item_id, state=Hold.State.WAITING).update(
            state=Hold.State.TRAVELLING, pickup_until=None
        )
        Transit.objects.create(
            item_id=item_id, origin_id=at, destination_id=destination, sent_at=now
        )


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


def release(item_id: int, *, now: datetime) -> None:
    """Take back what a check-in did: the journey ends, the hold waits in its queue.

    The place in the queue is where it was, since it is a function of when the hold
    was placed (promise 4).
    """
    Transit.objects.filter(
        item_id=item_id, arrived_at=None, cancelled_at=None, sent_at__lte=now
    ).update(cancelled_at=now)
    Hold.objects.filter(
        item_id=item_id, state__in=[Hold.State.TRAVELLING, Hold.State.WAITING]
    ).update(state=Hold.State.QUEUED, item=None, pickup_until=None)


def wait_again(item_id: int, *, filled_at: datetime) -> None:
    """Take back that a loan answered a hold: it waits on its shelf, or in the queue."""
    filled = Hold.objects.filter(
        item_id=item_id, state=Hold.State.FILLED, ended_at=filled_at
    )
    filled.filter(pickup_until__isnull=False).update(
        state=Hold.State.WAITING, ended_at=None
    )
    filled.update(state=Hold.State.QUEUED, item=None, ended_at=None)
