"""Give more time to pick up a copy that waits on the hold shelf."""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor, ActorKind
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.holds.bundles import lock_bundles
from kortisto.domain.holds.events import HoldChanged
from kortisto.domain.holds.models import OF_A_GROUP, Hold
from kortisto.domain.holds.permissions import HoldPermission, require_hold_of
from kortisto.domain.holds.queue import active_on
from kortisto.domain.holds.reasons import HoldReason
from kortisto.domain.holds.settings import EXTRA_PICKUP_DAYS
from kortisto.domain.org.queries import organisation

LONGEST: Final = timedelta(days=90)


@transaction.atomic
def keep_until(hold_id: int, day: date, *, by: Actor, now: datetime) -> None:
    """Staff choose the last day, from today to ninety days on.

    Raises Refused (days-in-wrong-order, not-on-hold-shelf), NotPermitted.
    """
    by.require(HoldPermission.PLACE)
    today = localdate(now)
    if not today <= day <= today + LONGEST:
        raise Refused([Refusal(HoldReason.DAYS_IN_WRONG_ORDER)])
    for hold in _together(_waiting(hold_id)):
        _give(hold, day, by=by, now=now)


@transaction.atomic
def ask_for_more_time(hold_id: int, *, by: Actor, now: datetime) -> date:
    """A patron asks once for some open days more, where the library allows it.

    The new last day. Raises Refused with every reason against it, NotPermitted for
    another's hold.
    """
    owner = Hold.objects.values_list("patron_id", flat=True).get(pk=hold_id)
    require_hold_of(owner, by=by)  # before anything of the hold is told
    hold = _waiting(hold_id)
    reasons = against_more_time(hold, today=localdate(now))
    if reasons:
        raise Refused([Refusal(reason) for reason in reasons])
    day = _later(hold)
    for one in _together(hold):
        _give(one, day, by=by, now=now)
    return day


def against_more_time(hold: Hold, *, today: date) -> list[HoldReason]:
    """Why the patron cannot be given more time now; nothing when they can."""
    reasons = []
    days = organisation().setting(EXTRA_PICKUP_DAYS, hold.pickup_library_id).value
    if not days:
        reasons.append(HoldReason.NO_MORE_TIME_THERE)
    if hold.extended_at is not None:
        reasons.append(HoldReason.MORE_TIME_WAS_GIVEN)
    if hold.pickup_until is None or hold.pickup_until < today:
        reasons.append(HoldReason.PICKUP_TIME_IS_OVER)
    if Hold.objects.filter(active_on(today), record=hold.record_id).exists():
        reasons.append(HoldReason.OTHERS_WAIT)
    return reasons


def _waiting(hold_id: int) -> Hold:
    lock_bundles([hold_id])
    hold = Hold.objects.select_for_update(no_key=True).get(pk=hold_id)
    if hold.state != Hold.State.WAITING:
        raise Refused([Refusal(HoldReason.NOT_ON_HOLD_SHELF)])
    return hold


def _together(hold: Hold) -> list[Hold]:
    """The copies of a group are collected together, so they wait together."""
    if hold.part != OF_A_GROUP:
        return [hold]
    others = Hold.objects.select_for_update(no_key=True).filter(
        bundle=hold.bundle_id,
        state=Hold.State.WAITING,
        pickup_library=hold.pickup_library_id,
    )
    return [hold, *others.exclude(pk=hold.pk).order_by("pk")]


def _later(hold: Hold) -> date:
    """So many open days of the pick-up library after the last day."""
    tree, day = organisation(), hold.pickup_until
    assert day is not None  # noqa: S101 - a waiting hold has its last day
    calendar = tree.calendar(hold.pickup_library_id)
    for _open_day in range(
        tree.setting(EXTRA_PICKUP_DAYS, hold.pickup_library_id).value
    ):
        day = calendar.soonest_open(day + timedelta(days=1))
    return day


def _give(hold: Hold, day: date, *, by: Actor, now: datetime) -> None:
    fields = ["pickup_until"]
    hold.pickup_until = day
    if by.kind is ActorKind.PATRON:
        hold.extended_at = now
        fields.append("extended_at")
    hold.save(update_fields=fields)
    told = HoldChanged(
        hold_id=hold.pk, record_id=hold.record_id, fields=("pickup_until",)
    )
    publish(told, by=by, at=now)
