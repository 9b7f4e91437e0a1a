"""What others may hear about open libraries.

An attempt to enter names no patron: the log is kept for ever, who came is not.
"""

from dataclasses import dataclass

from kortisto.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsAccepted(Event):
    PATRON = "patron_id"

    patron_id: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianAnswered(Event):
    """``answer``: yes, no, or empty when the word was taken back or has lapsed."""

    PATRON = "patron_id"

    patron_id: int
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryBanned(Event):
    PATRON = "patron_id"

    patron_id: int
    ban_id: int
    ends_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryBanLifted(Event):
    PATRON = "patron_id"

    patron_id: int
    ban_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryAttempted(Event):
    """Somebody wanted to enter; ``code`` says granted, or why not."""

    attempt_id: int
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntriesViewed(Event):
    """Somebody read who had tried to enter a library, for some days."""

    library_id: int
    first_day: str
    last_day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryAsked(Event):
    """Staff asked whether a patron may enter a library, and why (not)."""

    PATRON = "patron_id"

    patron_id: int
    library_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntriesForgotten(Event):
    """Old attempts forgot who had tried; bans long over were forgotten."""

    attempts: int
    bans: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorChanged(Event):
    """A door was added or removed."""

    device_id: int
    what: str
