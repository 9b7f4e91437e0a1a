"""The installation says in plain words what is wrong with it, and what to do."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone, translation

from kortisto.core import checks, followers
from kortisto.core.checks import Finding, check, run_checks
from kortisto.core.followers import News, follow, follower
from kortisto.core.jobs import enqueue
from kortisto.core.models import FollowerPosition, Job, LoggedEvent, Seal
from kortisto.core.sealed_content import SEALER
from kortisto.core.tests.happenings import DESK, NOON, open_doors
from kortisto.core.tests.other_session import OtherSession

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def only_own_followers(monkeypatch: pytest.MonkeyPatch) -> None:
    sealer = followers._followers[SEALER]
    monkeypatch.setattr(followers, "_followers", {SEALER: sealer})
    monkeypatch.setattr(checks, "_checks", dict(checks._checks))
    translation.activate("en")


@pytest.fixture
def other_session() -> Iterator[OtherSession]:
    with OtherSession() as other:
        yield other


def sentences(name: str) -> list[str]:
    return [
        finding.sentence
        for checked in run_checks()
        if checked.check.name == name
        for finding in checked.findings
    ]


def test_a_fresh_installation_has_nothing_wrong() -> None:
    core = {"migrations", "followers", "jobs", "audit-chain"}
    done = [checked for checked in run_checks() if checked.check.name in core]

    assert {checked.check.name for checked in done} == core
    assert [checked.findings for checked in done] == [(), (), (), ()]


def test_a_failing_follower_is_told_with_its_error() -> None:
    @follower("bad", kinds=None)
    def fail(_news: News) -> None:
        message = "no room"
        raise OSError(message)

    open_doors(1)
    follow("bad", now=NOON)

    assert "bad has failed 1 times in a row: OSError: no room" in sentences("followers")


def test_a_follower_that_reads_nothing_is_told_after_ten_minutes() -> None:
    open_doors(1)
    LoggedEvent.objects.update(happened_at=timezone.now() - timedelta(minutes=9))
    assert sentences("followers") == []

    LoggedEvent.objects.update(happened_at=timezone.now() - timedelta(minutes=11))
    assert sentences("followers") == [
        "audit-chain has not read events older than ten minutes."
    ]

    follow(SEALER, now=NOON)
    assert sentences("followers") == []


def test_an_event_numbered_beyond_the_server_is_told() -> None:
    """As after restoring the data into a new PostgreSQL server."""
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL numbers transactions")
    open_doors(1)
    LoggedEvent.objects.update(txid=10**15)

    assert "numbered lower" in sentences("followers")[0]


def test_a_transaction_open_for_long_is_told(
    other_session: OtherSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "BEHIND", timedelta(days=-1))
    other_session.begin()
    other_session.open_door(1)

    assert "holds events back" in sentences("followers")[0]

    other_session.commit()
    assert "holds events back" not in " ".join(sentences("followers"))


def test_late_lost_and_given_up_jobs_are_told() -> None:
    now = timezone.now()
    enqueue("late", {}, by=DESK, run_after=now - timedelta(minutes=31))
    enqueue("not-late", {}, by=DESK, run_after=now - timedelta(minutes=29))
    lost = enqueue("lost", {}, by=DESK)
    Job.objects.filter(pk=lost.pk).update(
        state=Job.State.RUNNING, lease_until=now - timedelta(hours=1)
    )
    failed = enqueue("failed", {}, by=DESK)
    Job.objects.filter(pk=failed.pk).update(
        state=Job.State.FAILED, last_error="OSError: no room"
    )

    assert sentences("jobs") == [
        (
            "1 jobs have waited for over half an hour, and 1 were left half done by "
            "a worker that is gone."
        ),
        f"Job {failed.pk} (failed) was given up: OSError: no room",
    ]


def test_a_broken_audit_chain_is_told() -> None:
    open_doors(1, 2)
    follow(SEALER, now=NOON)
    LoggedEvent.objects.update(actor="nobody")

    assert len(sentences("audit-chain")) == 1
    Seal.objects.all().delete()
    assert "has been removed" in sentences("audit-chain")[0]
    FollowerPosition.objects.all().delete()
    assert sentences("audit-chain") == []


def test_a_missing_migration_is_told_with_the_fix(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loaded = MigrationExecutor(connection).loader.applied_migrations
    newest = max(key for key in loaded if key[0] == "sessions")

    class OnePlanned(MigrationExecutor):
        def __init__(self, *_args: object) -> None:
            super().__init__(connection)
            del self.loader.applied_migrations[newest]

    monkeypatch.setattr(checks, "MigrationExecutor", OnePlanned)

    found = next(c for c in run_checks() if c.check.name == "migrations").findings

    assert " ".join(newest) in found[0].sentence
    assert found[0].fix == "Run: kortisto migrate"


def test_a_check_that_crashes_is_a_finding_and_stops_no_other() -> None:
    @check("broken", "This cannot be looked at.")
    def crash() -> Iterator[Finding]:
        yield Finding("one", "fix")
        message = "no such table"
        raise LookupError(message)

    check("after", "This can.")(lambda: [Finding("two", "fix")])

    assert sentences("broken") == [
        "The check could not be run: LookupError: no such table"
    ]
    assert sentences("after") == ["two"]
