"""Ask for dates to be moved. A worker does it, and goes on when it was stopped."""

from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.jobs import enqueue
from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.closures.due_dates import DueDates
from kortisto.domain.closures.events import ShiftAsked
from kortisto.domain.closures.models import UNFINISHED, Shift
from kortisto.domain.closures.permissions import ClosurePermission
from kortisto.domain.closures.reasons import ClosureReason
from kortisto.domain.org.actions.closures import reasons_against
from kortisto.domain.org.models import Closure, Unit
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import organisation, top_of_organisation

CARRY_OUT: Final = "closures.carry-out"
ONE_DAY: Final = date.resolution


@transaction.atomic
def set_closure(
    closure_id: int, ends_on: date | None, *, by: Actor, now: datetime
) -> Shift:
    """Close until a day, for longer, or only until an earlier day; None: not at all.

    A closure that ends before its first day has never been. Raises Refused with every
    reason, NotPermitted, Closure.DoesNotExist.
    """
    closure = Closure.objects.select_for_update(no_key=True).get(pk=closure_id)
    for library_id in closure.libraries.values_list("pk", flat=True):
        by.require(ClosurePermission.CLOSE, at=library_id)
    if ends_on is not None and ends_on < closure.starts_on:
        ends_on = None
    if wrong := why_not(closure, ends_on, today=localdate(now)):
        raise Refused(wrong)
    in_force = closure.state == Closure.State.IN_FORCE
    shift = Shift(
        kind=Shift.Kind.CLOSURE,
        closure=closure,
        ends_on=ends_on,
        ended_on=closure.ends_on if in_force else None,
    )
    return ask(shift, by=by, now=now)


def why_not(closure: Closure, ends_on: date | None, *, today: date) -> list[Refusal]:
    """Every reason why a closure cannot begin, or get another last day."""
    wrong = []
    if closure.state == Closure.State.CANCELLED:
        wrong.append(Refusal(ClosureReason.NOT_IN_FORCE))
    if closure.shifts.filter(state__in=UNFINISHED).exists():
        wrong.append(Refusal(ClosureReason.STILL_MOVING))
    if closure.state == Closure.State.IN_FORCE:
        field = {"field": "ends_on"}
        if closure.ends_on < today:
            wrong.append(Refusal(ClosureReason.NOT_IN_FORCE))
        elif ends_on == closure.ends_on:
            wrong.append(Refusal(ClosureReason.NOTHING_TO_CHANGE, facts=field))
        elif ends_on is not None and ends_on < today - ONE_DAY:
            wrong.append(Refusal(ClosureReason.REOPENS_IN_PAST, facts=field))
    elif ends_on is None:
        wrong.append(Refusal(ClosureReason.NOT_IN_FORCE))
    return wrong + reasons_against(closure, ends_on)


@transaction.atomic
def follow_pickups(closure_id: int, *, by: Actor, now: datetime) -> Shift | None:
    """Move pick-up libraries as the day asks for; None when another change goes on."""
    closure = Closure.objects.select_for_update(no_key=True).get(pk=closure_id)
    if closure.shifts.filter(state__in=UNFINISHED).exists():
        return None
    by.require(ClosurePermission.CLOSE)
    return ask(Shift(kind=Shift.Kind.PICKUPS, closure=closure), by=by, now=now)


@transaction.atomic
def move_due_dates(choice: DueDates, *, by: Actor, now: datetime) -> Shift:
    """Give chosen loans another due date (TOL-10). Raises Refused, NotPermitted."""
    for library_id in choice.libraries or (top_of_organisation(),):
        by.require(ClosurePermission.CLOSE, at=library_id)
    if wrong := reasons_against_choice(choice, today=localdate(now)):
        raise Refused(wrong)
    shift = Shift(kind=Shift.Kind.DUE_DATES, choice=choice.as_json)
    return ask(shift, by=by, now=now)


def reasons_against_choice(choice: DueDates, *, today: date) -> list[Refusal]:
    """Every reason why due dates cannot be moved so."""
    wrong = []
    if not (choice.libraries or choice.categories or choice.item_types):
        wrong.append(Refusal(ClosureReason.NOTHING_CHOSEN))
    if (choice.day is None) == (not choice.days):
        wrong.append(Refusal(ClosureReason.NO_NEW_DAY, facts={"field": "day"}))
    elif choice.day is not None and choice.day < today:
        wrong.append(Refusal(ClosureReason.DAY_HAS_GONE, facts={"field": "day"}))
    return wrong


@transaction.atomic
def merge_libraries(
    library: int, into: int, *, by: Actor, now: datetime, on: date | None = None
) -> Shift:
    """End a library, and give all that is its own to another, now or on a later day.

    Raises Refused with every reason, NotPermitted.
    """
    for place in (library, into):
        by.require(ClosurePermission.CLOSE, at=place)
        by.require(OrgPermission.EDIT_UNITS, at=place)
    today = localdate(now)
    if wrong := reasons_against_merge(library, into, today=today, on=on):
        raise Refused(wrong)
    refuse_while_moving(library)
    choice = {"library": library, "into": into, **from_day(on, today=today)}
    return ask(Shift(kind=Shift.Kind.MERGE, choice=choice), by=by, now=now)


