"""What the two databases do differently, in one place."""

from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, Func
from django.db.models.sql.compiler import SQLCompiler


class TransactionId(Func):
    """The number of the writing transaction: what makes reading commit-safe.

    SQLite has one writer at a time, so that ids come in commit order and 0 will do.
    """

    output_field = BigIntegerField()
    arity = 0

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any
    ) -> tuple[str, list[Any]]:
        if connection.vendor == "postgresql":
            return "(pg_current_xact_id()::text::bigint)", []
        return "0", []


def on_postgresql() -> bool:
    return connection.vendor == "postgresql"
