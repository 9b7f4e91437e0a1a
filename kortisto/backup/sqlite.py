"""Backups of an SQLite database: its own online backup, and a file put in its place."""

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kortisto.backup.databases import COUNTED
from kortisto.backup.trouble import BackupTrouble

VENDOR: Final = "sqlite"
WAIT: Final = 20.0  # seconds for somebody's write to end
SIDE_FILES: Final = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class SqliteDatabase:
    file: Path
    vendor: str = VENDOR

    def dump(self, to: Path) -> None:
        if not self.file.is_file():
            message = f"there is no database at {self.file}"
            raise BackupTrouble(message)
        with (
            _in_words(),
            closing(sqlite3.connect(self.file, timeout=WAIT)) as source,
            closing(sqlite3.connect(to)) as copy,
        ):
            source.backup(copy)  # in one step: a reader, which hinders no writer
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, with no others

    def require_empty(self) -> None:
        beside = [Path(f"{self.file}{ending}") for ending in ("", *SIDE_FILES)]
        if any(path.exists() and path.stat().st_size for path in beside):
            message = (
                f"{self.file} is there: a backup is restored only where there is no "
                "database; move that one away first"
            )
            raise BackupTrouble(message)

    def load(self, dump: Path) -> None:
        fresh = self.file.with_name(f"{self.file.name}.restoring")
        fresh.unlink(missing_ok=True)
        try:
            shutil.copyfile(dump, fresh)
            _keep(fresh)
            self.require_empty()
            self.file.unlink(missing_ok=True)  # what is there holds nothing
            os.link(fresh, self.file)  # whole, and never over another
        finally:
            fresh.unlink(missing_ok=True)
        _keep(self.file.parent)


def prove(dump: Path) -> dict[str, int]:
    """The rows of what is counted. Raises BackupTrouble when the file is not sound."""
    with _in_words(), closing(sqlite3.connect(dump)) as copy:
        # Constraints use functions of Django; they held when the rows were written.
        copy.execute("PRAGMA ignore_check_constraints=ON")
        ((verdict, *_), *_) = copy.execute("PRAGMA integrity_check(1)").fetchall()
        if verdict != "ok":
            message = f"the database is not sound: {verdict}"
            raise BackupTrouble(message)
        return {name: _rows(copy, table) for name, table in COUNTED.items()}


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise OSError(errno.ENOSPC, str(error)) from error
        message = f"the database cannot be read: {error}"
        raise BackupTrouble(message) from error


def _rows(copy: sqlite3.Connection, table: str) -> int:
    ((count,),) = copy.execute(f'SELECT count(*) FROM "{table}"').fetchall()
    return int(count)


def _keep(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
