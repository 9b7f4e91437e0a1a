"""The copy of what doors decide by: one SQLite file, for its owner's eyes only.

It holds cards, PIN hashes and dated facts, no name and no address. One keeper writes
it in whole transactions; any number of doors read it meanwhile (WAL). It is a cache:
a file that cannot be read, or of another format, is made anew.
"""

import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from kortisto.core.followers import Position
from kortisto.domain.entry.rules import Conditions, PersonFacts

FORMAT: Final = 3  # grows with every change of what is kept
NAME: Final = "snapshot.sqlite3"
WAIT: Final = 0.2  # seconds for the other side's lock
SCHEMA: Final = """
    CREATE TABLE note (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE person (id INTEGER PRIMARY KEY, record BLOB NOT NULL);
    CREATE TABLE card (number TEXT PRIMARY KEY, person INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX card_person ON card (person);
    CREATE TABLE ended (number TEXT PRIMARY KEY, person INTEGER NOT NULL,
        code TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX ended_person ON ended (person);
    CREATE TABLE library (id INTEGER PRIMARY KEY, record BLOB NOT NULL);
    CREATE TABLE door (id INTEGER PRIMARY KEY, record BLOB NOT NULL);
"""
TABLES: Final = ("note", "person", "card", "ended", "library", "door")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """A person as kept: the facts, and what checking the PIN needs."""

    facts: PersonFacts
    cards: tuple[str, ...]  # active ones, in capitals
    pin_hash: str = ""
    locked_until: datetime | None = None
    wrong_pins: tuple[str, ...] = ()  # keyed digests, as the database has them
    pin_attempts: int = 5
    pin_lock_minutes: int = 15


class EndedCard(NamedTuple):
    """A card that has been replaced, or whose patron is in the bin."""

    number: str  # in capitals
    patron_id: int
    code: str  # of the reason


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryRecord:
    conditions: Conditions
    snapshot_hours: int  # how old the copy may be when this library decides by it


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorRecord:
    library_id: int
    label: str
    token_digest: str


class State(NamedTuple):
    """How new the copy is. ``confirmed_at``: it was as new as the database then."""

    position: Position
    configuration: int
    day: str  # local day that the calendars begin with
    confirmed_at: datetime


class NoCopy(Exception):
    """There is no copy that could be read."""


