"""What lending does at night (REQUIREMENTS 3.21)."""

from datetime import date
from typing import Any

from kortisto.core.actors import job_actor
from kortisto.core.jobs import JobContext, job
from kortisto.core.schedules import scheduled
from kortisto.domain.circulation.actions.blurring import blur_forgotten_loans
from kortisto.domain.circulation.actions.fines import accrue_fines
from kortisto.domain.circulation.actions.forgetting_claims import forget_old_claims
from kortisto.domain.circulation.actions.history import forget_old_history
from kortisto.domain.circulation.actions.long_overdue import mark_long_overdue
from kortisto.domain.circulation.actions.settling import lift_what_is_settled
from kortisto.domain.circulation.actions.simulating import SIMULATE
from kortisto.domain.circulation.actions.trying_floating import TRY_FLOATING
from kortisto.domain.circulation.float_simulation import (
    FloatTrial,
    result_of,
    simulate_floating,
)
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.simulation import Window, as_json, simulate
from kortisto.domain.patrons.permissions import PatronPermission


@scheduled("fines", cron="1 0 * * *")
@job("circulation.fines")
def nightly_fines(context: JobContext) -> dict[str, int]:
    """Bring every overdue fine to the new day's sum."""
    by = job_actor(LendingPermission.LEND)
    return {"changed": accrue_fines(by=by, now=context.now, progress=context.progress)}


@scheduled("forget-loan-history", cron="40 2 * * *")
@job("circulation.forget-history")
def forget_history(context: JobContext) -> dict[str, int]:
    """Forget who borrowed what when it has been kept long enough."""
    by = job_actor(PatronPermission.EDIT)
    return {
        "forgotten": forget_old_history(by=by, now=context.now),
        "blurred": blur_forgotten_loans(by=by, now=context.now),
        "claims": forget_old_claims(by=by, now=context.now),
    }


@scheduled("long-overdue", cron="30 0 * * *")
@job("circulation.long-overdue")
def lose_what_is_long_overdue(context: JobContext) -> dict[str, int]:
    """Mark loans long overdue, and items lost, by the days that libraries set."""
    by = job_actor(LendingPermission.MARK_ITEMS)
    return mark_long_overdue(by=by, now=context.now)


@scheduled("settled-restrictions", cron="2 0 * * *")
@job("circulation.settled-restrictions")
def lift_settled(context: JobContext) -> dict[str, int]:
    """Lift restrictions whose reason is gone, if the day has left any."""
    by = job_actor(PatronPermission.RESTRICT)
    return {"lifted": lift_what_is_settled(None, by=by, now=context.now)}


@job(SIMULATE)
def simulate_rules(
    context: JobContext, *, version: int, first: str, last: str
) -> dict[str, Any]:
    """Try a version of the rules on the loans of some days; it changes nothing."""
    window = Window(date.fromisoformat(first), date.fromisoformat(last))
    found = simulate(
        version,
        window,
        now=context.now,
        progress=context.progress,
        stopping=lambda: context.cancelled,
    )
    return {"by_municipality": as_json(found)}


@job(TRY_FLOATING)
def try_floating_on_returns(
    context: JobContext, *, trial: dict[str, Any], first: str, last: str
) -> dict[str, Any]:
    """Try a rule of floating on the returns of some days; it changes nothing."""
    window = Window(date.fromisoformat(first), date.fromisoformat(last))
    found = simulate_floating(
        FloatTrial.from_json(trial),
        window,
        progress=context.progress,
        stopping=lambda: context.cancelled,
    )
    return {"by_library": result_of(found)}
