"""What open libraries do at night (REQUIREMENTS OMA-2 to OMA-4)."""

from kortisto.core.actors import job_actor
from kortisto.core.jobs import JobContext, job
from kortisto.core.schedules import scheduled
from kortisto.domain.entry.actions.forgetting import (
    end_lapsed_words,
    forget_bans,
    forget_people,
)
from kortisto.domain.entry.permissions import EntryPermission


@scheduled("forget-entries", cron="50 2 * * *")
@job("entry.forget")
def forget_entries(context: JobContext) -> dict[str, int]:
    """Forget who came long ago and bans long over; end what has lapsed."""
    by = job_actor(
        EntryPermission.SEE_ENTRIES, EntryPermission.BAN, EntryPermission.PERMIT
    )
    return {
        "lapsed": end_lapsed_words(by=by, now=context.now),
        "attempts": forget_people(by=by, now=context.now),
        "bans": forget_bans(by=by, now=context.now),
    }
