"""What patrons ask of the outside; adapters keep these."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from kortisto.domain.patrons.population import Changes, Person


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