def refuse_while_moving(unit_id: int) -> None:
    """A unit moves once at a time. Two may ask at once: the second waits here."""
    Unit.objects.select_for_update(no_key=True).get(pk=unit_id)
    asked = Shift.objects.filter(Q(choice__library=unit_id) | Q(choice__unit=unit_id))
    if asked.filter(state__in=UNFINISHED).exists():
        raise Refused([Refusal(ClosureReason.STILL_MOVING)])


def from_day(on: date | None, *, today: date) -> dict[str, str]:
    """As the choice of a shift keeps the day for which it waits."""
    return {} if on is None or on <= today else {"on": on.isoformat()}


def reasons_against_merge(
    library: int, into: int, *, today: date, on: date | None = None
) -> list[Refusal]:
    """Every reason why a library cannot be merged into another, today or on a day."""
    if on is not None and on < today:
        return [Refusal(ClosureReason.DAY_HAS_GONE, facts={"field": "on"})]
    in_use = {node.id for node in organisation().libraries(on=on or today)}
    wrong = []
    if library not in in_use or into not in in_use:
        wrong.append(Refusal(ClosureReason.NOT_IN_USE, facts={"field": "into"}))
    elif library == into:
        wrong.append(Refusal(ClosureReason.SAME_LIBRARY, facts={"field": "into"}))
    return wrong


@transaction.atomic
def put_back(shift_id: int, *, by: Actor, now: datetime) -> Shift:
    """Take back what a shift moved by hand, once: due dates, a merge, a unit.

    Raises as those that are called do, and Shift.DoesNotExist.
    """
    moved = Shift.objects.select_for_update(no_key=True).get(pk=shift_id)
    if moved.kind not in {Shift.Kind.MERGE, Shift.Kind.MOVE}:
        return put_due_dates_back(shift_id, by=by, now=now)
    require_of(moved, by=by)
    if moved.state != Shift.State.DONE or moved.undone.exists():
        raise Refused([Refusal(ClosureReason.NOTHING_TO_PUT_BACK)])
    choice = {name: at for name, at in moved.choice.items() if name != "on"}
    if moved.kind == Shift.Kind.MOVE:
        choice = {"unit": choice["unit"], "to": choice["from"]}
    shift = Shift(kind=Shift.Kind.PUT_BACK, undoes=moved, choice=choice)
    return ask(shift, by=by, now=now)


def require_of(shift: Shift, *, by: Actor) -> None:
    """Whoever moves or merges units, or takes it back, may change both places."""
    merges = shift.kind == Shift.Kind.MERGE
    names = ("library", "into") if merges else ("unit", "to")
    for place in (shift.choice[name] for name in names):
        by.require(ClosurePermission.CLOSE, at=place)
        by.require(OrgPermission.EDIT_UNITS, at=place)


@transaction.atomic
def put_due_dates_back(shift_id: int, *, by: Actor, now: datetime) -> Shift:
    """Give loans back the due dates that a shift took, where nobody has changed them.

    Once for each shift. Raises Refused, NotPermitted, Shift.DoesNotExist.
    """
    moved = Shift.objects.select_for_update(no_key=True).get(pk=shift_id)
    for library_id in moved.choice.get("libraries") or (top_of_organisation(),):
        by.require(ClosurePermission.CLOSE, at=library_id)
    is_one = moved.kind == Shift.Kind.DUE_DATES and moved.state == Shift.State.DONE
    if not is_one or moved.undone.exists():
        raise Refused([Refusal(ClosureReason.NOTHING_TO_PUT_BACK)])
    shift = Shift(kind=Shift.Kind.PUT_BACK, undoes=moved, choice=moved.choice)
    return ask(shift, by=by, now=now)


def ask(shift: Shift, *, by: Actor, now: datetime) -> Shift:
    """Keep what is asked for, and let a worker do it: now, or when its day comes."""
    shift.asked_by, shift.asked_at = by.label, now
    try:
        with transaction.atomic():
            shift.save()
    except IntegrityError as taken:
        raise Refused([Refusal(ClosureReason.STILL_MOVING)]) from taken
    event = ShiftAsked(shift_id=shift.pk, what=shift.kind, closure_id=shift.closure_id)
    publish(event, by=by, at=now)
    if shift.takes_effect_on is None:
        have_carried_out(shift.pk, by=by, now=now)
    return shift


def have_carried_out(shift_id: int, *, by: Actor, now: datetime) -> None:
    """Let a worker do it; asked again while it is being done, nothing changes."""
    key, arguments = job_key(shift_id), {"shift_id": shift_id}
    enqueue(CARRY_OUT, arguments, by=by, run_after=now, unique_key=key)


def job_key(shift_id: int) -> str:
    """What finds the job that carries a shift out."""
    return f"shift:{shift_id}"
