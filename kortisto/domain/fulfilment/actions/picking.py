"""What whoever walks along the shelves says of a row: not there, or later."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.domain.catalogue.events import ItemChanged
from kortisto.domain.catalogue.models import Item
from kortisto.domain.fulfilment.actions.planning import plan_titles
from kortisto.domain.fulfilment.events import ItemMissed, PullPutOff
from kortisto.domain.fulfilment.queries import misses_since_seen
from kortisto.domain.fulfilment.settings import LATER_HOURS, MISSES_UNTIL_MISSING
from kortisto.domain.holds.models import Miss, Pull
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.org.queries import organisation

MISSING: Final = "4"  # of the coded values "lost" (CIR-41)


@transaction.atomic
def not_found(pull_id: int, *, by: Actor, now: datetime) -> bool:
    """The copy does not stand where it should: another one is planned for the hold.

    It is out of every plan until it is seen again. Missed as many times as the
    setting says, it is marked missing: whether that happened is the answer. Raises
    Pull.DoesNotExist when the row has gone from the list meanwhile, NotPermitted.
    """
    by.require(HoldPermission.PULL)
    pull = Pull.objects.select_related("item").get(pk=pull_id)
    item = Item.objects.select_for_update(no_key=True).get(pk=pull.item_id)
    Miss.objects.create(
        item=item, library_id=pull.library_id, missed_at=now, missed_by=by.label
    )
    about = {"item_id": item.pk, "record_id": item.record_id}
    publish(ItemMissed(**about, library_id=pull.library_id), by=by, at=now)
    most = organisation().setting(MISSES_UNTIL_MISSING, pull.library_id).value
    missing = misses_since_seen(item) >= most and not item.lost
    if missing:
        item.lost, item.lost_at, item.changed_at = MISSING, now, now
        item.save(update_fields=["lost", "lost_at", "changed_at"])
        publish(ItemChanged(**about), by=by, at=now)
    plan_titles([item.record_id], now=now)
    return missing


@transaction.atomic
def ask_later(pull_id: int, *, by: Actor, now: datetime) -> datetime:
    """Put a row at the end of the list for some hours; when it comes back.

    The copy stays planned for its hold: nobody else is sent for another one. Raises
    Pull.DoesNotExist, NotPermitted.
    """
    by.require(HoldPermission.PULL)
    pull = (
        Pull.objects.select_for_update(no_key=True)
        .select_related("item")
        .get(pk=pull_id)
    )
    hours = organisation().setting(LATER_HOURS, pull.library_id).value
    pull.later_until = now + timedelta(hours=hours)
    pull.save(update_fields=["later_until"])
    put_off = PullPutOff(
        hold_id=pull.hold_id, item_id=pull.item_id, record_id=pull.item.record_id
    )
    publish(put_off, by=by, at=now)
    return pull.later_until
