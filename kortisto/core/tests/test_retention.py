"""What has ended is forgotten every night, and what goes on is kept."""

from datetime import timedelta
from threading import Event as Signal

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from kortisto.core import retention
from kortisto.core.jobs import enqueue
from kortisto.core.models import Job, Schedule
from kortisto.core.schedules import sync_schedules
from kortisto.core.tests.happenings import DESK, NOON
from kortisto.core.worker import Worker

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
