"""Bring back a hold that was cancelled by mistake (pain point 53)."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.core.undo import too_late
from kortisto.domain.holds.actions.journeys import last_pickup_day, off_the_shelf
from kortisto.domain.holds.bundles import lock_bundles, rest_of
from kortisto.domain.holds.events import HoldRestored
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.permissions import HoldPermission, require_hold_of
from kortisto.domain.holds.reasons import HoldReason
from kortisto.domain.holds.settings import RESTORE_HOURS
from kortisto.domain.org.queries import organisation

BY_HAND: Final = (Hold.Ending.PATRON, Hold.Ending.STAFF)
CANCELLED: Final = (Hold.State.CANCELLED, Hold.State.UNCLEARED)


@transaction.atomic
def restore(hold_id: int, *, by: Actor, now: datetime) -> Hold:
    """Put a cancelled hold back at the place in the queue that it had.

    With it comes what was cancelled together with it. One whose copy still lies on the
    hold shelf waits there again, and until its last day or, if that has gone by, as
    long as a new one would. Raises Refused (hold-was-not-cancelled,
    too-late-to-restore), NotPermitted, Hold.DoesNotExist.
    """
    lock_bundles([hold_id])
    hold = _locked(hold_id)
    require_hold_of(hold.patron_id, by=by)
    _require_restorable(hold, now=now)
    together = rest_of([hold_id]).filter(
        ended_at=hold.ended_at, ending=hold.ending, state__in=CANCELLED
    )
    others = together.exclude(pk=hold_id).order_by("pk").values_list("pk", flat=True)
    for one in (hold, *(_locked(pk) for pk in others)):
        _bring_back(one, by=by, now=now)
    return hold


@transaction.atomic
def bring_back_the_others(hold_id: int, *, by: Actor, now: datetime) -> None:
    """The loan that had met a wish was undone: the other titles are waited for again.

    Nothing is left to do the second time, nor when another of them has been collected.
    """
    by.require(HoldPermission.PLACE)
    lock_bundles([hold_id])
    bundle = rest_of([hold_id])
    if bundle.filter(state=Hold.State.FILLED).exists():
        return
    ended = bundle.filter(state__in=CANCELLED, ending=Hold.Ending.OTHER_CAME)
    for pk in list(ended.order_by("pk").values_list("pk", flat=True)):
        _bring_back(_locked(pk), by=by, now=now)


def _locked(hold_id: int) -> Hold:
    holds = Hold.objects.select_for_update(of=("self",), no_key=True)
    return holds.select_related("patron", "item").get(pk=hold_id)


def _bring_back(hold: Hold, *, by: Actor, now: datetime) -> None:
    if hold.state == Hold.State.UNCLEARED:
        came_at_night = hold.pickup_until is None
        hold.state = Hold.State.PROCESSING if came_at_night else Hold.State.WAITING
        if hold.pickup_until is not None and hold.pickup_until < localdate(now):
            hold.pickup_until = last_pickup_day(hold, organisation(), now=now)
    else:
        hold.state, hold.item = Hold.State.QUEUED, None
        off_the_shelf(hold)
    hold.ended_at, hold.ending, hold.ended_by = None, "", ""
    hold.save()
    publish(
        HoldRestored(hold_id=hold.pk, record_id=hold.record_id, item_id=hold.item_id),
        by=by,
        at=now,
    )


def restorable(patron_id: int, *, now: datetime) -> "QuerySet[Hold]":
    """The patron's holds that could be brought back now, the last cancelled first."""
    hours = organisation().setting(RESTORE_HOURS, None).value
    return Hold.objects.filter(
        patron_id=patron_id,
        state__in=CANCELLED,
        ending__in=BY_HAND,
        ended_at__gte=now - timedelta(hours=hours),
    ).order_by("-ended_at", "-pk")


def one_of_each(holds: "QuerySet[Hold]") -> "QuerySet[Hold]":
    """Of those that were cancelled together, and come back together, the first."""
    before = Hold.objects.filter(
        bundle=OuterRef("bundle"),
        ended_at=OuterRef("ended_at"),
        state__in=CANCELLED,
        pk__lt=OuterRef("pk"),
    )
    return holds.filter(Q(bundle=None) | ~Exists(before))


def _require_restorable(hold: Hold, *, now: datetime) -> None:
    if (
        hold.state not in CANCELLED
        or hold.ending not in BY_HAND
        or hold.ended_at is None
    ):
        raise Refused([Refusal(HoldReason.HOLD_WAS_NOT_CANCELLED)])
    hours = organisation().setting(RESTORE_HOURS, None).value
    until = hold.ended_at + timedelta(hours=hours)
    if now > until:
        raise Refused([too_late(until, because=HoldReason.TOO_LATE_TO_RESTORE)])
