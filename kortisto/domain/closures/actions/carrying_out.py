"""Carry a shift out: first the plan, whole; then each thing, once."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.jobs import enqueue
from kortisto.core.refusals import Refused
from kortisto.domain.closures.actions.asking import reasons_against_merge
from kortisto.domain.closures.actions.moving import outcome_of
from kortisto.domain.closures.due_dates import DueDates, due_dates, put_back
from kortisto.domain.closures.events import ShiftCarriedOut
from kortisto.domain.closures.merging import (
    libraries_of,
    merged,
    parted,
    place_of,
)
from kortisto.domain.closures.models import Move, Shift
from kortisto.domain.closures.permissions import ClosurePermission
from kortisto.domain.closures.planned import Planned
from kortisto.domain.closures.planning import ClosurePlan
from kortisto.domain.fulfilment.actions.planning import plan_titles
from kortisto.domain.holds.models import Hold, Pull
from kortisto.domain.org.actions.closures import set_last_day
from kortisto.domain.org.actions.units import change_unit, relocate
from kortisto.domain.org.models import Closure, Unit

TELL: Final = "closures.tell"
AT_ONCE: Final = 1000  # rows of one statement


@transaction.atomic
def begin(shift_id: int, *, by: Actor, now: datetime) -> bool:
    """Write down all that moves, and let the calendars change, in one transaction.

    From then on new loans get due dates by the new calendars. Does nothing when it
    has been done, so that a job may begin again. False when there is nothing to do:
    it was withdrawn, or its day has not come. Raises Refused when it cannot be any
    more, as a library has ended meanwhile.
    """
    by.require(ClosurePermission.CLOSE)
    shift = Shift.objects.select_for_update(no_key=True).get(pk=shift_id)
    if shift.state != Shift.State.ASKED:
        return shift.state != Shift.State.WITHDRAWN
    day = shift.takes_effect_on
    if day is not None and day > localdate(now):
        return False
    _keep(shift, _plan(shift, now=now))
    _change_units(shift, by=by, now=now)
    if shift.kind == Shift.Kind.CLOSURE:
        closure = Closure.objects.select_for_update(no_key=True).get(
            pk=_closure(shift).pk
        )
        set_last_day(closure, shift.ends_on, by=by, now=now)
    shift.state = Shift.State.PLANNED
    shift.save(update_fields=["state", "choice"])
    return True


def _change_units(shift: Shift, *, by: Actor, now: datetime) -> None:
    """End a library that is merged, or open it again; move a unit below another."""
    if (both := libraries_of(shift)) is not None:
        opens, today = shift.kind == Shift.Kind.PUT_BACK, localdate(now)
        if not opens and (wrong := reasons_against_merge(*both, today=today)):
            raise Refused(wrong)
        last_day = None if opens else today - date.resolution
        change_unit(both[0], {"closed_on": last_day}, by=by, now=now)
    if (place := place_of(shift)) is not None:
        unit_id, to = place
        shift.choice["from"] = Unit.objects.get(pk=unit_id).parent_id
        relocate(unit_id, to=to, by=by, now=now)


def _plan(shift: Shift, *, now: datetime) -> Iterator[Planned]:
    match Shift.Kind(shift.kind):
        case Shift.Kind.CLOSURE:
            yield from ClosurePlan(_closure(shift), shift.ends_on, now=now).everything()
        case Shift.Kind.PICKUPS:
            closure = _closure(shift)
            yield from ClosurePlan(closure, closure.ends_on, now=now).of_the_day()
        case Shift.Kind.DUE_DATES:
            yield from due_dates(DueDates.from_json(shift.choice), now=now)
        case Shift.Kind.PUT_BACK:
            assert shift.undoes is not None  # noqa: S101 - asked for with one
            if shift.undoes.kind == Shift.Kind.MERGE:
                yield from parted(shift.undoes.pk)
            elif shift.undoes.kind == Shift.Kind.DUE_DATES:
                yield from put_back(shift.undoes.pk, now=now)
        case Shift.Kind.MERGE:
            both = libraries_of(shift)
            assert both is not None  # noqa: S101 - what is merged into what
            yield from merged(*both)
        case Shift.Kind.MOVE:
            return  # all that is the unit's own goes along with it


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
                subject_id=each.subject_id,
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
    move.state = outcome_of(move, by=by, now=now)
    move.save(update_fields=["state"])


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
        "left": states.count(Move.State.LEFT) + states.count(Move.State.REFUSED),
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
