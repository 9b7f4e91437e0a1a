"""Attempts that the database does not know yet, and wrong PINs of that time.

A file of its own that is never thrown away: what is in it has happened. An attempt
is taken out only after the database has it under its key, so that a crash between
the two delivers it again, and the database keeps it once.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from kortisto.domain.entry.actions.deciding import Attempt

NAME: Final = "waiting.sqlite3"
WAIT: Final = 2.0  # seconds for another door's write
SCHEMA: Final = """
    CREATE TABLE IF NOT EXISTS attempt (
        place INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, record BLOB NOT NULL,
        trouble TEXT NOT NULL DEFAULT '');
    CREATE TABLE IF NOT EXISTS wrong_pin (
        patron INTEGER PRIMARY KEY, record BLOB NOT NULL, at REAL NOT NULL);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongPins:
    """What was tried at this machine while the database was away."""

    tried: tuple[str, ...] = ()  # keyed digests since the last lock
    locked_until: datetime | None = None


class Waiting:
    """The file in a folder. Several processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / NAME

    def put(self, attempt: Attempt) -> None:
        """On the disk when this returns. The same key again is the same attempt."""
        with self._open() as db:
            db.execute(
                "INSERT OR IGNORE INTO attempt (key, record) VALUES (?, ?)",
                (attempt.key, msgspec.json.encode(attempt)),
            )

    def oldest(self, limit: int) -> list[Attempt]:
        """In the order in which they happened; those with trouble are left out."""
        if not self.path.exists():
            return []
        with self._open() as db:
            rows = db.execute(
                "SELECT record FROM attempt WHERE trouble = '' ORDER BY place LIMIT ?",
                (limit,),
            ).fetchall()
        return [msgspec.json.decode(row[0], type=Attempt) for row in rows]

    def remove(self, key: str) -> None:
        with self._open() as db:
            db.execute("DELETE FROM attempt WHERE key = ?", (key,))

    def set_aside(self, key: str, trouble: str) -> None:
        """The database will never take it: it stays here, and others go on."""
        with self._open() as db:
            db.execute("UPDATE attempt SET trouble = ? WHERE key = ?", (trouble, key))

    def wrong_pins(self, patron_id: int) -> WrongPins:
        if not self.path.exists():
            return WrongPins()
        with self._open() as db:
            return _wrong(db, patron_id)

    @contextmanager
    def counting(self, patron_id: int, now: datetime) -> Iterator["Counting"]:
        """Change the count of one patron; no other process does meanwhile."""
        with self._open() as db:
            counting = Counting(_wrong(db, patron_id), now)
            yield counting
            db.execute(
                "INSERT OR REPLACE INTO wrong_pin VALUES (?, ?, ?)",
                (
                    patron_id,
                    msgspec.json.encode(counting.count),
                    counting.now.timestamp(),
                ),
            )

    def forget_wrong_pins(self, *, before: datetime) -> None:
        """Those whose newest one is older; the database counts by itself again."""
        if not self.path.exists():
            return
        with self._open() as db:
            db.execute("DELETE FROM wrong_pin WHERE at < ?", (before.timestamp(),))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A transaction that holds the write lock from its beginning."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        with closing(
            sqlite3.connect(self.path, timeout=WAIT, isolation_level=None)
        ) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.execute("BEGIN IMMEDIATE")
            for statement in SCHEMA.split(";"):
                db.execute(statement)
            try:
                yield db
            except BaseException:
                db.rollback()
                raise
            db.commit()


@dataclass(slots=True)
class Counting:
    count: WrongPins
    now: datetime


def _wrong(db: sqlite3.Connection, patron_id: int) -> WrongPins:
    row = db.execute(
        "SELECT record FROM wrong_pin WHERE patron = ?", (patron_id,)
    ).fetchone()
    return WrongPins() if row is None else msgspec.json.decode(row[0], type=WrongPins)
