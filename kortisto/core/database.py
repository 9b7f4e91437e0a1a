"""What the two databases do differently, in one place."""

from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, BooleanField, F, Func, Q, Value
from django.db.models.sql.compiler import SQLCompiler
from typing_extensions import override


class TransactionId(Func):
    """The number of the writing transaction: what makes reading commit-safe.

    SQLite has one writer at a time, so that ids come in commit order and 0 will do.
    """

    output_field = BigIntegerField()
    arity = 0

    @override
    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *_: Any, **__: Any
    ) -> tuple[str, list[str | int]]:
        if connection.vendor == "postgresql":
            return "(pg_current_xact_id()::text::bigint)", []
        return "0", []


class OldestRunningTransaction(Func):
    """Every transaction with a smaller number has ended, and what it wrote is seen.

    PostgreSQL only: the statement's own snapshot answers, so that the rows read by
    the same statement and the bound always agree.
    """

    output_field = BigIntegerField()
    arity = 0
    template = "(pg_snapshot_xmin(pg_current_snapshot())::text::bigint)"


def on_postgresql() -> bool:
    return connection.vendor == "postgresql"


def reading_order() -> tuple[str, ...]:
    """The order in which events are read; on SQLite every txid is 0."""
    return ("txid", "id") if on_postgresql() else ("id",)


def row_after(txid: int, event_id: int) -> "Q | _Rows":
    """``(txid, id) > (a, b)``, as one comparison that an index answers."""
    if on_postgresql():
        return _Rows(">", txid, event_id)
    return Q(id__gt=event_id)


def row_up_to(txid: int, event_id: int) -> "Q | _Rows":
    """``(txid, id) <= (a, b)``."""
    if on_postgresql():
        return _Rows("<=", txid, event_id)
    return Q(id__lte=event_id)


class _Rows(Func):
    output_field = BooleanField()
    template = "(%(expressions)s)"

    def __init__(self, comparison: str, txid: int, event_id: int) -> None:
        bounds = (Value(n, output_field=BigIntegerField()) for n in (txid, event_id))
        super().__init__(
            Func(F("txid"), F("id"), template="(%(expressions)s)"),
            Func(*bounds, template="(%(expressions)s)"),
            arg_joiner=f" {comparison} ",
        )
