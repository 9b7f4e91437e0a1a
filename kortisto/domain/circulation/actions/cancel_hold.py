"""Cancel holds, and send on what was set aside for them (HLD-14, CIR-50)."""

from collections.abc import Collection
from dataclasses import dataclass
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
from kortisto.domain.holds.bundles import lock_bundles, rest_of
from kortisto.domain.holds.events import HoldEnded
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.holds.permissions import HoldPermission, require_hold_of
from kortisto.domain.holds.queue import OPEN
from kortisto.domain.holds.reasons import HoldReason


def cancel_holds(
    hold_ids: Collection[int], *, by: Actor, now: datetime, alone: bool = False
) -> list[Hold]:
    """Cancel each hold that is open, with the rest of its bundle.

    Those that had ended are left out; of a bundle one hold is answered, the one that
    had a copy if any had. ``alone`` leaves the rest waiting, as when one part of a
    series is passed over. Staff cancel anybody's, a patron their own. Raises
    NotPermitted, and Refused (hold-has-ended) when there is nothing left to cancel.
    """
    ending = Ending(
        Hold.Ending.PATRON if by.kind is ActorKind.PATRON else Hold.Ending.STAFF,
        alone=alone,
    )
    cancelled: dict[int, Hold] = {}
    for hold_id in sorted(set(hold_ids)):
        if hold_id not in cancelled:
            ended = _cancelled(hold_id, ending, by=by, now=now)
            cancelled |= {hold.pk: ended[0] for hold in ended}
    if not cancelled:
        raise Refused([Refusal(HoldReason.HOLD_HAS_ENDED)])
    return list(dict.fromkeys(cancelled.values()))


def end_the_others(hold_id: int, *, by: Actor, now: datetime) -> None:
    """One title of a bundle has been collected: nobody waits for the others any more.

    A copy that was set aside for one of them in the same moment goes where it is wanted
    next. Nothing is left to do the second time.
    """
    by.require(HoldPermission.PLACE)
    others = rest_of([hold_id]).exclude(pk=hold_id).filter(state__in=OPEN)
    for other in list(others.order_by("pk").values_list("pk", flat=True)):
        ending = Ending(Hold.Ending.OTHER_CAME, alone=True)
        _cancelled(other, ending, by=by, now=now)


@dataclass(frozen=True, slots=True)
class Ending:
    """Why holds end; ``alone``: without the rest of their bundles."""

    why: Hold.Ending
    alone: bool = False


def _cancelled(hold_id: int, ending: Ending, *, by: Actor, now: datetime) -> list[Hold]:
    for _attempt in range(ATTEMPTS):
        try:
            return _cancel(hold_id, ending, by=by, now=now)
        except HoldHasChanged:  # a desk was faster: look again
            continue
    raise TooBusy


@transaction.atomic
def _cancel(hold_id: int, ending: Ending, *, by: Actor, now: datetime) -> list[Hold]:
    """One wish: those of its holds that were open, any with a copy first.

    A copy on the hold shelf stays there, on the list of what is to be cleared, so that
    it is never orphaned. A copy on its way gets its new destination now.
    """
    owner = Hold.objects.filter(pk=hold_id).values_list("patron_id", flat=True).first()
    if owner is None:
        return []
    require_hold_of(owner, by=by)
    seen = _meant(hold_id, ending)
    items = sorted(item for item in seen.values() if item is not None)
    # The items' rows before those of the holds, as at the desk.
    locked = (
        Item.objects.select_for_update(no_key=True).filter(pk__in=items).order_by("pk")
    )
    list(locked.values_list("pk"))
    lock_bundles([hold_id])
    holds = list(
        Hold.objects.select_for_update(no_key=True).filter(pk__in=seen).order_by("pk")
    )
    if any(hold.item_id != seen[hold.pk] and hold.state in OPEN for hold in holds):
        raise HoldHasChanged  # a copy was set aside in this very moment
    if not any(hold.pk == hold_id and hold.state in OPEN for hold in holds):
        return []
    ended = [hold for hold in holds if hold.state in OPEN]
    ended.sort(key=lambda hold: hold.item_id is None)
    travelled = [hold for hold in ended if hold.state == Hold.State.TRAVELLING]
    for hold in ended:
        _end(hold, ending.why, by=by, now=now)
    for hold in travelled:
        if hold.item is not None:
            _send_on(hold.item, by=by, now=now)
    return ended


def _meant(hold_id: int, ending: Ending) -> dict[int, int | None]:
    """The open holds that end with this one, with the copies set aside for them."""
    meant = Hold.objects.filter(pk=hold_id) if ending.alone else rest_of([hold_id])
    return dict(meant.filter(state__in=OPEN).values_list("pk", "item_id"))


def _end(hold: Hold, why: Hold.Ending, *, by: Actor, now: datetime) -> None:
    waited = hold.state in {Hold.State.WAITING, Hold.State.PROCESSING}
    hold.state = Hold.State.UNCLEARED if waited else Hold.State.CANCELLED
    hold.ending, hold.ended_at, hold.ended_by = why, now, by.label
    hold.save(update_fields=["state", "ending", "ended_at", "ended_by"])
    ended = HoldEnded(
        hold_id=hold.pk,
        record_id=hold.record_id,
        item_id=hold.item_id,
        ending=hold.ending,
    )
    publish(ended, by=by, at=now)


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
    redirect(
        transit,
        there,
        trap_hold=plan.trap_hold_id,
        reason=plan.reason,
        by=by,
        now=now,
    )
    if there != heading and plan.going is Going.AWAY:
        sent = ItemSent(
            item_id=item.pk,
            record_id=item.record_id,
            destination_id=there,
            why=plan.reason,
        )
        publish(sent, by=by, at=now)
