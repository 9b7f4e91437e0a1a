"""What acquisitions do at night (REQUIREMENTS 3.21)."""

from kortisto.core.actors import job_actor
from kortisto.core.jobs import JobContext, job
from kortisto.core.schedules import scheduled
from kortisto.domain.acquisitions.actions.forgetting import forget_old_suggestions
from kortisto.domain.acquisitions.permissions import AcquisitionsPermission


@scheduled("forget-suggestions", cron="55 2 * * *")
@job("acquisitions.forget")
def forget_suggestions(context: JobContext) -> dict[str, int]:
    """Forget purchase suggestions that were answered long ago."""
    by = job_actor(AcquisitionsPermission.ANSWER_SUGGESTIONS)
    return {"suggestions": forget_old_suggestions(by=by, now=context.now)}
