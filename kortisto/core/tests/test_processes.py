"""Processes over one SQLite file: what only one may do, one does, and stops well."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PREPARE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from kortisto.core.actors import job_actor
from kortisto.core.jobs import enqueue
from kortisto.core.models import LoggedEvent, Schedule
from kortisto.core.tests.race import NOON
by = job_actor()
for _ in range(60):
    enqueue("x", {}, by=by, queue="race", run_after=NOON)
    LoggedEvent.objects.create(kind="X", body={}, actor="x", channel="job")
Schedule.objects.create(name="n", kind="x", cron="1 0 * * *", next_run_at=NOON)
"""
VERIFY = """
import django; django.setup()
from django.db.models import Sum
from kortisto.core.audit import verify
from kortisto.core.models import Job
verdict = verify()
assert verdict.whole, verdict.broken
assert (verdict.sealed, verdict.unsealed) == (60, 0), verdict
assert Job.objects.filter(queue="race").aggregate(n=Sum("attempts"))["n"] == 60
assert Job.objects.filter(kind__in=["same", "o"]).count() == 2
assert Job.objects.filter(unique_key="schedule:n").count() == 1
"""
WORK = """
import django; django.setup()
import sys
from threading import Event
from kortisto.core.actors import job_actor
from kortisto.core.jobs import JobContext, enqueue, job
from kortisto.core.worker import run_forever

@job("long")
def long(context: JobContext) -> None:
    sys.stdout.write("working\\n")
    sys.stdout.flush()
    while not context.cancelled:
        Event().wait(0.01)

enqueue("long", {}, by=job_actor())
run_forever()
"""
PUT_BACK = """
import django; django.setup()
from kortisto.core.models import Job, Schedule
job = Job.objects.get(kind="long")
assert (job.state, job.attempts, job.lease_until) == ("waiting", 0, None), vars(job)
assert Schedule.objects.filter(name="forget-old-work").exists()
"""

pytestmark = pytest.mark.slow


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A database of its own, ready for the race."""
    made = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "kortisto.config.settings.worker",
        "KORTISTO_DATA_DIR": str(tmp_path),
        "KORTISTO_SECRET_KEY": "only-for-tests",
        "KORTISTO_DATABASE_URL": f"sqlite:///{tmp_path / 'own.sqlite3'}",
    }
    python(PREPARE, made)
    return made


def python(code: str, environment: dict[str, str]) -> None:
    command = [sys.executable, "-c", code]
    subprocess.run(command, env=environment, check=True)


def begin(
    arguments: list[str], environment: dict[str, str], *, says: str
) -> "subprocess.Popen[str]":
    """Start a process and wait for its first line."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == f"{says}\n"
    return process


def test_processes_that_race_do_everything_once(environment: dict[str, str]) -> None:
    race = ["-m", "kortisto.core.tests.race"]
    racers = [begin(race, environment, says="ready") for _ in range(3)]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    results = [json.loads(racer.communicate()[0]) for racer in racers]

    claimed = [pk for result in results for pk in result["claimed"]]
    assert len(claimed) == len(set(claimed)) == 60
    assert len({result["same"] for result in results}) == 1
    assert len({result["answer"] for result in results}) == 1
    assert sorted(result["slots"] for result in results) == [0, 0, 1]
    python(VERIFY, environment)


def test_a_worker_told_to_stop_puts_its_job_back(environment: dict[str, str]) -> None:
    worker = begin(["-c", WORK], environment, says="working")

    worker.send_signal(signal.SIGTERM)
    worker.communicate(timeout=60)

    assert worker.returncode == 0
    python(PUT_BACK, environment)
