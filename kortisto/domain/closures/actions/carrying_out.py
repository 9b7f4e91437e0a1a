"""Carry a shift out: first the plan, whole; then each thing, once."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.jobs import enqueue
from kortisto.domain.circulation.actions.moving import move_due_date
from kortisto.domain.closures.due_dates import DueDates, due_dates, put_back
from kortisto.domain.closures.events import ShiftCarriedOut
from kortisto.domain.closures.models import Move, Shift
from kortisto.domain.closures.permissions import ClosurePermission
from kortisto.domain.closures.planning import ClosurePlan, Planned
from kortisto.domain.fulfilment.actions.planning import plan_titles
from kortisto.domain.holds.actions.moving import move_last_day, move_pickup
from kortisto.domain.holds.models import Hold, Pull
from kortisto.domain.org.actions.closures import set_last_day
from kortisto.domain.org.models import Closure

TELL: Final = "closures.tell"
AT_ONCE: Final = 1000  # rows of one statement


@transaction.atomic
def begin(shift_id: int, *, by: Actor, now: datetime) -> None:
    """Write down all that moves, and let the calendars change, in one transaction.

    From then on new loans get due dates by the new calendars. Does nothing when it
    has been done, so that a job may begin again.
    """
    by.require(ClosurePermission.CLOSE)
    shift = Shift.objects.select_for_update(no_key=True).get(pk=shift_id)
    if shift.state != Shift.State.ASKED:
        return
    _keep(shift, _plan(shift, now=now))
    if shift.kind == Shift.Kind.CLOSURE:
        closure = Closure.objects.select_for_update(no_key=True).get(
            pk=_closure(shift).pk
        )
        set_last_day(closure, shift.ends_on, by=by, now=now)
    shift.state = Shift.State.PLANNED
    shift.save(update_fields=["state"])


def _plan(shift: Shift, *, now: datetime) -> Iterator[Planned]:
    match Shift.Kind(shift.kind):
        case Shift.Kind.CLOSURE:
            yield from ClosurePlan(_closure(shift), shift.ends_on, now=now).everything()
        case Shift.Kind.PICKUPS:
            closure = _closure(shift)
            yield from ClosurePlan(closure, closure.ends_on, now=now).pickups()
        case Shift.Kind.DUE_DATES:
            yield from due_dates(DueDates.from_json(shift.choice), now=now)
        case Shift.Kind.PUT_BACK:
            yield from put_back(shift.undoes_id or 0, now=now)


def _closure(shift: Shift) -> Closure:
    assert shift.closure is not None  # noqa: S101 - asked for shifts of closures
    return shift.closure


def _keep(shift: Shift, planned: Iterable[Planned]) -> None:
    Move.objects.bulk_create(
        (
            Move(
                shift=shift,
                what=each.what,
                library_id=each.library_id,
                loan_id=each.loan_id,
                hold_id=each.hold_id,
                before=each.before,
                after=each.after,
                origin=each.origin,
            )
            for each in planned
        ),
        batch_size=AT_ONCE,
    )


def waiting(shift_id: int) -> list[int]:
    """The keys of what has not been moved yet."""
    moves = Move.objects.filter(shift=shift_id, state=Move.State.PLANNED)
    return list(moves.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def carry_out(move_id: int, *, by: Actor, now: datetime) -> None:
    """Move one thing, if it is as it was planned from. Twice is as once."""
    by.require(ClosurePermission.CLOSE)
    move = (
        Move.objects.select_for_update(of=("self",), no_key=True)
        .select_related("shift")
        .filter(pk=move_id, state=Move.State.PLANNED)
        .first()
    )
    if move is None:
        return
    moved = _moved(move, by=by, now=now)
    move.state = Move.State.DONE if moved else Move.State.LEFT
    move.save(update_fields=["state"])


def _moved(move: Move, *, by: Actor, now: datetime) -> bool:
    why, before, after = move.shift.why, move.before, move.after
    match Move.What(move.what):
        case Move.What.DUE:
            return move_due_date(
                move.loan_id or 0,
                before=datetime.fromisoformat(before),
                after=datetime.fromisoformat(after),
                why=why,
                by=by,
                now=now,
            )
        case Move.What.LAST_DAY:
            return move_last_day(
                move.hold_id or 0,
                before=date.fromisoformat(before),
                after=date.fromisoformat(after),
                why=why,
                by=by,
                now=now,
            )
        case Move.What.PICKUP:
            return move_pickup(
                move.hold_id or 0,
                before=int(before),
                after=int(after),
                why=why,
                by=by,
                now=now,
            )


@transaction.atomic
def catch_up(shift_id: int, *, by: Actor, now: datetime) -> None:
    """Loans that were made by the old calendar while the new one was being written."""
    by.require(ClosurePermission.CLOSE)
    shift = Shift.objects.select_for_update(no_key=True).get(pk=shift_id)
    if shift.state != Shift.State.PLANNED or shift.kind != Shift.Kind.CLOSURE:
        return
    known = set(shift.moves.values_list("loan_id", flat=True))
    late = ClosurePlan(_closure(shift), shift.ends_on, now=now).due_dates()
    _keep(shift, (each for each in late if each.loan_id not in known))


@transaction.atomic
def finish(shift_id: int, *, by: Actor, now: datetime) -> dict[str, int]:
    """Say that all is done, and have patrons told. Returns what was moved and left."""
    by.require(ClosurePermission.CLOSE)
    shift = Shift.objects.select_for_update(no_key=True).get(pk=shift_id)
    states = list(shift.moves.values_list("state", flat=True))
    counts = {
        "moved": states.count(Move.State.DONE),
        "left": states.count(Move.State.LEFT),
    }
    if shift.state == Shift.State.DONE:
        return counts
    shift.state, shift.done_at = Shift.State.DONE, now
    shift.save(update_fields=["state", "done_at"])
    event = ShiftCarriedOut(
        shift_id=shift.pk, what=shift.kind, closure_id=shift.closure_id, **counts
    )
    publish(event, by=by, at=now)
    key = f"{TELL}:{shift.pk}"
    enqueue(TELL, {"shift_id": shift.pk}, by=by, run_after=now, unique_key=key)
    return counts


def plan_pull_lists(shift_id: int, *, by: Actor, now: datetime) -> None:
    """Ask other libraries for copies while these are closed, and these again after."""
    by.require(ClosurePermission.CLOSE)
    shift = Shift.objects.get(pk=shift_id)
    if shift.closure_id is None:
        return
    libraries = list(_closure(shift).libraries.values_list("pk", flat=True))
    queued = Hold.objects.filter(
        state=Hold.State.QUEUED, record__items__library__in=libraries
    )
    fetched = Pull.objects.filter(library__in=libraries)
    plan_titles(
        {
            *queued.values_list("record", flat=True),
            *fetched.values_list("item__record", flat=True),
        },
        now=now,
    )
