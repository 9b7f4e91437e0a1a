"""What others may hear about the privacy of patrons. Reading is an event too."""

from dataclasses import dataclass

from kortisto.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PatronLogRead(Event):
    """Somebody read what the event log says about a patron."""

    PATRON = "patron_id"

    patron_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PatronDataGathered(Event):
    """Everything held on a patron was put into a file for the patron (GDP-2)."""

    PATRON = "patron_id"

    patron_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffWordsGathered(Event):
    """With it, what staff have written about the patron for each other."""

    PATRON = "patron_id"

    patron_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureAsked(Event):
    """The days after which a patron is erased have begun (GDP-2)."""

    PATRON = "patron_id"

    patron_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureTakenBack(Event):
    PATRON = "patron_id"

    patron_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PatronErased(Event):
    """A patron is gone. ``kept``: the law keeps accounts, under a number only."""

    PATRON = "patron_id"

    patron_id: int
    kept: bool
