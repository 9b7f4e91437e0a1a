"""Who may ask the vault: accounts, their rights, and requests that prove who asks."""

import hmac
import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from kortisto.vault import database
from kortisto.vault.database import write_log
from kortisto.vault.places import VaultTrouble
from kortisto.vault.sealing import Sealed, new_key, seal, unseal
from kortisto.vault.signing import (
    ACCOUNT,
    NONCE,
    SIGNATURE,
    TIME,
    Signed,
    new_secret,
    signing_key,
)

WINDOW: Final = 30  # seconds that the clocks of both ends may differ
NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
NONCE_FORM: Final = re.compile(r"[0-9a-f]{32}")
TIME_FORM: Final = re.compile(r"[0-9]{1,12}")


class Right(StrEnum):
    DESK = "desk"  # keep, find and drop
    BILLING = "billing"  # resolve


class NotAuthentic(Exception):
    """A request that no account has sent, or has sent before."""


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    rights: frozenset[Right]
    made_at: int


class Accounts:
    def __init__(self, path: Path, master: bytes) -> None:
        self._master = master
        self._db = database.opened(path)
        # Nonces need not survive a power cut: it takes longer than the window.
        self._seen = database.opened(path, durable=False)
        self._nobody = new_key()

    def add(self, name: str, rights: Iterable[Right], *, now: int) -> str:
        """Gives the secret, which is kept nowhere. Raises VaultTrouble."""
        if not NAME.fullmatch(name):
            message = "an account's name has a-z, 0-9 and -, and begins with a letter"
            raise VaultTrouble(message)
        secret = new_secret()
        sealed = seal(self._master, signing_key(secret), about=_about(name))
        written = ",".join(sorted(rights))
        with self._db.writing() as connection:
            try:
                connection.execute(
                    "INSERT INTO account (name, rights, made_at, nonce, sealed)"
                    " VALUES (?, ?, ?, ?, ?)",
                    [name, written, now, sealed.nonce, sealed.text],
                )
            except sqlite3.IntegrityError:
                message = f"the account {name} exists already: remove it first"
                raise VaultTrouble(message) from None
            write_log(
                connection, "account-added", now=now, account=name, reason=written
            )
        return secret

    def remove(self, name: str, *, now: int) -> None:
        """The account is gone at once, and leaves only its lines in the log."""
        with self._db.writing() as connection:
            gone = connection.execute("DELETE FROM account WHERE name = ?", [name])
            if not gone.rowcount:
                message = f"there is no account {name}"
                raise VaultTrouble(message)
            write_log(connection, "account-removed", now=now, account=name)

    def all(self) -> list[Account]:
        with self._db.reading() as connection:
            rows = connection.execute(
                "SELECT name, rights, made_at FROM account ORDER BY name"
            ).fetchall()
        return [Account(name, _rights(text), made_at) for name, text, made_at in rows]

    def sender(
        self, headers: Mapping[str, str], path: str, body: bytes, *, now: int
    ) -> Account:
        """Whose request it is. Raises NotAuthentic.

        The same for an unknown account and a wrong signature, in the same time. A
        signature is taken once, and only while its time is within the window.
        """
        signed = Signed(
            account=headers[ACCOUNT],
            path=path,
            time=headers[TIME],
            nonce=headers[NONCE],
            body=body,
        )
        account, key = self._account(signed.account)
        right = hmac.compare_digest(
            signed.signature(key).encode(),
            headers[SIGNATURE].encode(errors="replace"),
        )
        if (
            account is None
            or not right
            or not TIME_FORM.fullmatch(signed.time)
            or not NONCE_FORM.fullmatch(signed.nonce)
            or abs(now - int(signed.time)) > WINDOW
        ):
            raise NotAuthentic
        self._use(signed, now=now)
        return account

    def close(self) -> None:
        self._db.close()
        self._seen.close()

    def _account(self, name: str) -> tuple[Account | None, bytes]:
        with self._db.reading() as connection:
            row = connection.execute(
                "SELECT rights, made_at, nonce, sealed FROM account WHERE name = ?",
                [name],
            ).fetchone()
        if row is None:
            return None, self._nobody
        rights, made_at, nonce, text = row
        key = unseal(self._master, Sealed(nonce, text), about=_about(name))
        return Account(name, _rights(rights), made_at), key

    def _use(self, signed: Signed, *, now: int) -> None:
        with self._seen.writing() as connection:
            connection.execute("DELETE FROM seen WHERE at < ?", [now - 2 * WINDOW - 1])
            try:
                connection.execute(
                    "INSERT INTO seen (account, nonce, at) VALUES (?, ?, ?)",
                    [signed.account, signed.nonce, now],
                )
            except sqlite3.IntegrityError:
                raise NotAuthentic from None


def _rights(text: str) -> frozenset[Right]:
    return frozenset(Right(each) for each in text.split(",") if each)


def _about(name: str) -> str:
    return f"account {name}"
