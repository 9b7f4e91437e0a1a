"""What happens at night to accounts and roles, and to the traces of the system."""

from kortisto.core.actors import job_actor
from kortisto.core.forgetting import delete_in_pages
from kortisto.core.jobs import JobContext, job
from kortisto.core.retention import (
    forget_jobs,
    forget_keys,
    forget_sessions,
    forget_undoing,
)
from kortisto.core.schedules import scheduled
from kortisto.domain.org.actions.archiving import archive_old_months
from kortisto.domain.org.actions.leavers import forget_workstations, remove_leavers
from kortisto.domain.org.actions.reviews import ask_for_reviews
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.retention import (
    due_done_jobs,
    due_errands,
    due_failed_jobs,
    due_sessions,
)


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


@scheduled("forget-old-work", cron="20 2 * * *")
@job("core.forget-old-work")
def forget_old_work(context: JobContext) -> dict[str, int]:
    """Forget jobs, tasks, keys and what can be undone no more; how many of each."""
    now = context.now
    return {
        "jobs": forget_jobs(due_done_jobs(now)),
        "failed_jobs": forget_jobs(due_failed_jobs(now)),
        "errands": delete_in_pages(due_errands(now)),
        "keys": forget_keys(now),
        "undo": forget_undoing(now),
    }


@scheduled("forget-sessions", cron="50 2 * * *")
@job("core.forget-sessions")
def forget_ended_sessions(context: JobContext) -> dict[str, int]:
    """Forget log-ins of both sites that have ended. Returns how many."""
    return {"sessions": forget_sessions(due_sessions(context.now))}


@scheduled("archive-log", cron="15 4 * * *")
@job("core.archive-log")
def archive_log(context: JobContext) -> dict[str, int]:
    """Move the old months of the log out of the way. Returns how many events."""
    by = job_actor(OrgPermission.SEE_AUDIT_LOG)
    return {"archived": archive_old_months(by=by, now=context.now, context=context)}
