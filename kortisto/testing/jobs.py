"""Let a worker do what waits for one."""

from datetime import datetime

from django.utils import timezone

from kortisto.core.job_runs import claim, run
from kortisto.core.models import Job


def work(now: datetime | None = None) -> Job:
    """Do the next job that is due, however it ends; there must be one."""
    at = now or timezone.now()
    taken = claim(worker="test", queues=["default"], now=at)
    assert taken is not None, "no job is due"  # noqa: S101
    return run(taken, now=at)


def work_until_done(job: Job) -> None:
    """Do what is due, until this job has been taken, however it ends."""
    while Job.objects.filter(pk=job.pk, state=Job.State.WAITING).exists():
        work()
