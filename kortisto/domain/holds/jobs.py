"""What the hold queue does at night (REQUIREMENTS 3.21)."""

from kortisto.core.actors import job_actor
from kortisto.core.jobs import JobContext, job
from kortisto.core.schedules import scheduled
from kortisto.domain.fees.permissions import FeePermission
from kortisto.domain.holds.actions.expiring import expire_holds
from kortisto.domain.holds.actions.forgetting import forget_old_holds
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.patrons.permissions import PatronPermission


@scheduled("expire-holds", cron="10 0 * * *")
@job("holds.expire")
def expire(context: JobContext) -> dict[str, int]:
    """End holds that were not collected in time, and those whose last day went by."""
    by = job_actor(HoldPermission.PLACE, FeePermission.CHARGE)
    return expire_holds(by=by, now=context.now)


@scheduled("forget-holds", cron="45 2 * * *")
@job("holds.forget")
def forget_holds(context: JobContext) -> dict[str, int]:
    """Forget holds that ended long ago, as each patron has chosen."""
    by = job_actor(PatronPermission.EDIT)
    return {"holds": forget_old_holds(by=by, now=context.now)}
