"""An item that was sent has not come: it is missing, and its hold waits again."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.losing import set_statuses
from kortisto.domain.circulation.events import ItemMarked
from kortisto.domain.circulation.losses import Mark, marked
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.holds.actions.journeys import release
from kortisto.domain.holds.models import Transit


def lose_on_the_way(transit_ids: Collection[int], *, by: Actor, now: datetime) -> int:
    """Give up the journeys that still go on; how many.

    Each is a transaction of its own: what came to a desk meanwhile stays as it is. A
    hold that a copy travelled for is back at the place that it had in its queue. The
    item is found again when it is checked in anywhere.
    """
    by.require(LendingPermission.MARK_ITEMS)
    return sum(_lose(pk, by=by, now=now) for pk in sorted(set(transit_ids)))


@transaction.atomic
def _lose(transit_id: int, *, by: Actor, now: datetime) -> bool:
    going_on = Transit.objects.filter(pk=transit_id, arrived_at=None, cancelled_at=None)
    item_id = going_on.values_list("item_id", flat=True).first()
    if item_id is None:
        return False
    item = Item.objects.select_for_update(no_key=True).get(pk=item_id)
    if not going_on.exists():  # it came while the item was waited for
        return False
    release(item_id, by=by, now=now)
    set_statuses(item_id, marked(Mark.MISSING), by=by, now=now)
    told = ItemMarked(
        item_id=item_id, record_id=item.record_id, mark=Mark.MISSING.value
    )
    publish(told, by=by, at=now)
    return True
