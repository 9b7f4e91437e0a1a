"""The worker keeps everything going, and stops when told to."""

from datetime import datetime, timedelta
from threading import Event as Signal

import pytest
from django.db import OperationalError

from kortisto.core import background, followers, jobs, schedules, worker
from kortisto.core.background import background as in_background
from kortisto.core.background import run_background_once
from kortisto.core.followers import News, follower
from kortisto.core.jobs import JobContext, enqueue, job
from kortisto.core.models import Schedule
from kortisto.core.schedules import scheduled, sync_schedules
from kortisto.core.tests.happenings import DESK, NOON, open_doors
from kortisto.core.worker import Worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def only_own_declarations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_handlers", {})
    monkeypatch.setattr(schedules, "_declared", {})
    monkeypatch.setattr(followers, "_followers", {})
    monkeypatch.setattr(background, "_background", {})


def test_followers_schedules_and_jobs_all_get_their_turn() -> None:
    seen: list[str] = []
    follower("doors", kinds=None)(lambda news: seen.append(f"{len(news)} doors"))

    @in_background("index")
    def index(_now: datetime) -> bool:
        seen.append("index")
        return False

    @scheduled("nightly", cron="* * * * *")
    @job("nightly")
    def nightly(_context: JobContext) -> None:
        seen.append("nightly")

    open_doors(1, 2)
    it = Worker(clock=lambda: NOON + timedelta(minutes=2))
    sync_schedules(NOON)

    assert it.follow_once()
    assert it.do_one_job(Signal())

    assert seen == ["2 doors", "index", "nightly"]
    assert not it.follow_once()
    assert not it.do_one_job(Signal())


def test_a_job_of_another_queue_is_left_alone() -> None:
    enqueue("slow", {}, by=DESK, run_after=NOON, queue="slow")

    assert not Worker(clock=lambda: NOON).do_one_job(Signal())


def test_it_stops_when_told_and_goes_on_after_trouble(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker, "AFTER_TROUBLE", 0.001)
    stop = Signal()
    turns: list[int] = []

    def turn(_self: Worker) -> bool:
        turns.append(1)
        if len(turns) == 1:
            message = "the database restarts"
            raise OperationalError(message)
        stop.set()
        return False

    monkeypatch.setattr(Worker, "follow_once", turn)

    Worker(job_threads=0).run(stop)

    assert len(turns) == 2


def test_what_fails_in_the_background_waits_and_stops_no_other() -> None:
    tries: list[datetime] = []
    turns: list[datetime] = []

    @in_background("bad")
    def fail(now: datetime) -> bool:
        tries.append(now)
        raise OSError

    @in_background("good", every=timedelta(seconds=10))
    def good(now: datetime) -> bool:
        turns.append(now)
        return False

    for seconds in (0, 1, 3, 9, 10, 12):
        run_background_once(NOON + timedelta(seconds=seconds))

    assert [(at - NOON).seconds for at in tries] == [0, 3, 12]
    assert [(at - NOON).seconds for at in turns] == [0, 10]


def test_a_worker_starts_with_the_schedules_of_its_code() -> None:
    stop = Signal()

    @scheduled("nightly", cron="1 0 * * *")
    @job("nightly")
    def nightly(_context: JobContext) -> None:
        stop.set()

    @follower("stopper", kinds=None)
    def stop_it(_news: News) -> None:
        stop.set()

    open_doors(1)
    Worker(job_threads=0, clock=lambda: NOON).run(stop)

    assert Schedule.objects.get().next_run_at is not None
