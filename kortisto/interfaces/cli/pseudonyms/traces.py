"""Both databases keep what a row held before, until its place is used again."""

from django.db import connection

from kortisto.core.database import on_postgresql


def sweep() -> None:
    """Write every table anew, so that its files hold only what is there now.

    Not inside a transaction. Needs room: PostgreSQL as much again as the largest table
    has, SQLite twice as much as stays, first in its folder for temporary files.
    """
    with connection.cursor() as cursor:
        if on_postgresql():
            cursor.execute("VACUUM (FULL, ANALYZE)")
            return
        cursor.execute("PRAGMA temp_store=FILE")  # memory may not have that much
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
