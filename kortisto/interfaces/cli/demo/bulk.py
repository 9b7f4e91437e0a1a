"""Write very many rows: COPY on PostgreSQL, executemany on SQLite.

Rows are tuples for the columns named; every other column gets the default of its
field, as if Django had made the row. Constraints and unique indexes stay what they
are; for a whole build the other indexes and the foreign keys are made afterwards.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Field, Model
from django.db.models.fields import NOT_PROVIDED

from kortisto.core.database import on_postgresql
from kortisto.core.sql import adapted
from kortisto.interfaces.cli.progress import progress

Row = tuple[Any, ...]
HURRY: Final = (
    "PRAGMA journal_mode=MEMORY",
    "PRAGMA synchronous=OFF",
    "PRAGMA foreign_keys=OFF",
    "PRAGMA cache_size=-400000",
)
CALM: Final = (
    "PRAGMA analysis_limit=2000",  # rows of each index that ANALYZE looks at
    "PRAGMA cache_size=-65536",
    "PRAGMA foreign_keys=ON",
    "PRAGMA synchronous=FULL",
    "PRAGMA journal_mode=WAL",
)


class Table:
    """How rows of one model are written."""

    def __init__(
        self,
        model: type[Model],
        columns: Sequence[str],
        *,
        also: Mapping[str, object] | None = None,
    ) -> None:
        """``columns``: what rows bring; ``also``: the same value for every row."""
        fields = {
            field.column: field
            for field in model._meta.concrete_fields  # noqa: SLF001
        }
        unknown = set(columns) - set(fields)
        if unknown:
            message = f"{model.__name__} has no columns {sorted(unknown)}"
            raise TypeError(message)
        same = dict(also or {})
        rest = [
            column
            for column, field in fields.items()
            if column not in columns
            and not field.primary_key
            and (column in same or field.db_default is NOT_PROVIDED)
        ]
        self.model = model
        self.name: Final = model._meta.db_table  # noqa: SLF001
        self.columns: Final = (*columns, *rest)
        self._rest: Final = tuple(
            adapted(same[column] if column in same else _default(fields[column]))
            for column in rest
        )

    def write(self, rows: Iterable[Row]) -> None:
        """Add rows, inside the caller's transaction."""
        if self._rest:
            rows = (row + self._rest for row in rows)
        names = ", ".join(f'"{column}"' for column in self.columns)
        with connection.cursor() as cursor:
            if on_postgresql():
                with cursor.copy(f'COPY "{self.name}" ({names}) FROM STDIN') as copy:
                    for row in rows:
                        copy.write_row(row)
                return
            marks = ", ".join(["%s"] * len(self.columns))
            cursor.executemany(
                f'INSERT INTO "{self.name}" ({names}) VALUES ({marks})', list(rows)
            )


def _default(field: "Field[Any, Any]") -> object:
    value = field.get_default()
    if value is None and not field.null:
        message = f"{field} has no default"
        raise TypeError(message)
    if isinstance(value, dict | list):
        return json.dumps(value)
    return value


@contextmanager
def quickly(tables: Sequence[Table]) -> Iterator[None]:
    """Build without the indexes and foreign keys of the tables; make them after.

    When the build fails they are missing: the caller throws the database away.
    """
    if on_postgresql():
        later = _without_indexes_on_postgresql(tables)
    else:
        later = _without_indexes_on_sqlite(tables)
    yield
    with connection.cursor() as cursor:
        for statement in progress(later, "Indexes and keys", total=len(later)):
            cursor.execute(statement)
    if on_postgresql():
        _set_sequences(tables)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def hurry() -> None:
    """Let SQLite not wait for the disk, on this connection until it is told again."""
    if on_postgresql():
        return
    with connection.cursor() as cursor:
        for pragma in HURRY:
            cursor.execute(pragma)


def _without_indexes_on_sqlite(tables: Sequence[Table]) -> list[str]:
    hurry()
    with connection.cursor() as cursor:
        names = ", ".join(f"'{table.name}'" for table in tables)
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index'"
            f" AND sql IS NOT NULL AND tbl_name IN ({names})"
        )
        found = cursor.fetchall()
        for name, _sql in found:
            cursor.execute(f'DROP INDEX "{name}"')
    return [
        *(sql for _name, sql in found),
        *CALM,
    ]


def _without_indexes_on_postgresql(tables: Sequence[Table]) -> list[str]:
    """Drop what COPY would have to keep up row by row; say how to make it again."""
    names = [table.name for table in tables]
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid)
               FROM pg_constraint c
               WHERE c.contype = 'f' AND c.conrelid::regclass::text = ANY(%s)""",
            [names],
        )
        keys = cursor.fetchall()
        cursor.execute(
            """SELECT i.indexname, i.indexdef FROM pg_indexes i
               WHERE i.schemaname = current_schema() AND i.tablename = ANY(%s)
                 AND NOT EXISTS (SELECT 1 FROM pg_constraint c
                                  WHERE c.conindid = i.indexname::regclass)""",
            [names],
        )
        indexes = cursor.fetchall()
        for table, name, _definition in keys:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
    return [
        *(definition for _name, definition in indexes),
        *(
            f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'
            for table, name, definition in keys
        ),
    ]


def _set_sequences(tables: Sequence[Table]) -> None:
    """PostgreSQL counts on from the largest id that was given."""
    models = [table.model for table in tables]
    statements = connection.ops.sequence_reset_sql(no_style(), models)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def one_transaction() -> Iterator[None]:
    with transaction.atomic():
        yield
