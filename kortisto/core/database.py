"""What the two databases do differently, in one place."""

from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, BooleanField, F, Func, Value
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


class RowAfter(Func):
    """``(txid, id) > (a, b)``, as one comparison that an index answers.

    Written out with OR, SQLite would read every row of the same txid again.
    """

    output_field = BooleanField()
    template = "(%(expressions)s)"
    arg_joiner = ", "
    comparison = ">"

    def __init__(self, txid: int, event_id: int) -> None:
        super().__init__(
            Func(F("txid"), F("id"), template="(%(expressions)s)"),
            Func(
                Value(txid, output_field=BigIntegerField()),
                Value(event_id, output_field=BigIntegerField()),
                template="(%(expressions)s)",
            ),
            arg_joiner=f" {self.comparison} ",
        )


class RowUpTo(RowAfter):
    """``(txid, id) <= (a, b)``."""

    comparison = "<="


def on_postgresql() -> bool:
    return connection.vendor == "postgresql"
