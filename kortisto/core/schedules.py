"""Recurring jobs: declared in code, kept as rows so that their times can be seen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction

from kortisto.core.actors import Actor, job_actor
from kortisto.core.cron import Cron, parse
from kortisto.core.events import Event, publish
from kortisto.core.jobs import Handler, enqueue, kind_of
from kortisto.core.models import Job, Schedule
from kortisto.core.permissions import Permission

H = TypeVar("H", bound=Handler)


@dataclass(frozen=True, slots=True)
class Declared:
    kind: str
    cron: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


_declared: dict[str, Declared] = {}


def scheduled(
    name: str, *, cron: str, arguments: Mapping[str, Any] | None = None
) -> Callable[[H], H]:
    """Run a job (stands above ``@job``) at local times, e.g. ``"1 0 * * *"``.

    Raises ValueError at import when the times cannot be understood.
    """
    parse(cron)

    def declare(handler: H) -> H:
        _declared[name] = Declared(kind_of(handler), cron, arguments or {})
        return handler

    return declare


@transaction.atomic
def sync_schedules(now: datetime) -> None:
    """Make the rows say what the code declares; whether one is enabled is kept.

    A new schedule, or one whose times have changed, is first due after ``now``.
    """
    Schedule.objects.exclude(pk__in=_declared).delete()
    rows = Schedule.objects.in_bulk()
    for name, declared in _declared.items():
        row = rows.get(name) or Schedule(name=name)
        if row.next_run_at is None or row.cron != declared.cron:
            row.next_run_at = parse(declared.cron).next_after(now)
        row.kind, row.cron = declared.kind, declared.cron
        row.arguments = dict(declared.arguments)
        row.save()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRun(Event):
    """Someone asked a schedule to be run at once, beside its own times."""

    schedule: str
    job_id: int


@transaction.atomic
def run_now(name: str, *, by: Actor, needs: Permission, now: datetime) -> Job:
    """Enqueue a schedule's job at once; its own next time stays.

    Gives the job that waits or runs already, when there is one. Raises
    Schedule.DoesNotExist.
    """
    by.require(needs)
    row = Schedule.objects.get(pk=name)
    asked = enqueue(
        row.kind,
        row.arguments,
        by=by,
        run_after=now,
        unique_key=f"schedule:{row.pk}",
    )
    Schedule.objects.filter(pk=name).update(last_run_at=now, last_job=asked)
    publish(ScheduleRun(schedule=name, job_id=asked.pk), by=by, at=now)
    return asked


def run_due(now: datetime) -> int:
    """Enqueue every schedule whose time has come. Returns how many.

    However many times went by while no worker ran, it runs once. Each worker may
    call this: a slot is taken by moving the next time on, which only one can do. A
    run that is not finished yet is not joined by a second one.
    """
    due = Schedule.objects.filter(enabled=True, next_run_at__lte=now)
    return sum(_run(row, cron=parse(row.cron), now=now) for row in due)


@transaction.atomic
def _run(row: Schedule, *, cron: Cron, now: datetime) -> bool:
    this_slot = Schedule.objects.filter(pk=row.pk, next_run_at=row.next_run_at)
    if not this_slot.update(next_run_at=cron.next_after(now), last_run_at=now):
        return False  # another worker was first
    asked = enqueue(
        row.kind,
        row.arguments,
        by=job_actor(),
        run_after=now,
        unique_key=f"schedule:{row.pk}",
    )
    Schedule.objects.filter(pk=row.pk).update(last_job=asked)
    return True
