"""What patrons ask of the outside; adapters keep these."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from kortisto.domain.patrons.population import Changes, Person


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


class PopulationRegister(Protocol):
    """The population register (DVV), by the permit of one municipality.

    Everything raises AdapterError. No identity code and no password is ever in its
    message, or in a log.
    """

    def key_of(self, day: date) -> int:
        """The registration key with which the changes of a day begin."""

    def changes_since(self, key: int) -> Changes:
        """The next page of changes after a registration key, oldest first.

        Of everybody whom the permit covers: no list of people is sent.
        """

    def persons(self, codes: Sequence[str]) -> Sequence[Person]:
        """What is true now of each; people who are not found are left out."""

    def person(self, code: str, *, asked_by: str) -> Person | None:
        """One person, by the single query; None when there is nobody.

        ``asked_by`` is how the register's log names who asked (``staff:12``).
        """
