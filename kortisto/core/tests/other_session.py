"""A second session of the same database, for tests of what two do at once."""

from types import TracebackType
from typing import Self

import pytest
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from kortisto.core.database import on_postgresql


class OtherSession:
    """A connection of its own. PostgreSQL only: SQLite has one writer at a time."""

    def __enter__(self) -> Self:
        if not on_postgresql():
            pytest.skip("needs two writers at once: PostgreSQL")
        self.connection: BaseDatabaseWrapper = connection.copy()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.connection.close()

    def begin(self) -> None:
        self.execute("BEGIN")

    def commit(self) -> None:
        self.execute("COMMIT")

    def execute(self, statement: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(statement)

    def open_door(self, door: int) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO event (kind, body, actor, channel)"
                " VALUES ('DoorOpened', jsonb_build_object('door', %s::int), 'x', 'x')",
                [door],
            )

    def wait_until_somebody_waits(self) -> None:
        """Until another session is held up by a lock of this one."""
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        for _try in range(10_000):
            with connection.cursor() as cursor:
                cursor.execute(waiting)
                if cursor.fetchone()[0]:
                    return
        message = "nobody came to wait"
        raise TimeoutError(message)


def close_connections() -> None:
    """At the end of a thread that used the database."""
    connections.close_all()
