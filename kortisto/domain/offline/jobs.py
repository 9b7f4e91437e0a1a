"""What the night does about desks without a connection."""

from kortisto.core.actors import job_actor
from kortisto.core.jobs import JobContext, job
from kortisto.core.schedules import scheduled
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.offline.actions.making import forget_kits


@scheduled("forget-offline-work", cron="40 2 * * *")
@job("offline.forget")
def forget_offline_work(context: JobContext) -> dict[str, int]:
    """Delete what desks sent long ago."""
    by = job_actor(LendingPermission.WORK_OFFLINE)
    return {"kits": forget_kits(by=by, now=context.now)}
