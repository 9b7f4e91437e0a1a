"""The worker's side of a job: claim it, keep it, run it, and say how it ended."""

import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event as Signal
from threading import Thread
from typing import Final

from django.db import close_old_connections, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from typing_extensions import override

from kortisto.core.failures import back_off, in_words
from kortisto.core.jobs import JobContext, handler_of
from kortisto.core.models import Job

logger = logging.getLogger(__name__)

# Longer than SQLite may make a heartbeat wait for the write lock.
LEASE: Final = timedelta(minutes=5)
HEARTBEAT: Final = LEASE / 10
BETWEEN_WRITES: Final = 1.0  # seconds between two writes of the progress

WORKER_GONE: Final = "The worker stopped while the job ran."


class JobLost(Exception):
    """The lease ran out and another worker has the job: this run must not go on."""


def claim(*, worker: str, queues: Sequence[str], now: datetime) -> Job | None:
    """Take the next job that is due: highest priority first, then the oldest.

    Two workers never get the same one: PostgreSQL skips rows that another has
    locked, on SQLite only one transaction can write.
    """
    due = Job.objects.filter(
        state=Job.State.WAITING, queue__in=queues, run_after__lte=now
    ).order_by("-priority", "run_after", "id")
    if not due.exists():
        return None
    with transaction.atomic():
        found = due.select_for_update(skip_locked=True).first()
        if found is None:
            return None
        found.state = Job.State.RUNNING
        found.worker = worker
        found.attempts += 1
        found.started_at = now
        found.lease_until = now + LEASE
        found.steps_done = 0
        found.steps_total = None
        found.progress_note = ""
        found.save()
        return found


def take_back_lost(now: datetime) -> int:
    """Let jobs be run again whose worker has not been heard of. Returns how many."""
    lost = Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=now)
    if not lost.exists():
        return 0
    with transaction.atomic():
        rows = list(lost.select_for_update(skip_locked=True))
        for row in rows:
            logger.warning("job %s (%s) lost its worker", row.pk, row.kind)
            _end_badly(row, error=WORKER_GONE, now=now, again=True)
    return len(rows)


def beat(job: Job, *, now: datetime) -> bool:
    """Hold the lease for longer. False when the job is this worker's no more."""
    return bool(_mine(job).update(lease_until=now + LEASE))


def _mine(job: Job) -> QuerySet[Job]:
    """The row, if it still is this very run: same worker, same attempt."""
    return Job.objects.filter(
        pk=job.pk,
        state=Job.State.RUNNING,
        worker=job.worker,
        attempts=job.attempts,
    )


class Run(JobContext):
    """One run of one job, as its handler sees it."""

    def __init__(
        self, job: Job, *, now: datetime, stopping: Callable[[], bool]
    ) -> None:
        self._job = job
        self._now = now
        self._stopping = stopping
        self._wrote_at = 0.0
        self._looked_at = 0.0
        self._cancel_asked = False
        self.told_to_stop = False

    @property
    @override
    def job(self) -> Job:
        return self._job

    @property
    @override
    def now(self) -> datetime:
        return self._now

    @property
    @override
    def cancelled(self) -> bool:
        clock = time.monotonic()
        if not self._looked_at or clock - self._looked_at >= BETWEEN_WRITES:
            self._looked_at = clock
            asked = Q(cancel_asked_at__isnull=False)
            self._cancel_asked = Job.objects.filter(asked, pk=self._job.pk).exists()
        if self._cancel_asked or self._stopping():
            self.told_to_stop = True
        return self.told_to_stop

    @override
    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        clock = time.monotonic()
        last_step = total is not None and done >= total
        if self._wrote_at and clock - self._wrote_at < BETWEEN_WRITES and not last_step:
            return
        self._wrote_at = clock
        kept = _mine(self._job).update(
            steps_done=done, steps_total=total, progress_note=note[:200]
        )
        if not kept:
            raise JobLost


def run(
    job: Job,
    *,
    now: datetime,
    stopping: Callable[[], bool] = lambda: False,
    clock: Callable[[], datetime] = timezone.now,
) -> Job:
    """Run a claimed job and write how it ended. Returns it as it is then.

    Never raises what the handler raised: the job keeps it in words, the log with
    its traceback.
    """
    context = Run(job, now=now, stopping=stopping)
    try:
        handler = handler_of(job.kind)
        with _heartbeat(job, clock):
            result = json.loads(json.dumps(handler(context, **job.arguments)))
    except JobLost:
        logger.warning("job %s (%s) was taken over by another", job.pk, job.kind)
    except Exception as error:
        logger.exception("job %s (%s) failed", job.pk, job.kind)
        permanent = bool(getattr(error, "permanent", False))
        with _own_row(job) as row:
            if row is not None:
                _end_badly(row, error=in_words(error), now=clock(), again=not permanent)
    else:
        with _own_row(job) as row:
            if row is not None:
                _end_well(row, result, now=clock(), stopped=context.told_to_stop)
    job.refresh_from_db()
    return job


@contextmanager
def _own_row(job: Job) -> Iterator[Job | None]:
    """The job's row, locked, if it still is this run's."""
    with transaction.atomic():
        yield _mine(job).select_for_update().first()


def _end_well(row: Job, result: object, *, now: datetime, stopped: bool) -> None:
    row.lease_until = None
    row.last_error = ""
    if stopped and row.cancel_asked_at is not None:
        row.state = Job.State.CANCELLED
        row.finished_at = now
    elif stopped:  # the worker had to go: again, and this run is not counted
        row.state = Job.State.WAITING
        row.attempts -= 1
        row.run_after = now
    else:
        row.state = Job.State.DONE
        row.result = result
        row.finished_at = now
    row.save()


def _end_badly(row: Job, *, error: str, now: datetime, again: bool) -> None:
    """Plan the next try, or give up after the last one."""
    row.lease_until = None
    row.last_error = error
    if row.cancel_asked_at is not None:
        row.state = Job.State.CANCELLED
        row.finished_at = now
    elif again and row.attempts < row.max_attempts:
        row.state = Job.State.WAITING
        row.run_after = now + back_off(row.attempts)
    else:
        row.state = Job.State.FAILED
        row.finished_at = now
    row.save()


@contextmanager
def _heartbeat(job: Job, clock: Callable[[], datetime]) -> Iterator[None]:
    """Keep the lease from a thread of its own, whatever the handler is busy with."""
    ended = Signal()

    def keep() -> None:
        try:
            while not ended.wait(HEARTBEAT.total_seconds()):
                close_old_connections()
                if not beat(job, now=clock()):
                    return
        except Exception:
            logger.exception("the heartbeat of job %s stopped", job.pk)
        finally:
            connection.close()

    thread = Thread(target=keep, name=f"heartbeat-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
