"""What has ended is forgotten every night, and what goes on is kept."""

from datetime import timedelta
from threading import Event as Signal

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from kortisto.core import retention
from kortisto.core.jobs import enqueue
from kortisto.core.keeping import report
from kortisto.core.models import IdempotencyKey, Job, Schedule, UndoStep
from kortisto.core.schedules import sync_schedules
from kortisto.core.tests.happenings import DESK, NOON
from kortisto.core.worker import Worker
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.org.settings import (
    DONE_JOBS_DAYS,
    ENDED_SESSIONS_DAYS,
    FAILED_JOBS_DAYS,
)
from kortisto.testing.builders import chief, make_consortium

pytestmark = pytest.mark.django_db(transaction=True)


def session(*, ends: timedelta) -> str:
    """The key of a log-in that ends by itself so long after NOON."""
    store = SessionStore()
    store["who"] = 12
    store.create()
    assert store.session_key is not None
    Session.objects.filter(pk=store.session_key).update(expire_date=NOON + ends)
    return store.session_key


def forget() -> Job:
    row = enqueue("core.forget-sessions", {}, by=DESK, run_after=NOON)
    Worker(clock=lambda: NOON).do_one_job(Signal())
    row.refresh_from_db()
    return row


def test_log_ins_that_have_ended_are_forgotten_and_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)  # more than one page of them
    for minutes in range(1, 6):
        session(ends=timedelta(minutes=-minutes))
    going_on = {session(ends=timedelta(0)), session(ends=timedelta(minutes=30))}
    assert forget().result == {"sessions": 5}
    assert set(Session.objects.values_list("pk", flat=True)) == going_on
    assert forget().result == {"sessions": 0}


def test_it_is_done_every_night() -> None:
    sync_schedules(NOON)
    planned = Schedule.objects.get(name="forget-sessions")
    assert planned.kind == "core.forget-sessions"
    assert planned.next_run_at == (NOON + timedelta(days=1)).replace(hour=0, minute=50)


def told(code: str) -> tuple[str, int | None]:
    """The period and what would go tonight, as the dry run says."""
    one = next(one for one in report(NOON) if one.kept.code == code)
    return one.period, one.tonight


def test_log_ins_stay_for_the_days_that_were_decided() -> None:
    root = make_consortium()
    recent, old = session(ends=timedelta(hours=-20)), session(ends=timedelta(hours=-49))
    assert told("sessions") == ("until the log-in ends", 2)

    set_setting(root.pk, ENDED_SESSIONS_DAYS, value=2, by=chief(), now=NOON)

    assert told("sessions") == ("2 days after the log-in has ended", 1)
    assert forget().result == {"sessions": 1}
    assert [recent] == list(Session.objects.values_list("pk", flat=True)) != [old]


def ended_job(state: Job.State, days: int) -> int:
    """The number of a job that ended a second more than so many days ago."""
    row = enqueue("x", {}, by=DESK)
    ended = NOON - timedelta(days=days, seconds=1)
    Job.objects.filter(pk=row.pk).update(state=state, finished_at=ended)
    return row.pk


def forget_work() -> Job:
    row = enqueue("core.forget-old-work", {}, by=DESK, run_after=NOON)
    Worker(clock=lambda: NOON).do_one_job(Signal())
    row.refresh_from_db()
    return row


def test_old_work_is_forgotten_and_new_work_kept() -> None:
    ended_job(Job.State.DONE, 31)
    ended_job(Job.State.FAILED, 30)
    ended_job(Job.State.CANCELLED, 30)
    kept = {ended_job(Job.State.DONE, 30), ended_job(Job.State.FAILED, 29)}
    kept.add(enqueue("x", {}, by=DESK, run_after=NOON + timedelta(days=1)).pk)
    for days, key in ((89, "new"), (91, "old")):
        IdempotencyKey.objects.create(
            scope="s", key=key, answer={}, created_at=NOON - timedelta(days=days)
        )
    for until, data in ((NOON, {"a": 1}), (NOON - timedelta(seconds=1), {"b": 2})):
        UndoStep.objects.create(
            kind="k", subject_id=1, data=data, done_at=NOON, until=until
        )

    night = forget_work()

    assert night.result == {
        "jobs": 1, "failed_jobs": 2, "errands": 0, "keys": 1, "undo": 1
    }  # fmt: skip
    assert set(Job.objects.values_list("pk", flat=True)) == {*kept, night.pk}
    assert IdempotencyKey.objects.get().key == "new"
    datas = UndoStep.objects.order_by("id").values_list("data", flat=True)
    assert list(datas) == [{"a": 1}, {}]


def test_jobs_stay_for_the_days_that_were_decided() -> None:
    root = make_consortium()
    done, failed = ended_job(Job.State.DONE, 10), ended_job(Job.State.FAILED, 10)
    assert told("jobs") == ("31 days", 0)
    assert told("failed-jobs") == ("30 days", 0)

    set_setting(root.pk, DONE_JOBS_DAYS, value=10, by=chief(), now=NOON)
    set_setting(root.pk, FAILED_JOBS_DAYS, value=60, by=chief(), now=NOON)

    assert told("jobs") == ("10 days", 1)
    assert told("failed-jobs") == ("60 days", 0)
    night = forget_work()
    left = set(Job.objects.values_list("pk", flat=True))
    assert left == {failed, night.pk}
    assert done not in left
