"""An empty database to build in, that becomes the real one only when all is there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, connections

from kortisto.core.versions import forget_everything


@contextmanager
def an_empty_database() -> Iterator[None]:
    """Empty the demo's database, and build in it.

    On SQLite a new file beside the real one is built and takes its place at the end:
    whatever happens before, there is never half a demo. On PostgreSQL our own tables
    are dropped, nobody else's; who calls notes that the demo is not finished.
    """
    if connection.vendor == "sqlite":
        with _new_file() as _path:
            yield
        return
    ours = connection.introspection.django_table_names(only_existing=True)
    with connection.cursor() as cursor:
        for table in (*ours, "django_migrations"):
            cursor.execute(f'DROP TABLE IF EXISTS "{table}" CASCADE')
    yield


@contextmanager
def _new_file() -> Iterator[Path]:
    real = Path(connection.settings_dict["NAME"])
    building = real.with_name(f"{real.name}.building")
    _remove(building)
    _point_to(building)
    try:
        yield building
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connections.close_all()
        _keep(building)
        _remove(real)
        building.rename(real)
    finally:
        _point_to(real)
    _remove(building)


def _point_to(file: Path) -> None:
    """Let this process work on another file from now on."""
    connections.close_all()
    connection.settings_dict["NAME"] = str(file)
    forget_everything()


def _remove(file: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        Path(f"{file}{ending}").unlink(missing_ok=True)


def _keep(file: Path) -> None:
    """Have the whole file on the disk before it takes the other's place."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
