"""What core itself forgets: old jobs, keys, log-ins that have ended, data for undoing.

The nightly jobs are of the organisation, whose settings say how long each is kept.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.contrib.sessions.models import Session
from django.db.models import Model, QuerySet

from kortisto.core.forgetting import AT_ONCE, delete_in_pages
from kortisto.core.models import IdempotencyKey, Job, UndoStep

KEYS: Final = timedelta(days=90)
SCANS: Final = "scan:"  # of a desk: a scan comes again within minutes, or never
SCANS_KEPT: Final = timedelta(days=2)
UNDO_KEPT: Final = timedelta(days=7)  # after the window: what is left tells who lent


def done_jobs(before: datetime) -> "QuerySet[Job]":
    """Jobs that were done before a moment."""
    return Job.objects.filter(state=Job.State.DONE, finished_at__lt=before)


def failed_jobs(before: datetime) -> "QuerySet[Job]":
    """Jobs that were given up or cancelled before a moment."""
    ended = [Job.State.FAILED, Job.State.CANCELLED]
    return Job.objects.filter(state__in=ended, finished_at__lt=before)


def ended_sessions(before: datetime) -> "QuerySet[Session]":
    """Log-ins of both sites that ended by themselves before a moment.

    Nobody can use them any more, but they tell who was logged in.
    """
    return Session.objects.filter(expire_date__lt=before)


def forget_jobs(jobs: "QuerySet[Job]") -> int:
    return delete_in_pages(jobs)


def forget_sessions(sessions: "QuerySet[Session]") -> int:
    return delete_in_pages(sessions)


def forget_keys(now: datetime) -> int:
    """Forget requests of the outside that will not come again. Returns how many."""
    keys = IdempotencyKey.objects.filter(created_at__lt=now - KEYS)
    scans = IdempotencyKey.objects.filter(
        scope__startswith=SCANS, created_at__lt=now - SCANS_KEPT
    )
    return delete_in_pages(keys) + delete_in_pages(scans)


def forget_undoing(now: datetime) -> int:
    """Forget what can be undone no more: the data at once, the step a week later."""
    undone = UndoStep.objects.filter(until__lt=now - UNDO_KEPT)
    steps = UndoStep.objects.filter(until__lt=now).exclude(data={})
    return delete_in_pages(undone) + sum(
        UndoStep.objects.filter(pk__in=page).update(data={}) for page in _pages(steps)
    )


def _pages(rows: "QuerySet[Model]") -> Iterator[list[object]]:
    """Keys of the rows, a page at a time; the caller makes each page leave ``rows``."""
    while page := list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        yield page
