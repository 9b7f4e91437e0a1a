"""Many rows at once, by the fastest way each database has.

For imports, where the ORM's own bulk writing would take most of the time. Values are
checked by the database alone.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model
from django.db.models.fields import NOT_PROVIDED

from kortisto.core.database import on_postgresql
from kortisto.core.sql import PLAIN, adapted


def reserve_ids(model: type[Model], number: int) -> list[int]:
    """New primary keys that nobody else gets.

    Call it inside the transaction that inserts the rows: on SQLite the keys are safe
    because it is the only writer.
    """
    table = model._meta.db_table  # noqa: SLF001
    if number == 0:
        return []
    with connection.cursor() as cursor:
        if on_postgresql():
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id'))"
                " FROM generate_series(1, %s)",
                [table, number],
            )
            return [row[0] for row in cursor.fetchall()]
        # seq is at least the greatest key there ever was (AUTOINCREMENT)
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
    last = row[0] if row else 0
    return list(range(last + 1, last + 1 + number))


def insert_rows(
    model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows of the named database columns; other columns get their defaults.

    JSON columns take JSON text, or a dict or list. Text must hold no NUL.
    """
    table = model._meta.db_table  # noqa: SLF001
    defaults = _defaults(model, columns)
    rest = list(defaults.values())
    every = [*columns, *defaults]
    names = ", ".join(f'"{column}"' for column in every)
    values = [
        [*(v if isinstance(v, PLAIN) else adapted(v) for v in row), *rest]
        for row in rows
    ]
    if not values:
        return
    with connection.cursor() as cursor:
        if on_postgresql():
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in values:
                    copy.write_row(row)
            return
        places = ", ".join(["%s"] * len(every))
        cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places})', values)


def _defaults(model: type[Model], columns: Sequence[str]) -> dict[str, Any]:
    """What the columns that are not named get, those of the database's own aside."""
    return {
        field.column: adapted(field.get_default())
        for field in model._meta.concrete_fields  # noqa: SLF001
        if field.column not in columns
        and not field.primary_key
        and field.db_default is NOT_PROVIDED
    }


def update_rows(
    model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Set the named database columns of rows; each row of values ends in its key."""
    table = model._meta.db_table  # noqa: SLF001
    key = model._meta.pk.column  # noqa: SLF001
    sets = ", ".join(f'"{column}" = %s' for column in columns)
    values = [[adapted(value) for value in row] for row in rows]
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(
                f'UPDATE "{table}" SET {sets} WHERE "{key}" = %s', values
            )


def refresh_statistics(*models: type[Model]) -> None:
    """Tell PostgreSQL's planner what the tables hold now.

    A first import fills empty tables faster than autovacuum looks at them, and plans
    made for empty tables grow with the square of the rows. SQLite needs nothing.
    """
    if on_postgresql():
        names = ", ".join(f'"{model._meta.db_table}"' for model in models)  # noqa: SLF001
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {names}")
