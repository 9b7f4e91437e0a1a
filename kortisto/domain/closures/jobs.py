"""What carries shifts out, and what the night does about closures."""

from datetime import datetime

from django.utils import timezone

from kortisto.core.actors import Actor, job_actor
from kortisto.core.jobs import JobContext, PermanentFailure, job
from kortisto.core.refusals import Refused
from kortisto.core.schedules import scheduled
from kortisto.domain.catalogue.permissions import CataloguePermission
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.closures.actions import carrying_out
from kortisto.domain.closures.actions.asking import CARRY_OUT, follow_pickups
from kortisto.domain.closures.actions.later import have_those_of_today_carried_out
from kortisto.domain.closures.permissions import ClosurePermission
from kortisto.domain.closures.queries import closures_with_holds_to_move
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.patrons.permissions import PatronPermission


def mover() -> Actor:
    """The job itself, which may do what whoever asked for it was allowed to ask."""
    return job_actor(
        ClosurePermission.CLOSE,
        LendingPermission.SET_DUE_DATE,
        HoldPermission.PLACE,
        OrgPermission.EDIT_CALENDAR,
        OrgPermission.EDIT_UNITS,
        CataloguePermission.EDIT_ITEMS,
        PatronPermission.EDIT,
    )


@job(CARRY_OUT)
def carry_out(context: JobContext, *, shift_id: int) -> dict[str, int]:
    """Move what a shift moves. A run that was broken off goes on where it was."""
    by, now = mover(), context.now
    try:
        if not carrying_out.begin(shift_id, by=by, now=now):
            return {}
    except Refused as refused:  # it cannot be any more: nothing has been moved
        raise PermanentFailure(str(refused)) from refused
    for _round in ("planned", "late"):
        if not _each(context, shift_id, by=by, now=now):
            return {}
        carrying_out.catch_up(shift_id, by=by, now=now)
    carrying_out.plan_pull_lists(shift_id, by=by, now=now)
    return carrying_out.finish(shift_id, by=by, now=timezone.now())


def _each(context: JobContext, shift_id: int, *, by: Actor, now: datetime) -> bool:
    """Move one after another. False when the job has to stop before the end."""
    moves = carrying_out.waiting(shift_id)
    for number, move_id in enumerate(moves, start=1):
        if context.cancelled:
            return False
        carrying_out.carry_out(move_id, by=by, now=now)
        context.progress(number, len(moves))
    return True


@scheduled("closures", cron="5 0 * * *")
@job("closures.follow")
def follow_closures(context: JobContext) -> dict[str, int]:
    """Let holds be collected elsewhere when a closure begins, and here when it ends.

    And let units move, or be merged, whose day has come.
    """
    by = mover()
    moves = have_those_of_today_carried_out(by=by, now=context.now)
    asked = [
        follow_pickups(closure_id, by=by, now=context.now)
        for closure_id in closures_with_holds_to_move(context.now)
    ]
    closures = sum(shift is not None for shift in asked)
    return {"closures": closures, "moves_begun": moves}
