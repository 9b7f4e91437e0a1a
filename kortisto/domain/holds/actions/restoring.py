"""Bring back a hold that was cancelled by mistake (pain point 53)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate, localtime

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.holds.actions.journeys import last_pickup_day
from kortisto.domain.holds.events import HoldRestored
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.permissions import require_hold_of
from kortisto.domain.holds.reasons import HoldReason
from kortisto.domain.holds.settings import RESTORE_HOURS
from kortisto.domain.org.queries import organisation

BY_HAND = (Hold.Ending.PATRON, Hold.Ending.STAFF)


@transaction.atomic
def restore(hold_id: int, *, by: Actor, now: datetime) -> Hold:
    """Put a cancelled hold back at the place in the queue that it had.

    One whose copy still lies on the hold shelf waits there again, and until its last
    day or, if that has gone by, as long as a new one would. Raises Refused
    (hold-was-not-cancelled, too-late-to-restore), NotPermitted, Hold.DoesNotExist.
    """
    hold = (
        Hold.objects.select_for_update(of=("self",), no_key=True)
        .select_related("patron", "item")
        .get(pk=hold_id)
    )
    require_hold_of(hold.patron_id, by=by)
    _require_restorable(hold, now=now)
    if hold.state == Hold.State.UNCLEARED:
        came_at_night = hold.pickup_until is None
        hold.state = Hold.State.PROCESSING if came_at_night else Hold.State.WAITING
        if hold.pickup_until is not None and hold.pickup_until < localdate(now):
            hold.pickup_until = last_pickup_day(hold, organisation(), now=now)
    else:
        hold.state, hold.item, hold.pickup_until = Hold.State.QUEUED, None, None
    hold.ended_at, hold.ending, hold.ended_by = None, "", ""
    hold.save()
    publish(
        HoldRestored(hold_id=hold.pk, record_id=hold.record_id, item_id=hold.item_id),
        by=by,
        at=now,
    )
    return hold


def restorable(patron_id: int, *, now: datetime) -> "QuerySet[Hold]":
    """The patron's holds that could be brought back now, the last cancelled first."""
    hours = organisation().setting(RESTORE_HOURS, None).value
    return Hold.objects.filter(
        patron_id=patron_id,
        state__in=(Hold.State.CANCELLED, Hold.State.UNCLEARED),
        ending__in=BY_HAND,
        ended_at__gte=now - timedelta(hours=hours),
    ).order_by("-ended_at", "-pk")


def _require_restorable(hold: Hold, *, now: datetime) -> None:
    cancelled = hold.state in {Hold.State.CANCELLED, Hold.State.UNCLEARED}
    if not cancelled or hold.ending not in BY_HAND or hold.ended_at is None:
        raise Refused([Refusal(HoldReason.HOLD_WAS_NOT_CANCELLED)])
    hours = organisation().setting(RESTORE_HOURS, None).value
    until = hold.ended_at + timedelta(hours=hours)
    if now > until:
        shown = localtime(until).strftime("%-d.%-m.%Y %H.%M")
        raise Refused([Refusal(HoldReason.TOO_LATE_TO_RESTORE, facts={"until": shown})])
