"""What ``kortisto check`` looks at: the installation's promises, on live data.

Apps declare their own checks in a module called ``checks.py``.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.core import audit
from kortisto.core.database import on_postgresql, reading_order, row_after
from kortisto.core.failures import in_words
from kortisto.core.followers import followers, last_position
from kortisto.core.models import FollowerPosition, Job, LoggedEvent

logger = logging.getLogger(__name__)

BEHIND: Final = timedelta(minutes=10)
STUCK: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken promise as a sentence, and what to do about it."""

    sentence: str
    fix: str


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    what: "str | Promise"
    look: Callable[[], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Checked:
    check: Check
    findings: tuple[Finding, ...]


Look = Callable[[], Iterable[Finding]]

_checks: dict[str, Check] = {}


def check(name: str, what: "str | Promise") -> Callable[[Look], Look]:
    """Declare a check: ``what`` says in plain words what is looked at."""

    def declare(look: Look) -> Look:
        _checks[name] = Check(name, what, look)
        return look

    return declare


def checks() -> list[Check]:
    return list(_checks.values())


def run_checks() -> Iterator[Checked]:
    """Run every check, each told as soon as it is done; none stops the others."""
    for each in checks():
        try:
            findings = tuple(each.look())
        except Exception as error:
            logger.exception("the check %s could not be run", each.name)
            findings = (_crash(error),)
        yield Checked(each, findings)


def _crash(error: Exception) -> Finding:
    sentence = _("The check could not be run: {error}")
    return Finding(
        sentence.format(error=in_words(error)),
        _("Read the log; if the database is fine, report a bug."),
    )


@check("migrations", gettext_lazy("The database has the form this version needs."))
def migrations_are_applied() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        names = ", ".join(f"{step.app_label} {step.name}" for step, _back in plan)
        yield Finding(
            _("The database lacks these changes: {names}.").format(names=names),
            _("Run: kortisto migrate"),
        )


@check("followers", gettext_lazy("What follows the event log keeps up with it."))
def followers_keep_up() -> Iterator[Finding]:
    now = timezone.now()
    rows = FollowerPosition.objects.in_bulk()
    yield from _log_is_held_back(now)
    for each in followers():
        row = rows.get(each.name)
        if row is not None and row.failures:
            yield Finding(
                _("{name} has failed {failures} times in a row: {error}").format(
                    name=each.name, failures=row.failures, error=row.last_error
                ),
                _("Remove the cause; it is tried again by itself."),
            )
        elif _is_behind(row, now=now):
            yield Finding(
                _("{name} has not read events older than ten minutes.").format(
                    name=each.name
                ),
                _("Run: kortisto work (or see why the worker is slow)"),
            )


def _is_behind(row: FollowerPosition | None, *, now: datetime) -> bool:
    """Whether an event that could have been read long ago has not been."""
    end = last_position()
    if end is None:
        return False
    at = (row.txid, row.event_id) if row is not None else (-1, 0)
    if at >= end:
        return False
    next_one = (
        LoggedEvent.objects.filter(row_after(*at)).order_by(*reading_order()).first()
    )
    return next_one is not None and next_one.happened_at < now - BEHIND


def _log_is_held_back(now: datetime) -> Iterator[Finding]:
    """PostgreSQL only: two ways in which settled events can fail to be settled."""
    if not on_postgresql():
        return
    newest = LoggedEvent.objects.aggregate(newest=Max("txid"))["newest"] or 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        next_txid = cursor.fetchone()[0]
        cursor.execute(
            "SELECT min(xact_start) FROM pg_stat_activity"
            " WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()"
        )
        oldest = cursor.fetchone()[0]
    if newest >= next_txid:
        yield Finding(
            _(
                "The database was restored into a server whose transactions are "
                "numbered lower ({next}) than the events ({newest}): new events "
                "would never be read."
            ).format(next=next_txid, newest=newest),
            _(
                "Stop everything and raise the server's numbers with pg_resetwal "
                "--epoch or --next-transaction-id beyond the events' own."
            ),
        )
    if oldest is not None and oldest < now - BEHIND:
        yield Finding(
            _(
                "A transaction has been open since {since} and holds events back."
            ).format(since=timezone.localtime(oldest).strftime("%d.%m.%Y %H:%M")),
            _("End the session that holds it (see pg_stat_activity)."),
        )


@check("jobs", gettext_lazy("Jobs are taken up in time and none has been given up."))
def jobs_are_not_stuck() -> Iterator[Finding]:
    now = timezone.now()
    late = Job.objects.filter(
        state=Job.State.WAITING, run_after__lt=now - STUCK
    ).count()
    lost = Job.objects.filter(
        state=Job.State.RUNNING, lease_until__lt=now - STUCK
    ).count()
    if late or lost:
        yield Finding(
            _(
                "{late} jobs have waited for over half an hour, and {lost} were left "
                "half done by a worker that is gone."
            ).format(late=late, lost=lost),
            _("Run: kortisto work"),
        )
    failed = Job.objects.filter(state=Job.State.FAILED)
    for row in failed.order_by("-finished_at")[:20]:
        yield Finding(
            _("Job {id} ({kind}) was given up: {error}").format(
                id=row.pk, kind=row.kind, error=row.last_error
            ),
            _("Remove the cause and run it again on the page of jobs."),
        )


@check("audit-chain", gettext_lazy("No sealed event has been changed or removed."))
def audit_chain_is_whole() -> Iterator[Finding]:
    verdict = audit.verify()
    fix = _("Compare with a backup and find out who can write to the database.")
    for sentence in verdict.broken:
        yield Finding(sentence, fix)
    if verdict.not_told:
        more = _("... and {number} more broken links.")
        yield Finding(more.format(number=verdict.not_told), fix)
