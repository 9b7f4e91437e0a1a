"""Cancel holds, and send on what was set aside for them (HLD-14, CIR-50)."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor, ActorKind
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.checkout import ATTEMPTS, TooBusy
from kortisto.domain.circulation.events import ItemSent
from kortisto.domain.circulation.return_facts import for_checkin
from kortisto.domain.circulation.returns import Going
from kortisto.domain.circulation.routing import route
from kortisto.domain.holds.actions.journeys import HoldHasChanged, redirect
from kortisto.domain.holds.events import HoldEnded
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.holds.permissions import require_hold_of
from kortisto.domain.holds.queue import OPEN
from kortisto.domain.holds.reasons import HoldReason


def cancel_holds(hold_ids: Collection[int], *, by: Actor, now: datetime) -> list[Hold]:
    """Cancel each hold that is open; those that had ended are left out.

    Staff cancel anybody's, a patron their own. Raises NotPermitted, and Refused
    (hold-has-ended) when there is nothing left to cancel.
    """
    cancelled = []
    for hold_id in sorted(set(hold_ids)):
        hold = _cancelled(hold_id, by=by, now=now)
        if hold is not None:
            cancelled.append(hold)
    if not cancelled:
        raise Refused([Refusal(HoldReason.HOLD_HAS_ENDED)])
    return cancelled


def _cancelled(hold_id: int, *, by: Actor, now: datetime) -> Hold | None:
    for _attempt in range(ATTEMPTS):
        try:
            return _cancel(hold_id, by=by, now=now)
        except HoldHasChanged:  # a desk was faster: look again
            continue
    raise TooBusy


@transaction.atomic
def _cancel(hold_id: int, *, by: Actor, now: datetime) -> Hold | None:
    """One hold; None when it has ended.

    A copy on the hold shelf stays there, on the list of what is to be cleared, so that
    it is never orphaned. A copy on its way gets its new destination now.
    """
    seen = Hold.objects.filter(pk=hold_id).values_list("patron_id", "item_id").first()
    if seen is None:
        return None
    patron_id, item_id = seen
    require_hold_of(patron_id, by=by)
    if item_id is not None:  # the item's row before the hold's, as at the desk
        Item.objects.select_for_update(no_key=True).filter(pk=item_id).values_list(
            "pk"
        ).first()
    hold = Hold.objects.select_for_update(no_key=True).get(pk=hold_id)
    if hold.state not in OPEN:
        return None
    if hold.item_id is not None and hold.item_id != item_id:
        raise HoldHasChanged  # a copy was set aside in this very moment
    travelled = hold.state == Hold.State.TRAVELLING
    waited = hold.state in {Hold.State.WAITING, Hold.State.PROCESSING}
    hold.state = Hold.State.UNCLEARED if waited else Hold.State.CANCELLED
    themself = by.kind is ActorKind.PATRON
    hold.ending = Hold.Ending.PATRON if themself else Hold.Ending.STAFF
    hold.ended_at, hold.ended_by = now, by.label
    hold.save(update_fields=["state", "ending", "ended_at", "ended_by"])
    ended = HoldEnded(
        hold_id=hold.pk,
        record_id=hold.record_id,
        item_id=hold.item_id,
        ending=hold.ending,
    )
    publish(ended, by=by, at=now)
    if travelled and hold.item is not None:
        _send_on(hold.item, by=by, now=now)
    return hold


def _send_on(item: Item, *, by: Actor, now: datetime) -> None:
    """Decide as if the item had arrived: nobody knows where the van is now.

    What would stay there goes there still.
    """
    journey = Transit.objects.select_for_update(no_key=True).filter(
        item=item, arrived_at=None, cancelled_at=None
    )
    transit = journey.first()
    if transit is None:
        return
    heading = transit.destination_id
    configuration, facts = for_checkin(item.barcode, today=localdate(now))
    plan = route(configuration, facts, at=heading, today=localdate(now))
    there = heading if plan.destination_id is None else plan.destination_id
    redirect(transit, there, trap_hold=plan.trap_hold_id, by=by, now=now)
    if there != heading and plan.going is Going.AWAY:
        sent = ItemSent(item_id=item.pk, record_id=item.record_id, destination_id=there)
        publish(sent, by=by, at=now)
