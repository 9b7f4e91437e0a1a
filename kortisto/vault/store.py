"""Codes and their keys: keep, find, resolve, drop."""

import secrets
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kortisto.vault import database
from kortisto.vault.database import DATA, LOOK_UP, write_log
from kortisto.vault.places import VaultTrouble
from kortisto.vault.sealing import Sealed, digest, seal, unseal

LEASE: Final = 600  # seconds after a reservation in which nobody drops the key
PAGE: Final = 500  # keys


class UnknownKey(Exception):
    """The vault does not have the key."""


@dataclass(frozen=True, slots=True)
class Asker:
    """For the log: the account that asks, in whose name, and why."""

    account: str
    actor: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    key: str
    known: bool  # confirmed, now or before


class Store:
    """The vault over its database. Threads may share it; ``now`` is in seconds."""

    def __init__(self, path: Path, master: bytes) -> None:
        self._master = master
        self._data_keys: dict[int, bytes] = {}
        self._db = database.opened(path)
        with self._db.reading() as connection:
            _, self._look_up_key = self._active(connection, LOOK_UP)

    def reserve(self, code: str, *, by: Asker, now: int) -> Kept:
        """The key of a code: the one it has, or a new one that is pending."""
        found_by = digest(self._look_up_key, code)
        with self._db.writing() as connection:
            row = connection.execute(
                "UPDATE code SET reserved_at = ? WHERE digest = ?"
                " RETURNING key, confirmed",
                [now, found_by],
            ).fetchone()
            if row is not None:
                return Kept(row[0], known=bool(row[1]))
            key = secrets.token_hex(16)
            key_id, data_key = self._active(connection, DATA)
            sealed = seal(data_key, code.encode(), about=_about(key, key_id))
            connection.execute(
                "INSERT INTO code"
                " (key, digest, data_key, nonce, sealed, confirmed, reserved_at)"
                " VALUES (?, ?, ?, ?, ?, 0, ?)",
                [key, found_by, key_id, sealed.nonce, sealed.text, now],
            )
            _log(connection, "keep", key, by, now)
        return Kept(key, known=False)

    def confirm(self, keys: Collection[str]) -> None:
        with self._db.writing() as connection:
            connection.executemany(
                "UPDATE code SET confirmed = 1 WHERE key = ?", [[key] for key in keys]
            )

    def drop(self, keys: Collection[str], *, by: Asker, now: int) -> list[str]:
        """Forget codes, but none that was reserved within the lease."""
        gone: list[str] = []
        with self._db.writing() as connection:
            for key in keys:
                deleted = connection.execute(
                    "DELETE FROM code WHERE key = ? AND reserved_at <= ?",
                    [key, now - LEASE],
                )
                if deleted.rowcount:
                    _log(connection, "drop", key, by, now)
                    gone.append(key)
        return gone

    def find(self, code: str) -> str | None:
        with self._db.reading() as connection:
            row = connection.execute(
                "SELECT key FROM code WHERE digest = ?",
                [digest(self._look_up_key, code)],
            ).fetchone()
        return None if row is None else row[0]

    def resolve(self, key: str, *, by: Asker, now: int) -> str:
        """The code; the log says so before anybody has it. Raises UnknownKey."""
        with self._db.writing() as connection:
            row = connection.execute(
                "SELECT data_key, nonce, sealed FROM code WHERE key = ?", [key]
            ).fetchone()
            _log(connection, "resolve" if row else "resolve-unknown", key, by, now)
            opener = None if row is None else self._data_key(connection, row[0])
        if row is None or opener is None:
            raise UnknownKey
        sealed = Sealed(row[1], row[2])
        return unseal(opener, sealed, about=_about(key, row[0])).decode()

    def unknown(self, keys: Collection[str]) -> list[str]:
        with self._db.reading() as connection:
            return [
                key
                for key in keys
                if connection.execute(
                    "SELECT 1 FROM code WHERE key = ?", [key]
                ).fetchone()
                is None
            ]

    def page(self, after: str, *, only_pending: bool) -> Sequence[tuple[str, bool]]:
        """The next keys, each with whether it is pending."""
        pending = "AND confirmed = 0" if only_pending else ""
        with self._db.reading() as connection:
            rows = connection.execute(
                f"SELECT key, confirmed = 0 FROM code WHERE key > ? {pending}"
                " ORDER BY key LIMIT ?",
                [after, PAGE],
            ).fetchall()
        return [(key, bool(is_pending)) for key, is_pending in rows]

    def reseal_some(self, most: int) -> int:
        """Seal codes of retired data keys with the active one. Gives how many."""
        with self._db.writing() as connection:
            active_id, active = self._active(connection, DATA)
            rows = connection.execute(
                "SELECT key, data_key, nonce, sealed FROM code"
                " WHERE data_key IN (SELECT id FROM wrapped_key"
                " WHERE purpose = 'data' AND active = 0) LIMIT ?",
                [most],
            ).fetchall()
            for key, key_id, nonce, text in rows:
                opener = self._data_key(connection, key_id)
                code = unseal(opener, Sealed(nonce, text), about=_about(key, key_id))
                sealed = seal(active, code, about=_about(key, active_id))
                connection.execute(
                    "UPDATE code SET data_key = ?, nonce = ?, sealed = ? WHERE key = ?",
                    [active_id, sealed.nonce, sealed.text, key],
                )
        return len(rows)

    def close(self) -> None:
        self._db.close()

    def _active(
        self, connection: sqlite3.Connection, purpose: str
    ) -> tuple[int, bytes]:
        """Asked inside the transaction that uses it: a rotation may have come by."""
        row = connection.execute(
            "SELECT id FROM wrapped_key WHERE purpose = ? AND active = 1", [purpose]
        ).fetchone()
        if row is None:
            message = f"the vault has no {purpose} key"
            raise VaultTrouble(message)
        return row[0], self._data_key(connection, row[0], purpose)

    def _data_key(
        self, connection: sqlite3.Connection, key_id: int, purpose: str = DATA
    ) -> bytes:
        """Only the last one used is remembered: a destroyed key is forgotten."""
        if key_id not in self._data_keys:
            row = connection.execute(
                "SELECT nonce, sealed FROM wrapped_key WHERE id = ?", [key_id]
            ).fetchone()
            about = database.about_key(purpose, key_id)
            key = unseal(self._master, Sealed(*row), about=about)
            self._data_keys = {key_id: key}
        return self._data_keys[key_id]


def _about(key: str, key_id: int) -> str:
    """What a sealed code is bound to: its row and its data key."""
    return f"code {key} by {key_id}"


def _log(
    connection: sqlite3.Connection, what: str, key: str, by: Asker, now: int
) -> None:
    write_log(
        connection,
        what,
        now=now,
        account=by.account,
        actor=by.actor,
        key=key,
        reason=by.reason,
    )
