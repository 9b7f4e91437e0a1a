"""What the register does at night (REQUIREMENTS 3.21)."""

from kortisto.core.actors import job_actor
from kortisto.core.jobs import JobContext, job
from kortisto.core.schedules import scheduled
from kortisto.domain.patrons.actions.ageing import end_protection, let_grow_up
from kortisto.domain.patrons.permissions import PatronPermission


@scheduled("patrons-grow-up", cron="1 0 * * *")
@job("patrons.grow-up")
def grow_up(context: JobContext) -> dict[str, int]:
    """Children become grown-ups on their birthday; protection lapses after its day."""
    by = job_actor(PatronPermission.EDIT)
    return {
        "grown": let_grow_up(by=by, now=context.now),
        "unprotected": end_protection(by=by, now=context.now),
    }
