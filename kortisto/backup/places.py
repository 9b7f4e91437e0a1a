"""Where an installation keeps what is backed up, and where a backup is at work."""

import errno
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kortisto.backup.databases import Database
from kortisto.backup.postgresql import PostgresDatabase
from kortisto.backup.sqlite import SqliteDatabase
from kortisto.backup.trouble import BackupTrouble

# What Django has beside the options of libpq in its settings of a database.
NOT_OF_LIBPQ: Final = {"server_side_binding", "prepare_threshold", "pool"}


Step = Callable[[str], AbstractContextManager[object]]
"""Told, by its title, of each step that takes its time: it lasts as the block does."""


@dataclass(frozen=True, slots=True)
class Places:
    data: Path  # the data directory
    files: Path  # imported files and what else is kept as files
    database: Database


def database_of(settings: Mapping[str, Any]) -> Database:
    """The database of Django's settings."""
    if settings["ENGINE"].endswith("sqlite3"):
        return SqliteDatabase(Path(settings["NAME"]).resolve())
    named = {
        "dbname": settings["NAME"],
        "user": settings["USER"],
        "password": settings["PASSWORD"],
        "host": settings["HOST"],
        "port": settings["PORT"],
        **{k: v for k, v in settings["OPTIONS"].items() if k not in NOT_OF_LIBPQ},
    }
    return PostgresDatabase(
        {name: str(value) for name, value in named.items() if value}
    )


@contextmanager
def work_folder(data: Path) -> Iterator[Path]:
    """A folder for plain text that only we may read, gone when the block ends.

    What a run left that was killed is removed by the next one. One runs at a time.
    Raises BackupTrouble when the disk gets full.
    """
    data.mkdir(parents=True, exist_ok=True)
    folder = data / "backup-at-work"
    lock = os.open(data / "backup.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(lock)
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            message = (
                f"the disk of {data} is full: it needs room for the database and the "
                "backup; what had been begun was removed again"
            )
            raise BackupTrouble(message) from error
        finally:
            shutil.rmtree(folder)
    finally:
        os.close(lock)


def _take(lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        message = "another backup, check or restore is running here: wait for its end"
        raise BackupTrouble(message) from None