class Store:
    """The file in a folder. Each use opens it anew, so that a new file is noticed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / NAME

    # Reading: a door's side.

    def state(self) -> State:
        """Raises NoCopy."""
        with self._reading() as db:
            return _state(db)

    def person_by_card(self, number: str) -> PersonRecord | None:
        """``number`` in capitals, without spaces. Raises NoCopy."""
        found = self._one(
            "SELECT p.record FROM card c JOIN person p ON p.id = c.person"
            " WHERE c.number = ?",
            number,
        )
        return None if found is None else msgspec.json.decode(found, type=PersonRecord)

    def library(self, library_id: int) -> LibraryRecord | None:
        found = self._one("SELECT record FROM library WHERE id = ?", library_id)
        return None if found is None else msgspec.json.decode(found, type=LibraryRecord)

    def door(self, device_id: int) -> DoorRecord | None:
        found = self._one("SELECT record FROM door WHERE id = ?", device_id)
        return None if found is None else msgspec.json.decode(found, type=DoorRecord)

    def people(self) -> Iterator[PersonRecord]:
        """Everybody, for lists. Raises NoCopy."""
        with self._reading() as db:
            for (record,) in db.execute("SELECT record FROM person ORDER BY id"):
                yield msgspec.json.decode(record, type=PersonRecord)

    def ended_cards(self) -> dict[str, str]:
        """Numbers that open nothing any more, and the code of why. Raises NoCopy."""
        with self._reading() as db:
            return dict(db.execute("SELECT number, code FROM ended"))

    def _one(self, statement: str, key: int | str) -> bytes | None:
        with self._reading() as db:
            row = db.execute(statement, (key,)).fetchone()
        return None if row is None else row[0]

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(_connect(self.path)) as db:
                db.execute("PRAGMA query_only = on")
                if _note(db, "format") != str(FORMAT) or not _is_whole(db):
                    raise NoCopy
                yield db
        except sqlite3.Error as error:
            raise NoCopy from error

    # Writing: the keeper's side.

    @contextmanager
    def writing(self) -> Iterator["Writer"]:
        """One transaction; nothing of it is seen before it ends well."""
        self._make()
        with closing(_connect(self.path)) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield Writer(db)
            except BaseException:
                db.rollback()
                raise
            db.commit()

    def _make(self) -> None:
        """A file that only its owner can read, before anything is written to it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        with closing(_connect(self.path)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            if _has_tables(db) and _note(db, "format") == str(FORMAT):
                return
            db.executescript(
                "BEGIN IMMEDIATE;"
                + "".join(f"DROP TABLE IF EXISTS {table};" for table in TABLES)
                + SCHEMA
                + f"INSERT INTO note VALUES ('format', '{FORMAT}'); COMMIT;"
            )

    def throw_away(self) -> None:
        """Forget a file that cannot be used; the next writing makes it anew."""
        for ending in ("", "-wal", "-shm"):
            self.path.with_name(NAME + ending).unlink(missing_ok=True)


class Writer:
    """What the keeper may do in a transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def state(self) -> State | None:
        """None for a copy that was never finished."""
        try:
            return _state(self._db)
        except NoCopy:
            return None

    def put_people(
        self,
        asked: Collection[int],
        found: Mapping[int, PersonRecord],
        ended: Iterable[EndedCard] = (),
    ) -> None:
        """Those asked for are as found now; who was not found has gone."""
        keys = [(one,) for one in asked]
        self._db.executemany("DELETE FROM card WHERE person = ?", keys)
        self._db.executemany("DELETE FROM ended WHERE person = ?", keys)
        self._db.executemany("DELETE FROM person WHERE id = ?", keys)
        self._db.executemany("INSERT OR REPLACE INTO ended VALUES (?, ?, ?)", ended)
        self._db.executemany(
            "INSERT INTO person VALUES (?, ?)",
            [(id_, msgspec.json.encode(record)) for id_, record in found.items()],
        )
        self._db.executemany(
            "INSERT OR REPLACE INTO card VALUES (?, ?)",
            [(number, id_) for id_, record in found.items() for number in record.cards],
        )

    def people_between(self, after: int, up_to: int | None) -> list[int]:
        """Ids that are kept, greater than ``after`` and not beyond ``up_to``."""
        rows = self._db.execute(
            "SELECT id FROM person WHERE id > :after AND id <= :last"
            " UNION SELECT person FROM ended WHERE person > :after AND person <= :last",
            {"after": after, "last": 2**62 if up_to is None else up_to},
        )
        return [row[0] for row in rows]

    def put_libraries(self, libraries: Mapping[int, LibraryRecord]) -> None:
        self._replace("library", libraries.items())

    def put_doors(self, doors: Mapping[int, DoorRecord]) -> None:
        self._replace("door", doors.items())

    def _replace(self, table: str, rows: Iterable[tuple[int, object]]) -> None:
        self._db.execute(f"DELETE FROM {table}")
        self._db.executemany(
            f"INSERT INTO {table} VALUES (?, ?)",
            [(id_, msgspec.json.encode(record)) for id_, record in rows],
        )

    def put_state(self, state: State) -> None:
        self._db.executemany(
            "INSERT OR REPLACE INTO note VALUES (?, ?)",
            [
                ("txid", str(state.position.txid)),
                ("event", str(state.position.event_id)),
                ("configuration", str(state.configuration)),
                ("day", state.day),
                ("confirmed_at", state.confirmed_at.isoformat()),
            ],
        )


def _connect(path: Path) -> sqlite3.Connection:
    """Raises sqlite3.Error when there is no file: only the keeper makes one."""
    db = sqlite3.connect(
        f"{path.as_uri()}?mode=rw", uri=True, timeout=WAIT, isolation_level=None
    )
    db.execute("PRAGMA synchronous = NORMAL")  # a cache: it can be made anew
    return db


def _has_tables(db: sqlite3.Connection) -> bool:
    found = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'note'")
    return found.fetchone() is not None


def _is_whole(db: sqlite3.Connection) -> bool:
    """Not while the first copy is being made: an empty list would let everybody in."""
    return _note(db, "confirmed_at") is not None


def _note(db: sqlite3.Connection, name: str) -> str | None:
    row = db.execute("SELECT value FROM note WHERE name = ?", (name,)).fetchone()
    return None if row is None else row[0]


def _state(db: sqlite3.Connection) -> State:
    notes = dict(db.execute("SELECT name, value FROM note"))
    if "confirmed_at" not in notes:
        raise NoCopy
    return State(
        Position(int(notes["txid"]), int(notes["event"])),
        int(notes["configuration"]),
        notes["day"],
        datetime.fromisoformat(notes["confirmed_at"]),
    )
