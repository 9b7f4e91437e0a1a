"""Have floating items sent where they lack, and change one's mind about it."""

from datetime import datetime
from typing import Final

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.balancing import to_be_sent
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.distribution.events import DispatchDropped, DispatchesAsked
from kortisto.domain.distribution.models import Dispatch
from kortisto.domain.distribution.permissions import DistributionPermission
from kortisto.domain.distribution.reasons import Reason
from kortisto.domain.distribution.rules import Flow

MOST: Final = 2000  # items of one list


@transaction.atomic
def ask_to_send(
    flow: Flow, *, collection: str | None = None, by: Actor, now: datetime
) -> int:
    """Put the items of a suggestion on the list of their library; how many it were.

    Fewer than was suggested when some have gone meanwhile. Raises Refused when none is
    left, NotPermitted.
    """
    by.require(DistributionPermission.MANAGE, at=flow.origin_id)
    by.require(DistributionPermission.MANAGE, at=flow.destination_id)
    free = to_be_sent(flow, collection=collection)
    chosen = list(free.values_list("pk", flat=True)[: min(flow.items, MOST)])
    # Whoever asks for the same at once waits here, and takes what is left.
    locked = Item.objects.select_for_update(no_key=True).filter(pk__in=chosen)
    list(locked.order_by("pk").values_list("pk"))
    taken = set(Dispatch.objects.filter(item__in=chosen).values_list("item", flat=True))
    rows = [
        Dispatch(
            item_id=item,
            library_id=flow.origin_id,
            destination_id=flow.destination_id,
            asked_at=now,
            asked_by=by.label,
        )
        for item in chosen
        if item not in taken
    ]
    if not rows:
        raise Refused([Refusal(Reason.NOTHING_TO_SEND)])
    Dispatch.objects.bulk_create(rows)
    asked = DispatchesAsked(
        library_id=flow.origin_id,
        destination_id=flow.destination_id,
        items=len(rows),
    )
    publish(asked, by=by, at=now)
    return len(rows)


@transaction.atomic
def drop_dispatch(dispatch_id: int, *, by: Actor, now: datetime) -> None:
    """The item stays where it is, or is not found. Raises Dispatch.DoesNotExist."""
    dispatch = Dispatch.objects.select_for_update(of=("self",)).select_related("item")
    found = dispatch.get(pk=dispatch_id)
    by.require(LendingPermission.LEND, at=found.library_id)
    dropped = DispatchDropped(item_id=found.item_id, record_id=found.item.record_id)
    found.delete()
    publish(dropped, by=by, at=now)
