"""The same statements by the driver alone: what no framework could beat.

The SQL is the application's own; values come from the row that the first statement
reads, so that the database does the same work.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from kortisto.domain.circulation import facts
from kortisto.domain.circulation.actions import writing

Run = Callable[[str, dict[str, Any]], tuple[Any, ...] | None]


def driver() -> tuple[Run, Callable[[], None], Callable[[], None]]:
    """``run``, ``begin`` and ``commit`` of a fresh connection without Django."""
    other = connection.copy()
    other.ensure_connection()
    raw: Any = other.connection
    if connection.vendor == "postgresql":
        raw.autocommit = True

        def run_postgresql(sql: str, values: dict[str, Any]) -> tuple[Any, ...] | None:
            cursor = raw.execute(sql, values)
            row: tuple[Any, ...] | None = (
                cursor.fetchone() if cursor.description else None
            )
            return row

        return run_postgresql, _nothing, _nothing
    raw.isolation_level = None

    def run_sqlite(sql: str, values: dict[str, Any]) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = raw.execute(_colons(sql), values).fetchone()
        return row

    return (
        run_sqlite,
        lambda: raw.execute("BEGIN IMMEDIATE"),
        lambda: raw.execute("COMMIT"),
    )


def _nothing() -> None:
    """A single statement on PostgreSQL commits itself."""


_known: dict[str, str] = {}


def _colons(sql: str) -> str:
    if sql not in _known:
        _known[sql] = re.sub(r"%\((\w+)\)s", r":\1", sql)
    return _known[sql]


def raw_checkout(library_id: int) -> Callable[[tuple[str, str]], None]:
    """A check-out with the decision left out: read, write, event, commit."""
    run, begin, commit = driver()
    read = facts.statement(facts.CHECKOUT_SQL)
    on_postgresql = connection.vendor == "postgresql"
    trace = json.dumps({"version": 1, "rules": {}, "steps": [["start", "x"]] * 4})

    def once(pair: tuple[str, str]) -> None:
        card, barcode = pair
        now = datetime.now(UTC)
        due = now + timedelta(days=28)
        begin()
        row = run(read, {"card": card, "barcode": barcode, "today": str(now.date())})
        assert row is not None
        snapshot = facts.snapshot_of(row)
        moment = now if on_postgresql else str(now)[:26]
        about = {"item_id": snapshot.item.id, "record_id": snapshot.item.record_id}
        values = {
            "patron": snapshot.patron.id,
            "version": snapshot.patron.version,
            "category": snapshot.patron.category_id,
            "item": snapshot.item.id,
            "item_changed_at": snapshot.item.changed_at if on_postgresql else None,
            "trapped": 0,
            "record": snapshot.item.record_id,
            "item_type": snapshot.item.item_type_id,
            "library": library_id,
            "rules_library": library_id,
            "title": snapshot.item.title[:200],
            "barcode": snapshot.item.barcode,
            "now": moment,
            "actor": "staff:0",
            "channel": "staff",
            "due": due if on_postgresql else str(due)[:26],
            "rule_version": 1,
            "trace": trace,
            "kind": "LoanStarted",
            "body": json.dumps(about),
        }
        if on_postgresql:
            run(writing.POSTGRESQL_START + " SELECT id FROM started", values)
        else:
            started = run(writing.SQLITE_START, values)
            assert started is not None
            told = values | {"body": json.dumps({"loan_id": started[0], **about})}
            run(writing.SQLITE_EVENT, told)
        commit()

    return once
