"""What happens to accounts and roles at night."""

from kortisto.core.actors import job_actor
from kortisto.core.jobs import JobContext, job
from kortisto.core.schedules import scheduled
from kortisto.domain.org.actions.leavers import forget_workstations, remove_leavers
from kortisto.domain.org.actions.reviews import ask_for_reviews
from kortisto.domain.org.permissions import OrgPermission


@scheduled("ask-for-access-reviews", cron="40 2 * * *")
@job("org.access-reviews")
def access_reviews(context: JobContext) -> dict[str, int]:
    """Ask municipalities whose half a year is over. Returns how many."""
    by = job_actor(OrgPermission.MANAGE_STAFF)
    return {"reviews": ask_for_reviews(by=by, now=context.now)}


@scheduled("remove-leavers", cron="45 2 * * *")
@job("org.remove-leavers")
def leavers(context: JobContext) -> dict[str, int]:
    """Remove accounts and workstations that were closed long ago. Returns how many."""
    by = job_actor(OrgPermission.MANAGE_STAFF, OrgPermission.MANAGE_WORKSTATIONS)
    return {
        "accounts": remove_leavers(by=by, now=context.now),
        "workstations": forget_workstations(by=by, now=context.now),
    }
