"""Change a hold that waits in its queue: when, where, and before whom.

When and where are the same for all holds of a bundle, which are changed together.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max, Q
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.holds.bundles import lock_bundles, rest_of
from kortisto.domain.holds.events import HoldChanged
from kortisto.domain.holds.models import OF_A_GROUP, Hold
from kortisto.domain.holds.permissions import HoldPermission, require_hold_of
from kortisto.domain.holds.pickup import require_pickup
from kortisto.domain.holds.queue import OPEN, TRAPPED
from kortisto.domain.holds.reasons import HoldReason

NOTHING: Final = Q(pk__in=())
A_SECOND: Final = timedelta(seconds=1)
PLACE: Final = ("pickup_library", "stop")
NOT_IN_QUEUE: Final = {
    Hold.State.TRAVELLING: HoldReason.HOLD_IS_ON_ITS_WAY,
    Hold.State.PROCESSING: HoldReason.HOLD_WAITS_ON_SHELF,
    Hold.State.WAITING: HoldReason.HOLD_WAITS_ON_SHELF,
}


@transaction.atomic
def suspend(
    hold_ids: Collection[int],
    *,
    until: date | None,
    by: Actor,
    now: datetime,
    since: date | None = None,
) -> None:
    """Pass holds over from ``since`` (default today) until the end of ``until``.

    Without a last day until somebody resumes them. They keep their places (HLD-4).
    Raises Refused (days-in-wrong-order, or that a hold is not in its queue).
    """
    today = localdate(now)
    first = max(since or today, today)
    if until is not None and until < first:
        raise Refused([Refusal(HoldReason.DAYS_IN_WRONG_ORDER)])
    for hold in _queued(hold_ids, by=by):
        hold.suspended_from, hold.suspended_until = first, until
        _save(hold, ("suspended_from", "suspended_until"), by=by, now=now)


@transaction.atomic
def resume(hold_ids: Collection[int], *, by: Actor, now: datetime) -> None:
    """End the suspension of holds now, at the places that they have kept."""
    for hold in _queued(hold_ids, by=by):
        hold.suspended_from = hold.suspended_until = None
        _save(hold, ("suspended_from", "suspended_until"), by=by, now=now)


@transaction.atomic
def change_pickup(
    hold_ids: Collection[int],
    library_id: int,
    *,
    by: Actor,
    now: datetime,
    stop_id: int | None = None,
) -> None:
    """Collect holds elsewhere, as long as no copy is set aside for them (HLD-5).

    Of a group for none of them: they are collected together. ``stop_id``: where the
    bookmobile stops that is the library.
    """
    require_pickup(library_id, today=localdate(now), stop_id=stop_id)
    together = Q(part=OF_A_GROUP, state__in=TRAPPED)
    for hold in _queued(hold_ids, by=by, also=together):
        fields = ("pickup_library",) if hold.stop_id == stop_id else PLACE
        hold.pickup_library_id, hold.stop_id = library_id, stop_id
        _save(hold, fields, by=by, now=now)


@transaction.atomic
def change_days(
    hold_id: int,
    *,
    starts_on: date | None,
    expires_on: date,
    by: Actor,
    now: datetime,
) -> None:
    """Wait from a day on (None: from now on), and until the end of another.

    What has come for a group waits for the rest until that day as well.
    """
    today = localdate(now)
    if expires_on < max(starts_on or today, today):
        raise Refused([Refusal(HoldReason.DAYS_IN_WRONG_ORDER)])
    for hold in _queued([hold_id], by=by):
        hold.starts_on, hold.expires_on = starts_on, expires_on
        _save(hold, ("starts_on", "expires_on"), by=by, now=now)
    for hold in _come_for_the_group(hold_id):
        hold.expires_on = expires_on
        if hold.pickup_until is not None:
            hold.pickup_until = max(hold.pickup_until, expires_on)
        _save(hold, ("expires_on", "pickup_until"), by=by, now=now)


def _come_for_the_group(hold_id: int) -> list[Hold]:
    """Those of the same group for which copies are set aside, locked."""
    together = rest_of([hold_id]).filter(part=OF_A_GROUP, state__in=TRAPPED)
    keys = list(together.values_list("pk", flat=True))
    locked = Hold.objects.select_for_update(no_key=True).filter(pk__in=keys)
    return list(locked.order_by("pk"))


@transaction.atomic
def mark(
    hold_id: int,
    *,
    always_last: bool,
    non_urgent: bool,
    note: str,
    by: Actor,
    now: datetime,
) -> None:
    """What staff add to a hold: whether others go before it, and a note."""
    by.require(HoldPermission.PLACE)
    fields = ("always_last", "non_urgent", "note")
    for hold in _queued([hold_id], by=by):
        hold.always_last, hold.non_urgent = always_last, non_urgent
        hold.note = note.strip()
        _save(hold, fields, by=by, now=now)


@transaction.atomic
def move_before(
    hold_id: int, other_id: int, *, why: str, by: Actor, now: datetime
) -> None:
    """Put a hold right before another of its queue, for a reason (HLD-3).

    Its place stays a function of what is stored: the moment it counts from becomes
    one between the other and whoever stood before that. Raises ValueError for a hold
    of another queue, or without a reason.
    """
    by.require(HoldPermission.MOVE)
    if not why.strip():
        message = "moving a hold needs a reason"
        raise ValueError(message)
    both = _locked({hold_id, other_id}, by=by)
    locked = {hold.pk: hold for hold in both}
    hold, other = locked[hold_id], locked[other_id]
    if hold.record_id != other.record_id or hold_id == other_id:
        message = "the holds are not two of one queue"
        raise ValueError(message)
    hold.counts_from = _right_before(other)
    hold.always_last = other.always_last
    _save(hold, ("counts_from", "always_last"), by=by, now=now, why=why.strip())


def _right_before(other: Hold) -> datetime:
    """A moment after everybody who counts from before the other."""
    earlier = Hold.objects.filter(
        record_id=other.record_id,
        state=Hold.State.QUEUED,
        always_last=other.always_last,
        counts_from__lt=other.counts_from,
    )
    last: datetime | None = earlier.aggregate(moment=Max("counts_from"))["moment"]
    if last is None:
        return other.counts_from - A_SECOND
    return last + (other.counts_from - last) / 2


def _queued(hold_ids: Collection[int], *, by: Actor, also: Q = NOTHING) -> list[Hold]:
    """The holds and the rest of their bundles, locked, as far as it is to be changed.

    Of a series that is what still waits. Of editions or of a list nothing is changed
    any more once one of them has come, nor if there are any of ``also``. Raises
    Refused like ``_locked``.
    """
    asked = set(hold_ids)
    lock_bundles(asked)
    waiting = Q(state=Hold.State.QUEUED) | Q(part=None, state__in=OPEN) | also
    rest = rest_of(asked).filter(Q(pk__in=asked) | waiting)
    return _locked(asked | set(rest.values_list("pk", flat=True)), by=by)


def _locked(hold_ids: Collection[int], *, by: Actor) -> list[Hold]:
    """The holds, locked in the order of their keys; each checked for the actor.

    Raises Refused with what each one is that is not in its queue.
    """
    holds = list(
        Hold.objects.select_for_update(no_key=True)
        .filter(pk__in=hold_ids)
        .order_by("pk")
    )
    for hold in holds:
        require_hold_of(hold.patron_id, by=by)
    _refuse_what_has_left(holds, asked=len(set(hold_ids)))
    return holds


def _refuse_what_has_left(holds: Iterable[Hold], *, asked: int) -> None:
    found = list(holds)
    reasons = {
        NOT_IN_QUEUE.get(Hold.State(hold.state), HoldReason.HOLD_HAS_ENDED)
        for hold in found
        if hold.state != Hold.State.QUEUED
    }
    if len(found) < asked:
        reasons.add(HoldReason.HOLD_HAS_ENDED)
    if reasons:
        raise Refused([Refusal(reason) for reason in sorted(reasons)])


def _save(
    hold: Hold, fields: tuple[str, ...], *, by: Actor, now: datetime, why: str = ""
) -> None:
    hold.save(update_fields=fields)
    publish(
        HoldChanged(hold_id=hold.pk, record_id=hold.record_id, fields=fields, why=why),
        by=by,
        at=now,
    )
