"""What the night does to holds that nobody collects or that waited too long."""

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.domain.fees.actions.charges import Origin, charge
from kortisto.domain.holds.events import HoldEnded
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.patrons.models import Patron
from kortisto.domain.policies.parameters import UNCOLLECTED_FEE_CENTS
from kortisto.domain.policies.queries import rules_in_force


def expire_holds(*, by: Actor, now: datetime) -> dict[str, int]:
    """End what has waited past its last day, which itself still counts (HLD-12).

    Each hold is a transaction of its own, so that a run that is broken off or started
    twice goes on where it was. An uncollected copy stays on the list of the hold shelf
    until somebody scans it, and costs what the rules say.
    """
    by.require(HoldPermission.PLACE)
    today = localdate(now)
    return {
        "uncollected": _each(
            Hold.objects.filter(state=Hold.State.WAITING, pickup_until__lt=today),
            lambda hold_id: _leave_on_the_shelf(hold_id, today, by=by, now=now),
        ),
        "out_of_date": _each(
            Hold.objects.filter(state=Hold.State.QUEUED, expires_on__lt=today),
            lambda hold_id: _drop_from_the_queue(hold_id, today, by=by, now=now),
        ),
    }


def _each(holds: QuerySet[Hold], end: Callable[[int], bool]) -> int:
    return sum(end(pk) for pk in holds.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _leave_on_the_shelf(hold_id: int, today: date, *, by: Actor, now: datetime) -> bool:
    # The patron's row before the hold's, as a check-out locks them.
    Patron.objects.select_for_update(no_key=True).filter(holds=hold_id).values_list(
        "pk"
    ).first()
    found = Hold.objects.select_for_update(of=("self",), no_key=True).filter(
        pk=hold_id, state=Hold.State.WAITING, pickup_until__lt=today
    )
    hold = found.select_related("item", "record", "patron").first()
    if hold is None:  # collected, or given more time, since the list was made
        return False
    last_day = hold.pickup_until
    hold.state, hold.ending = Hold.State.UNCLEARED, Hold.Ending.UNCOLLECTED
    _end(hold, by=by, now=now)
    assert hold.item is not None  # noqa: S101 - promise 3
    terms = rules_in_force(today).terms(
        hold.pickup_library_id, hold.patron.category_id, hold.item.item_type_id
    )
    if terms.uncollected_fee_cents:
        charge(
            hold.patron_id,
            "RESERVE_EXPIRED",
            terms.uncollected_fee_cents,
            key=f"uncollected:{hold.pk}:{last_day}",
            by=by,
            now=now,
            origin=Origin(
                library_id=hold.pickup_library_id,
                item_id=hold.item_id,
                title=hold.record.title,
                trace={
                    "version": terms.version,
                    "library": hold.pickup_library_id,
                    "rules": terms.trace(UNCOLLECTED_FEE_CENTS),
                },
            ),
        )
    return True


@transaction.atomic
def _drop_from_the_queue(
    hold_id: int, today: date, *, by: Actor, now: datetime
) -> bool:
    hold = (
        Hold.objects.select_for_update(no_key=True)
        .filter(pk=hold_id, state=Hold.State.QUEUED, expires_on__lt=today)
        .first()
    )
    if hold is None:
        return False
    hold.state, hold.ending = Hold.State.EXPIRED, Hold.Ending.OUT_OF_DATE
    _end(hold, by=by, now=now)
    return True


def _end(hold: Hold, *, by: Actor, now: datetime) -> None:
    hold.ended_at, hold.ended_by = now, by.label
    hold.save(update_fields=["state", "ending", "ended_at", "ended_by"])
    publish(
        HoldEnded(
            hold_id=hold.pk,
            record_id=hold.record_id,
            item_id=hold.item_id,
            ending=hold.ending,
        ),
        by=by,
        at=now,
    )
