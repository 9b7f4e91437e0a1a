"""What patrons ask of the outside; adapters keep these."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reservation:
    """A key for a code. ``known``: the vault had confirmed the code before."""

    key: str
    known: bool


@dataclass(frozen=True, slots=True)
class KeptKey:
    """A key that the vault has. ``pending``: reserved, and not confirmed yet."""

    key: str
    pending: bool


class IdentityVault(Protocol):
    """The store of personal identity codes: a service apart, which gives keys for them.

    Codes come in as ``IdentityCode.code``. Everything raises AdapterError, whose
    message never holds a code. ``actor`` is how the vault's own log names who asked
    (``staff:12``); ``reason`` is kept there too.
    """

    @property
    def is_set_up(self) -> bool:
        """Whether this installation has been given a vault at all."""

    def reserve(self, code: str, *, actor: str) -> Reservation:
        """The key of a code, new or the one it has. Again and again gives the same.

        A new one is pending until it is confirmed. For ten minutes after each
        reservation the vault drops the key for nobody: so long has a transaction to
        store it.
        """

    def confirm(self, keys: Collection[str]) -> None:
        """Patrons use these keys. Keys that the vault does not have are passed by."""

    def drop(self, keys: Collection[str], *, actor: str, reason: str) -> frozenset[str]:
        """Forget these keys and their codes, unless they are reserved just now.

        Gives those that are gone.
        """

    def find(self, code: str) -> str | None:
        """The key of a code; None when the vault does not have it."""

    def resolve(self, key: str, *, actor: str, reason: str) -> str:
        """The code itself, for a bill. Logged by the vault before it answers."""

    def unknown(self, keys: Collection[str]) -> frozenset[str]:
        """Those of the keys that the vault does not have."""

    def page(
        self, *, after: str = "", only_pending: bool = False
    ) -> tuple[KeptKey, ...]:
        """The next keys after one, in order; an empty page is the end."""

    def ping(self) -> None:
        """Raises AdapterError, with a reason in words, unless it can be asked."""
