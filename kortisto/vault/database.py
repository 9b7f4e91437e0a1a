"""The vault's own database: an SQLite file that nothing else opens."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from kortisto.vault.places import VaultTrouble
from kortisto.vault.sealing import OWNER_ONLY, new_key, seal

VERSION: Final = 1
WAIT: Final = 10.0  # seconds for another process's write, such as a rotation's
DATA, LOOK_UP = "data", "look-up"  # what a key is for

SCHEMA: Final = (
    """CREATE TABLE wrapped_key (
        id INTEGER PRIMARY KEY,
        purpose TEXT NOT NULL CHECK (purpose IN ('data', 'look-up')),
        active INTEGER NOT NULL CHECK (active IN (0, 1)),
        made_at INTEGER NOT NULL,
        nonce BLOB NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT""",
    """CREATE UNIQUE INDEX one_key_of_each_purpose_is_active
        ON wrapped_key (purpose) WHERE active = 1""",
    """CREATE TABLE code (
        key TEXT PRIMARY KEY,
        digest BLOB NOT NULL UNIQUE,
        data_key INTEGER NOT NULL REFERENCES wrapped_key (id) ON DELETE RESTRICT,
        nonce BLOB NOT NULL UNIQUE,
        sealed BLOB NOT NULL,
        confirmed INTEGER NOT NULL CHECK (confirmed IN (0, 1)),
        reserved_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX code_pending ON code (key) WHERE confirmed = 0",
    "CREATE INDEX code_data_key ON code (data_key)",
    """CREATE TABLE account (
        name TEXT PRIMARY KEY,
        rights TEXT NOT NULL,
        made_at INTEGER NOT NULL,
        nonce BLOB NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT""",
    """CREATE TABLE seen (
        account TEXT NOT NULL,
        nonce TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (account, nonce)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX seen_at ON seen (at)",
    """CREATE TABLE log (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        account TEXT NOT NULL,
        actor TEXT NOT NULL,
        what TEXT NOT NULL,
        key TEXT NOT NULL,
        reason TEXT NOT NULL
    ) STRICT""",
    """CREATE TRIGGER the_log_is_never_changed BEFORE UPDATE ON log
        BEGIN SELECT RAISE(ABORT, 'the log is never changed'); END""",
    """CREATE TRIGGER the_log_is_never_shortened BEFORE DELETE ON log
        BEGIN SELECT RAISE(ABORT, 'the log is never shortened'); END""",
)


class Database:
    """One connection that threads take turns with; each turn is a transaction.

    ``durable``: a commit has reached the disk before it returns.
    """

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        self._turn = threading.Lock()
        self._connection = sqlite3.connect(
            path, timeout=WAIT, isolation_level=None, check_same_thread=False
        )
        self._connection.execute("PRAGMA foreign_keys=ON")
        self._connection.execute("PRAGMA secure_delete=ON")
        how = "FULL" if durable else "NORMAL"
        self._connection.execute(f"PRAGMA synchronous={how}")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        with self._turn:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with self._turn:
            yield self._connection

    def empty_the_journal(self) -> None:
        """Overwrite what the write-ahead log still holds of rows that are gone."""
        with self._turn:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        with self._turn:
            self._connection.close()


def create(path: Path, master: bytes, *, now: int) -> None:
    """Make the tables and the first keys, unless they are there. All or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.parent.chmod(0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, OWNER_ONLY))
    database = Database(path)
    try:
        with database.reading() as connection:
            connection.execute("PRAGMA journal_mode=WAL")
        with database.writing() as connection:
            if _version(connection) == 0:
                for statement in SCHEMA:
                    connection.execute(statement)
                add_key(connection, LOOK_UP, new_key(), master=master, now=now)
                add_key(connection, DATA, new_key(), master=master, now=now)
                connection.execute(f"PRAGMA user_version={VERSION}")
    finally:
        database.close()


def opened(path: Path, *, durable: bool = True) -> Database:
    """Raises VaultTrouble when there is none, or one of another version."""
    if not path.is_file():
        message = "there is no vault yet: run kortisto vault init"
        raise VaultTrouble(message)
    database = Database(path, durable=durable)
    with database.reading() as connection:
        version = _version(connection)
    if version != VERSION:
        database.close()
        message = f"the vault's database has the form {version}, not {VERSION}"
        raise VaultTrouble(message)
    return database


def add_key(
    connection: sqlite3.Connection, purpose: str, key: bytes, *, master: bytes, now: int
) -> int:
    """Keep a key, sealed, as the active one of its purpose. Gives its id."""
    connection.execute("UPDATE wrapped_key SET active = 0 WHERE purpose = ?", [purpose])
    newest = connection.execute("SELECT coalesce(max(id), 0) FROM wrapped_key")
    key_id: int = newest.fetchone()[0] + 1
    sealed = seal(master, key, about=about_key(purpose, key_id))
    connection.execute(
        "INSERT INTO wrapped_key (id, purpose, active, made_at, nonce, sealed)"
        " VALUES (?, ?, 1, ?, ?, ?)",
        [key_id, purpose, now, sealed.nonce, sealed.text],
    )
    return key_id


def about_key(purpose: str, key_id: int) -> str:
    return f"{purpose} key {key_id}"


def write_log(
    connection: sqlite3.Connection,
    what: str,
    *,
    now: int,
    account: str = "",
    actor: str = "",
    key: str = "",
    reason: str = "",
) -> None:
    """One line more in the log that is only ever added to."""
    connection.execute(
        "INSERT INTO log (at, account, actor, what, key, reason)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [now, account, actor, what, key, reason],
    )


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version
