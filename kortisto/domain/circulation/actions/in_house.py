"""Count what was read in the library and left on a table."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.core.undo import too_late
from kortisto.domain.catalogue.models import Item
from kortisto.domain.catalogue.queries import items_barcoded
from kortisto.domain.circulation.events import InHouseUseUndone, ItemUsedInHouse
from kortisto.domain.circulation.models import InHouseUse, Loan
from kortisto.domain.circulation.permissions import LendingPermission as May
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.holds.queue import KEEPS_ITS_ITEM
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.settings import UNDO_MINUTES

SAME_PILE: Final = timedelta(seconds=30)  # a re-scan is no second use


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """``already``: it was scanned a moment ago, and is not counted twice."""

    use_id: int
    item: Item
    already: bool


@transaction.atomic
def count_use(barcode: str, *, by: Actor, now: datetime) -> Used:
    """Count one use in the working library; the item was seen there.

    Raises Refused for an unknown item, and for one that a check-in must see first;
    NotPermitted.
    """
    by.require(May.LEND)
    assert by.library_id is not None  # noqa: S101 - staff work in a library
    items = items_barcoded(barcode).select_for_update(no_key=True, of=("self",))
    item = items.first()
    if item is None:
        raise Refused([Refusal(Reason.UNKNOWN_ITEM, facts={"barcode": barcode})])
    if item.lost or _is_busy(item.pk):
        raise Refused([Refusal(Reason.CHECK_IN_FIRST)])
    last = InHouseUse.objects.filter(item=item, library_id=by.library_id)
    again = last.filter(used_at__gt=now - SAME_PILE).order_by("-pk").first()
    if again is not None:
        return Used(use_id=again.pk, item=item, already=True)
    Item.objects.filter(pk=item.pk).update(library_id=by.library_id, last_seen_at=now)
    made = InHouseUse.objects.create(
        item=item,
        item_type_id=item.item_type_id,
        library_id=by.library_id,
        used_at=now,
    )
    used = ItemUsedInHouse(item_id=item.pk, record_id=item.record_id)
    publish(used, by=by, at=now)
    return Used(use_id=made.pk, item=item, already=False)


def _is_busy(item_id: int) -> bool:
    """On loan, set aside for a hold, or on a journey."""
    return (
        Loan.objects.filter(item_id=item_id, returned_at=None).exists()
        or Hold.objects.filter(item_id=item_id, state__in=KEEPS_ITS_ITEM).exists()
        or Transit.objects.filter(
            item_id=item_id, arrived_at=None, cancelled_at=None
        ).exists()
    )


@transaction.atomic
def undo_use(use_id: int, *, by: Actor, now: datetime) -> Item:
    """It was not read here after all.

    Raises Refused when the window has closed, InHouseUse.DoesNotExist, NotPermitted.
    """
    by.require(May.LEND)
    use = InHouseUse.objects.select_for_update(
        of=("self",), no_key=True
    ).select_related("item")
    found = use.get(pk=use_id)
    minutes = organisation().setting(UNDO_MINUTES, found.library_id).value
    until = found.used_at + timedelta(minutes=minutes)
    if now > until:
        raise Refused([too_late(until)])
    item = found.item
    found.delete()
    undone = InHouseUseUndone(item_id=item.pk, record_id=item.record_id)
    publish(undone, by=by, at=now)
    return item


def uses_of(item_id: int) -> int:
    """How often an item has been read in a library."""
    return InHouseUse.objects.filter(item_id=item_id).count()
