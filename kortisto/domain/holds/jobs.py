"""What the hold queue does at night (REQUIREMENTS 3.21)."""

from kortisto.core.actors import job_actor
from kortisto.core.jobs import JobContext, job
from kortisto.core.schedules import scheduled
from kortisto.domain.holds.actions.forgetting import forget_old_holds
from kortisto.domain.patrons.permissions import PatronPermission


@scheduled("forget-holds", cron="45 2 * * *")
@job("holds.forget")
def forget_holds(context: JobContext) -> dict[str, int]:
    """Forget holds that ended long ago, as each patron has chosen."""
    by = job_actor(PatronPermission.EDIT)
    return {"holds": forget_old_holds(by=by, now=context.now)}
