"""Recurring jobs run once for each time, also after a night without a worker."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from kortisto.core import jobs, schedules
from kortisto.core.jobs import JobContext, job
from kortisto.core.models import Job, Schedule
from kortisto.core.schedules import run_due, scheduled, sync_schedules
from kortisto.core.tests.other_session import close_connections

pytestmark = pytest.mark.django_db

EVENING = datetime(2027, 3, 1, 20, 0, tzinfo=UTC)
NIGHT = datetime(2027, 3, 1, 22, 1, tzinfo=UTC)  # 00.01 in Helsinki
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def only_own_schedules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_handlers", {})
    monkeypatch.setattr(schedules, "_declared", {})


def declare(cron: str = "1 0 * * *") -> None:
    @scheduled("fines", cron=cron, arguments={"rate": 20})
    @job("fees.fines")
    def fines(_context: JobContext, *, rate: int) -> int:
        return rate


def test_a_schedule_runs_when_its_time_has_come_and_not_twice() -> None:
    declare()
    sync_schedules(EVENING)

    assert run_due(NIGHT - timedelta(seconds=1)) == 0
    assert run_due(NIGHT) == 1
    assert run_due(NIGHT) == 0

    asked = Job.objects.get()
    assert (asked.kind, asked.arguments, asked.asked_by) == (
        "fees.fines",
        {"rate": 20},
        "job",
    )
    row = Schedule.objects.get()
    assert (row.next_run_at, row.last_run_at) == (NIGHT + DAY, NIGHT)
    assert row.last_job == asked


def test_after_days_without_a_worker_it_runs_once() -> None:
    declare()
    sync_schedules(EVENING)

    later = NIGHT + 3 * DAY + timedelta(hours=5)
    assert run_due(later) == 1
    assert run_due(later) == 0

    assert Schedule.objects.get().next_run_at == NIGHT + 4 * DAY


def test_starting_again_keeps_the_time_that_is_due() -> None:
    declare()
    sync_schedules(EVENING)
    sync_schedules(NIGHT + DAY)

    assert run_due(NIGHT + DAY) == 1


def test_new_times_count_from_now_and_a_disabled_one_stays_so() -> None:
    declare()
    sync_schedules(EVENING)
    Schedule.objects.update(enabled=False)

    declare(cron="0 5 * * *")
    sync_schedules(EVENING)

    row = Schedule.objects.get()
    assert row.next_run_at == datetime(2027, 3, 2, 3, 0, tzinfo=UTC)
    assert not row.enabled
    assert run_due(NIGHT + DAY) == 0


def test_a_schedule_that_the_code_does_not_know_goes() -> None:
    declare()
    sync_schedules(EVENING)
    schedules._declared.clear()

    sync_schedules(EVENING)

    assert not Schedule.objects.exists()


def test_a_run_that_has_not_ended_is_not_joined_by_a_second() -> None:
    declare()
    sync_schedules(EVENING)
    run_due(NIGHT)
    run_due(NIGHT + DAY)

    assert Job.objects.count() == 1


def test_a_schedule_must_stand_on_a_job() -> None:
    with pytest.raises(LookupError, match="is not a job"):
        scheduled("nothing", cron="1 0 * * *")(lambda _context: None)
    with pytest.raises(ValueError, match="five fields"):
        scheduled("nothing", cron="nightly")


@pytest.mark.django_db(transaction=True)
def test_workers_that_race_take_a_time_once() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("races on SQLite are run in test_processes.py")
    declare()
    sync_schedules(EVENING)
    ran: list[int] = []
    barrier = Barrier(4)

    def work() -> None:
        try:
            barrier.wait()
            ran.append(run_due(NIGHT))
        finally:
            close_connections()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(ran) == [0, 0, 0, 1]
    assert Job.objects.count() == 1
