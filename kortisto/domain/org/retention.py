"""How long the traces of the system itself are kept: jobs and log-ins (GDP-1)."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kortisto.core.forgetting import ended_errands
from kortisto.core.keeping import Kept, declare
from kortisto.core.models import Errand, Job, LoggedEvent
from kortisto.core.retention import done_jobs, ended_sessions, failed_jobs
from kortisto.domain.org.actions.archiving import first_kept
from kortisto.domain.org.errands import REVIEW
from kortisto.domain.org.queries import organisation, setting_in_words
from kortisto.domain.org.settings import (
    DONE_JOBS_DAYS,
    ENDED_ERRANDS_DAYS,
    ENDED_SESSIONS_DAYS,
    FAILED_JOBS_DAYS,
    LOG_MONTHS,
    Setting,
)

if TYPE_CHECKING:
    from django.contrib.sessions.models import Session
    from django.db.models import QuerySet


def due_done_jobs(now: datetime) -> "QuerySet[Job]":
    """Jobs that were done, and have been kept for their time since."""
    return done_jobs(now - _kept(DONE_JOBS_DAYS))


def due_failed_jobs(now: datetime) -> "QuerySet[Job]":
    """The same of jobs that were given up or cancelled."""
    return failed_jobs(now - _kept(FAILED_JOBS_DAYS))


def due_sessions(now: datetime) -> "QuerySet[Session]":
    """Log-ins that ended, and have been kept for their time since."""
    return ended_sessions(now - _kept(ENDED_SESSIONS_DAYS))


def due_errands(now: datetime) -> "QuerySet[Errand]":
    """Tasks that ended, and have been kept for their time since.

    Reviews of roles stay: the next one is asked for by the date of the last.
    """
    return ended_errands(now - _kept(ENDED_ERRANDS_DAYS)).exclude(kind=REVIEW.code)


def _kept(setting: Setting[int]) -> timedelta:
    return timedelta(days=organisation().setting(setting, None).value)


def _sessions() -> str:
    if not _kept(ENDED_SESSIONS_DAYS):
        return _t("until the log-in ends")
    return _t("{days} after the log-in has ended").format(
        days=setting_in_words(ENDED_SESSIONS_DAYS)
    )


def _log() -> str:
    return _t("{months} at hand, then in the archive without an end").format(
        months=setting_in_words(LOG_MONTHS)
    )


declare(
    Kept(
        code="log",
        title=_("The event log: who did or looked at what"),
        period=_log,
        how=_(
            "It names nobody: actors and patrons are numbers in it. What it told of a "
            "loan goes when the loan is forgotten, and when it is archived."
        ),
        technical=True,
        due=lambda now: LoggedEvent.objects.filter(
            happened_at__lt=first_kept(now)
        ).count(),
        job="core.archive-log",
        counted=("archived",),
        setting=LOG_MONTHS.key,
    ),
    Kept(
        code="sessions",
        title=_("Log-ins of patrons and staff"),
        period=_sessions,
        how=_("The session is deleted the next night."),
        technical=True,
        due=lambda now: due_sessions(now).count(),
        job="core.forget-sessions",
        counted=("sessions",),
        setting=ENDED_SESSIONS_DAYS.key,
    ),
    Kept(
        code="errands",
        title=_("Tasks that have ended"),
        period=lambda: setting_in_words(ENDED_ERRANDS_DAYS),
        how=_("The task is deleted; the event log keeps that there was one."),
        technical=True,
        due=lambda now: due_errands(now).count(),
        job="core.forget-old-work",
        counted=("errands",),
        setting=ENDED_ERRANDS_DAYS.key,
    ),
    Kept(
        code="jobs",
        title=_("Background jobs that were done"),
        period=lambda: setting_in_words(DONE_JOBS_DAYS),
        how=_("The job's row is deleted."),
        technical=True,
        due=lambda now: due_done_jobs(now).count(),
        job="core.forget-old-work",
        counted=("jobs",),
        setting=DONE_JOBS_DAYS.key,
    ),
    Kept(
        code="failed-jobs",
        title=_("Background jobs that failed or were cancelled"),
        period=lambda: setting_in_words(FAILED_JOBS_DAYS),
        how=_("The job's row is deleted."),
        technical=True,
        due=lambda now: due_failed_jobs(now).count(),
        job="core.forget-old-work",
        counted=("failed_jobs",),
        setting=FAILED_JOBS_DAYS.key,
    ),
)
