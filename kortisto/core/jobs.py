"""Work to be done later: asked for in a transaction, done by a worker after it.

A job is enqueued with the change that needs it, and rolled back with it. A worker
runs it at least once, outside any transaction; a killed worker's job is taken again,
so handlers are idempotent. ``job_runs.py`` is the worker's side.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kortisto.core.actors import Actor
from kortisto.core.events import Event, publish
from kortisto.core.models import Job
from kortisto.core.permissions import Permission
from kortisto.core.refusals import Reason, Refusal, Refused

UNFINISHED: Final = (Job.State.WAITING, Job.State.RUNNING)

Handler = Callable[..., object]
H = TypeVar("H", bound=Handler)


class JobContext(Protocol):
    """What a handler gets as its first argument, before the job's own arguments."""

    @property
    def job(self) -> Job: ...

    @property
    def now(self) -> datetime:
        """When this run began."""

    @property
    def cancelled(self) -> bool:
        """Whether to stop early: someone cancelled the job, or the worker must go.

        A handler that has seen True returns soon. The job is then cancelled, or
        waits to be run again from its beginning.
        """

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Show how far the job is. Cheap: written about once a second.

        Call it outside transactions, so that the page sees it. Raises JobLost when
        another worker has taken the job over.
        """


class PermanentFailure(Exception):
    """Raised by a handler that knows that trying again is no use."""

    permanent: Final = True


class JobReason(Reason):
    JOB_HAS_ENDED = "job-has-ended", _("The job has ended and cannot be cancelled.")
    JOB_HAS_NOT_FAILED = (
        "job-has-not-failed",
        _("Only a job that failed or was cancelled can be run again."),
    )
    SAME_JOB_WAITS = "same-job-waits", _("The same job is waiting or running already.")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCancelled(Event):
    """Someone asked a job to be cancelled."""

    job_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRetried(Event):
    """Someone asked a failed or cancelled job to be run again."""

    job_id: int


_handlers: dict[str, Handler] = {}


def job(kind: str) -> Callable[[H], H]:
    """Declare the handler of a kind of job: ``(context, **arguments) -> JSON or None``.

    Raises ValueError when another handler has the kind.
    """

    def declare(handler: H) -> H:
        known = _handlers.setdefault(kind, handler)
        if _full_name(known) != _full_name(handler):
            message = f"two handlers for jobs of kind {kind}"
            raise ValueError(message)
        _handlers[kind] = handler
        return handler

    return declare


def _full_name(handler: Handler) -> tuple[str, str]:
    return handler.__module__, handler.__qualname__


def handler_of(kind: str) -> Handler:
    """Raises LookupError for a kind that this version does not know."""
    return _handlers[kind]


def kind_of(handler: Handler) -> str:
    """The kind that a handler was declared for. Raises LookupError when for none."""
    for kind, known in _handlers.items():
        if known is handler:
            return kind
    message = f"{handler.__qualname__} is not a job"
    raise LookupError(message)


def enqueue(
    kind: str,
    arguments: Mapping[str, Any],
    *,
    by: Actor,
    run_after: datetime | None = None,
    unique_key: str | None = None,
    priority: int = 0,
    queue: str = "default",
    max_attempts: int = 5,
) -> Job:
    """Ask for a job in the caller's transaction; higher priority goes first.

    While a job with the same ``unique_key`` is unfinished, returns that one instead.
    """

    def new() -> Job:
        return Job.objects.create(
            kind=kind,
            arguments=dict(arguments),
            run_after=run_after or timezone.now(),
            unique_key=unique_key,
            priority=priority,
            queue=queue,
            max_attempts=max_attempts,
            asked_by=by.label,
        )

    if unique_key is None:
        return new()
    unfinished = Job.objects.filter(unique_key=unique_key, state__in=UNFINISHED)
    for last_try in (False, False, True):
        if (same := unfinished.first()) is not None:
            return same
        try:
            with transaction.atomic():
                return new()
        except IntegrityError:
            # Another transaction was first: its job is there now, or ended already.
            if last_try:
                raise
    raise AssertionError


@transaction.atomic
def cancel(job_id: int, *, by: Actor, needs: Permission, now: datetime) -> Job:
    """Stop a job. One that runs is asked to, and stays running until it has stopped.

    Raises Refused when it has ended, Job.DoesNotExist when there is none.
    """
    by.require(needs)
    found = Job.objects.select_for_update().get(pk=job_id)
    if found.state not in UNFINISHED:
        raise Refused([Refusal(JobReason.JOB_HAS_ENDED)])
    if found.state == Job.State.WAITING:
        found.state = Job.State.CANCELLED
        found.finished_at = now
    found.cancel_asked_at = now
    found.save(update_fields=["state", "finished_at", "cancel_asked_at"])
    publish(JobCancelled(job_id=found.pk), by=by, at=now)
    return found


@transaction.atomic
def retry(job_id: int, *, by: Actor, needs: Permission, now: datetime) -> Job:
    """Run a failed or cancelled job again, with all its attempts before it.

    Raises Refused when it has not failed, or when the same job waits already.
    """
    by.require(needs)
    found = Job.objects.select_for_update().get(pk=job_id)
    if found.state not in {Job.State.FAILED, Job.State.CANCELLED}:
        raise Refused([Refusal(JobReason.JOB_HAS_NOT_FAILED)])
    found.state = Job.State.WAITING
    found.attempts = found.steps_done = 0
    found.run_after = now
    found.finished_at = found.cancel_asked_at = None
    found.progress_note = ""
    try:
        with transaction.atomic():
            found.save()
    except IntegrityError as taken:
        raise Refused([Refusal(JobReason.SAME_JOB_WAITS)]) from taken
    publish(JobRetried(job_id=found.pk), by=by, at=now)
    return found


def next_try_at(job: Job) -> datetime | None:
    """When a job that has failed before is tried again; None when it is not."""
    waits = job.state == Job.State.WAITING and job.attempts > 0
    return job.run_after if waits else None
