"""Move what a closed library has promised about holds: days, and where to come."""

from datetime import date, datetime

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.domain.catalogue.models import Item
from kortisto.domain.holds.events import HoldChanged, ItemRedirected
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.holds.queue import OPEN

NOT_TRAPPED = (Hold.State.QUEUED, Hold.State.TRAVELLING)


@transaction.atomic
def move_last_day(
    hold_id: int, *, before: date, after: date, why: str, by: Actor, now: datetime
) -> bool:
    """Let a copy on the hold shelf wait until another day, if nobody has chosen one.

    False when it does not wait any more, or has got another last day meanwhile.
    """
    by.require(HoldPermission.PLACE)
    hold = Hold.objects.select_for_update(no_key=True).get(pk=hold_id)
    if hold.state != Hold.State.WAITING or hold.pickup_until != before:
        return False
    hold.pickup_until = after
    _save(hold, "pickup_until", why=why, by=by, now=now)
    return True


@transaction.atomic
def move_pickup(
    hold_id: int,
    *,
    before: int,
    after: int,
    with_shelf: bool = False,
    why: str,
    by: Actor,
    now: datetime,
) -> bool:
    """Let a hold be collected elsewhere, if its patron has not chosen another place.

    A copy on its way for it goes there too: it is told so when it is scanned next.
    False when the copy waits already (unless its shelf goes along, ``with_shelf``), or
    the hold is over or collected elsewhere.
    """
    by.require(HoldPermission.PLACE)
    item_id = Hold.objects.values_list("item_id", flat=True).get(pk=hold_id)
    if item_id is not None:  # the item's row before the hold's
        Item.objects.select_for_update(no_key=True).get(pk=item_id)
    hold = Hold.objects.select_for_update(no_key=True).get(pk=hold_id)
    may_move = OPEN if with_shelf else NOT_TRAPPED
    if hold.state not in may_move or hold.pickup_library_id != before:
        return False
    hold.pickup_library_id, hold.stop = after, None
    if hold.shelf_place_id is not None:  # it stands in a shelf of that name no more
        hold.shelf_place = None
        hold.save(update_fields=["shelf_place"])
    if hold.state == Hold.State.TRAVELLING and item_id is not None:
        _redirect(item_id, before=before, after=after, now=now)
    _save(hold, "pickup_library", why=why, by=by, now=now)
    return True


@transaction.atomic
def move_transit(
    item_id: int, *, before: int, after: int, by: Actor, now: datetime
) -> bool:
    """Let an item that travels for no hold go to another library than planned."""
    by.require(HoldPermission.PLACE)
    item = Item.objects.select_for_update(no_key=True).get(pk=item_id)
    if not _redirect(item_id, before=before, after=after, now=now):
        return False
    sent = ItemRedirected(
        item_id=item_id, record_id=item.record_id, destination_id=after
    )
    publish(sent, by=by, at=now)
    return True


def _redirect(item_id: int, *, before: int, after: int, now: datetime) -> bool:
    """The journey keeps its start, as when a copy is redirected at a desk."""
    moving = Transit.objects.select_for_update(no_key=True).filter(
        item_id=item_id, destination_id=before, arrived_at=None, cancelled_at=None
    )
    for transit in moving:  # one at most
        transit.cancelled_at = now
        transit.save(update_fields=["cancelled_at"])
        Transit.objects.create(
            item_id=transit.item_id,
            origin_id=transit.origin_id,
            destination_id=after,
            sent_at=transit.sent_at,
        )
        return True
    return False


def _save(hold: Hold, field: str, *, why: str, by: Actor, now: datetime) -> None:
    hold.save(update_fields=[field, "stop"])
    event = HoldChanged(
        hold_id=hold.pk, record_id=hold.record_id, fields=(field,), why=why
    )
    publish(event, by=by, at=now)
