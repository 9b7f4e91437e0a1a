"""Both databases keep what a row held before, until its place is used again."""

from django.db import connection

from kortisto.core.database import on_postgresql


def sweep() -> None:
    """Write every table anew, so that its files hold only what is there now.

    Not inside a transaction. Needs as much room again as the largest table has.
    """
    with connection.cursor() as cursor:
        if on_postgresql():
            cursor.execute("VACUUM (FULL, ANALYZE)")
            return
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
