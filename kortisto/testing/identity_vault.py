"""The identity vault in memory: as the real one, with a clock that tests set."""

import secrets
import threading
from collections.abc import Collection
from dataclasses import dataclass, field

from kortisto.core.failures import AdapterError
from kortisto.domain.patrons.ports import KeptKey, Reservation

LEASE = 600  # seconds
PAGE = 500


@dataclass
class _Row:
    code: str
    confirmed: bool
    reserved_at: float


@dataclass
class MemoryVault:
    """``fails`` is raised by whatever is asked next, until it is None again."""

    now: float = 0.0
    fails: AdapterError | None = None
    is_set_up: bool = True
    rows: dict[str, _Row] = field(default_factory=dict)
    log: list[tuple[str, str, str]] = field(default_factory=list)
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def reserve(self, code: str, *, actor: str) -> Reservation:
        with self._turn:
            key = self.find(code)
            if key is None:
                key = secrets.token_hex(16)
                self.rows[key] = _Row(code, confirmed=False, reserved_at=self.now)
                self.log.append(("keep", key, actor))
            self.rows[key].reserved_at = self.now
            return Reservation(key, known=self.rows[key].confirmed)

    def confirm(self, keys: Collection[str]) -> None:
        self._answer()
        for key in keys:
            if key in self.rows:
                self.rows[key].confirmed = True

    def drop(self, keys: Collection[str], *, actor: str, reason: str) -> frozenset[str]:
        self._answer()
        gone = frozenset(
            key
            for key in keys
            if key in self.rows and self.rows[key].reserved_at <= self.now - LEASE
        )
        for key in gone:
            del self.rows[key]
            self.log.append(("drop", key, f"{actor} {reason}"))
        return gone

    def find(self, code: str) -> str | None:
        self._answer()
        rows = list(self.rows.items())
        return next((key for key, row in rows if row.code == code), None)

    def resolve(self, key: str, *, actor: str, reason: str) -> str:
        self._answer()
        self.log.append(("resolve", key, f"{actor} {reason}"))
        if key not in self.rows:
            message = "the vault does not have the key"
            raise AdapterError(message, permanent=True)
        return self.rows[key].code

    def unknown(self, keys: Collection[str]) -> frozenset[str]:
        self._answer()
        return frozenset(keys) - self.rows.keys()

    def page(
        self, *, after: str = "", only_pending: bool = False
    ) -> tuple[KeptKey, ...]:
        self._answer()
        kept = [
            KeptKey(key, pending=not row.confirmed)
            for key, row in sorted(self.rows.items())
            if key > after and not (only_pending and row.confirmed)
        ]
        return tuple(kept[:PAGE])

    def ping(self) -> None:
        self._answer()

    def _answer(self) -> None:
        if self.fails is not None:
            raise self.fails
