"""Statements written by hand, for the five hot verbs: the same on both databases.

Values go in as ``%(named)s``; what comes out of SQLite as text is read back here.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final

from django.db import connection

PLAIN: Final = (str, int, bytes, type(None))  # what every driver takes as it is


def one_row(sql: str, parameters: Mapping[str, object]) -> tuple[Any, ...] | None:
    """The first row of a statement, or None."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {name: adapted(v) for name, v in parameters.items()})
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def all_rows(sql: str, parameters: Mapping[str, object]) -> list[tuple[Any, ...]]:
    """Every row of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {name: adapted(v) for name, v in parameters.items()})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def from_json(raw: Any) -> Any:
    """A JSON column from a SELECT: both drivers give text."""
    return json.loads(raw) if isinstance(raw, str | bytes) else raw


def execute(sql: str, parameters: Mapping[str, object]) -> int:
    """Run a writing statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {name: adapted(v) for name, v in parameters.items()})
        touched: int = cursor.rowcount
    return touched


def adapted(value: object) -> Any:
    """A value as the database's own driver wants it."""
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, datetime):
        return _moment(connection.vendor, value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return value


@lru_cache(maxsize=64)  # the rows of one batch have the same moment
def _moment(_vendor: str, value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


def moment(raw: Any) -> datetime:
    """A moment from a SELECT: SQLite gives text in UTC."""
    if isinstance(raw, datetime):
        return raw if raw.tzinfo is not None else raw.replace(tzinfo=UTC)
    return datetime.fromisoformat(raw).replace(tzinfo=UTC)


def moment_or_none(raw: Any) -> datetime | None:
    return None if raw is None else moment(raw)


def day_or_none(raw: Any) -> date | None:
    """A date from a SELECT: SQLite gives text."""
    if raw is None or isinstance(raw, date):
        return raw
    return date.fromisoformat(raw)
