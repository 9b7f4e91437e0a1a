"""A unit moves below another on a later day: it waits, and can be withdrawn.

Until its day nothing has changed. In its night a worker does it, once.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.closures.actions.asking import (
    ask,
    from_day,
    have_carried_out,
    refuse_while_moving,
    require_of,
)
from kortisto.domain.closures.events import ShiftWithdrawn
from kortisto.domain.closures.models import Shift
from kortisto.domain.closures.permissions import ClosurePermission
from kortisto.domain.closures.reasons import ClosureReason
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.reasons import Reason


@transaction.atomic
def move_on_day(unit_id: int, to: int, on: date, *, by: Actor, now: datetime) -> Shift:
    """Let a unit move below another, with all below it, when a day comes.

    Raises Refused with every reason, NotPermitted.
    """
    today = localdate(now)
    shift = Shift(
        kind=Shift.Kind.MOVE,
        choice={"unit": unit_id, "to": to, **from_day(on, today=today)},
    )
    require_of(shift, by=by)
    if wrong := reasons_against_move(unit_id, to, on=on, today=today):
        raise Refused(wrong)
    refuse_while_moving(unit_id)
    return ask(shift, by=by, now=now)


def reasons_against_move(
    unit_id: int, to: int, *, on: date, today: date
) -> list[Refusal]:
    """Every reason why a unit cannot move below another on a day."""
    tree, wrong = organisation(), []
    if on < today:
        wrong.append(Refusal(ClosureReason.DAY_HAS_GONE, facts={"field": "on"}))
    if to in tree.descendants(unit_id):
        wrong.append(Refusal(Reason.OWN_ANCESTOR, facts={"field": "to"}))
    elif tree.unit(unit_id).parent_id == to:
        wrong.append(Refusal(ClosureReason.STANDS_THERE, facts={"field": "to"}))
    elif not tree.unit(to).in_use_on(on):
        wrong.append(Refusal(ClosureReason.PLACE_NOT_IN_USE, facts={"field": "to"}))
    return wrong


@transaction.atomic
def withdraw(shift_id: int, *, by: Actor, now: datetime) -> Shift:
    """What was to be on a later day will not be. Only before it has begun.

    Raises Refused, NotPermitted, Shift.DoesNotExist.
    """
    shift = Shift.objects.select_for_update(no_key=True).get(pk=shift_id)
    if shift.takes_effect_on is None or shift.state != Shift.State.ASKED:
        raise Refused([Refusal(ClosureReason.NOT_WITHDRAWN_NOW)])
    require_of(shift, by=by)
    shift.state = Shift.State.WITHDRAWN
    shift.save(update_fields=["state"])
    event = ShiftWithdrawn(shift_id=shift.pk, what=shift.kind)
    publish(event, by=by, at=now)
    return shift


@transaction.atomic
def have_those_of_today_carried_out(*, by: Actor, now: datetime) -> int:
    """Let a worker do what has waited for today, or for a day that was missed."""
    by.require(ClosurePermission.CLOSE)
    today = localdate(now)
    waiting = Shift.objects.filter(
        state=Shift.State.ASKED, choice__on__lte=today.isoformat()
    )
    due = list(waiting.order_by("pk").values_list("pk", flat=True))
    for shift_id in due:
        have_carried_out(shift_id, by=by, now=now)
    return len(due)
