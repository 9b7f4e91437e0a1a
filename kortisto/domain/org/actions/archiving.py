"""Move the old months of the event log into the archive (LOG-3)."""

from datetime import datetime, time

from dateutil.relativedelta import relativedelta
from django.utils.timezone import localdate, make_aware

from kortisto.core.actors import Actor
from kortisto.core.archive import archive_next
from kortisto.core.jobs import JobContext
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.settings import LOG_MONTHS


def first_kept(now: datetime) -> datetime:
    """The beginning of the oldest month that stays at hand."""
    months = organisation().setting(LOG_MONTHS, None).value
    first = localdate(now).replace(day=1) - relativedelta(months=months)
    return make_aware(datetime.combine(first, time()))


def archive_old_months(*, by: Actor, now: datetime, context: JobContext) -> int:
    """Archive what is older, in short transactions that no desk feels; how many events.

    Stops when the job is cancelled, and goes on the next night.
    """
    by.require(OrgPermission.SEE_AUDIT_LOG)
    before, done = first_kept(now), 0
    while not context.cancelled:
        moved = archive_next(before, by=by, now=now)
        if not moved:
            break
        done += moved
        context.progress(done)
    return done
