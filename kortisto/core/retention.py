"""What core itself forgets, every night: old jobs, keys, sessions, data for undoing."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.contrib.sessions.models import Session
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from kortisto.core.jobs import JobContext, job
from kortisto.core.keeping import Kept, declare
from kortisto.core.models import IdempotencyKey, Job, UndoStep
from kortisto.core.schedules import scheduled

DONE_JOBS: Final = timedelta(days=31)
FAILED_JOBS: Final = timedelta(days=30)
KEYS: Final = timedelta(days=90)
SCANS: Final = "scan:"  # of a desk: a scan comes again within minutes, or never
SCANS_KEPT: Final = timedelta(days=2)
UNDO_KEPT: Final = timedelta(days=7)  # after the window: what is left tells who lent
declare(
    Kept(
        code="sessions",
        title=_("Log-ins of patrons and staff"),
        period=lambda: _("until the log-in ends"),
        how=_("The session is deleted the next night."),
        technical=True,
        due=lambda now: Session.objects.filter(expire_date__lt=now).count(),
        job="core.forget-sessions",
        counted=("sessions",),
    ),
    Kept(
        code="jobs",
        title=_("Background jobs"),
        period=lambda: _("a month"),
        how=_("The job's row is deleted."),
        technical=True,
        due=lambda now: _done_jobs(now).count() + _failed_jobs(now).count(),
        job="core.forget-old-work",
        counted=("jobs",),
    ),
    Kept(
        code="log",
        title=_("The event log: who did or looked at what"),
        period=lambda: _("without an end"),
        how=_("It names nobody: actors and patrons are numbers in it."),
        technical=True,
    ),
)
AT_ONCE: Final = 1000  # rows in one transaction, so that no desk waits


@scheduled("forget-old-work", cron="20 2 * * *")
@job("core.forget-old-work")
def forget_old_work(context: JobContext) -> dict[str, int]:
    """Returns how many rows of each kind were forgotten."""
    now = context.now
    done, failed = _done_jobs(now), _failed_jobs(now)
    keys = IdempotencyKey.objects.filter(created_at__lt=now - KEYS)
    scans = IdempotencyKey.objects.filter(
        scope__startswith=SCANS, created_at__lt=now - SCANS_KEPT
    )
    undone = UndoStep.objects.filter(until__lt=now - UNDO_KEPT)
    steps = UndoStep.objects.filter(until__lt=now).exclude(data={})
    return {
        "jobs": _delete(done) + _delete(failed),
        "keys": _delete(keys) + _delete(scans),
        "undo": _delete(undone)
        + sum(
            UndoStep.objects.filter(pk__in=page).update(data={})
            for page in _pages(steps)
        ),
    }


def _done_jobs(now: datetime) -> "QuerySet[Job]":
    return Job.objects.filter(state=Job.State.DONE, finished_at__lt=now - DONE_JOBS)


def _failed_jobs(now: datetime) -> "QuerySet[Job]":
    return Job.objects.filter(
        state__in=[Job.State.FAILED, Job.State.CANCELLED],
        finished_at__lt=now - FAILED_JOBS,
    )


@scheduled("forget-sessions", cron="50 2 * * *")
@job("core.forget-sessions")
def forget_sessions(context: JobContext) -> dict[str, int]:
    """Forget log-ins of both sites that have ended by themselves.

    Nobody can use them any more, but they tell who was logged in. Returns how many.
    """
    return {"sessions": _delete(Session.objects.filter(expire_date__lt=context.now))}


def _delete(
    rows: "QuerySet[Job] | QuerySet[IdempotencyKey] | QuerySet[Session] "
    "| QuerySet[UndoStep]",
) -> int:
    return sum(rows.filter(pk__in=page).order_by().delete()[0] for page in _pages(rows))


def _pages(rows: "QuerySet[Model]") -> Iterator[list[object]]:
    """Keys of the rows, a page at a time; the caller makes each page leave ``rows``."""
    while page := list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        yield page
