"""What others may hear about patrons. Ids only; reading is an event too (LOG-1)."""

from dataclasses import dataclass

from kortisto.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PatronViewed(Event):
    """Somebody looked at a patron's data."""

    PATRON = "patron_id"

    patron_id: int
    page: str  # what was looked at: "patron", "checkout", "search"


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryChanged(Event):
    """It was decided anew what a category asks for; ``category``: its code."""

    category: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PatronRegistered(Event):
    PATRON = "patron_id"

    patron_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PatronChanged(Event):
    """Fields of a patron were changed; which, not what they hold."""

    PATRON = "patron_id"

    patron_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PatronBinned(Event):
    """A patron was deleted; for a month they can be taken back (PAT-13)."""

    PATRON = "patron_id"

    patron_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PatronTakenOut(Event):
    """A deleted patron was taken out of the bin."""

    PATRON = "patron_id"

    patron_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PinChanged(Event):
    PATRON = "patron_id"

    patron_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PatronLoggedIn(Event):
    PATRON = "patron_id"

    patron_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PinWasWrong(Event):
    """A wrong PIN was tried; ``locked`` when it was one too many."""

    PATRON = "patron_id"

    patron_id: int
    locked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PinUnlocked(Event):
    """Staff opened a log-in that wrong PINs had locked."""

    PATRON = "patron_id"

    patron_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictionAdded(Event):
    PATRON = "patron_id"

    patron_id: int
    restriction_id: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictionLifted(Event):
    PATRON = "patron_id"

    patron_id: int
    restriction_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictionTypeChanged(Event):
    """It was decided anew what a type of restrictions does; ``kind``: its code."""

    kind: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityGiven(Event):
    """The patron has a key of the identity vault; ``instead`` of a wrong one."""

    PATRON = "patron_id"

    patron_id: int
    instead: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentitySkipped(Event):
    """Somebody decided that the patron has no key for now, and said why."""

    PATRON = "patron_id"

    patron_id: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityRemoved(Event):
    PATRON = "patron_id"

    patron_id: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityResolved(Event):
    """Somebody asked for the code behind the key. Written before it was asked for."""

    PATRON = "patron_id"

    patron_id: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationRegisterAsked(Event):
    """Somebody asked the population register about a person, by the single query."""

    found: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipRenewed(Event):
    """The data was checked and the card is good for longer (S15)."""

    PATRON = "patron_id"

    patron_id: int
    renewal_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GrewUp(Event):
    """Somebody came of age: another category, and guardians answer no more (PAT-12)."""

    PATRON = "patron_id"

    patron_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteWritten(Event):
    PATRON = "patron_id"

    patron_id: int
    note_id: int
    audience: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteWithdrawn(Event):
    PATRON = "patron_id"

    patron_id: int
    note_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedAddressViewed(Event):
    """Somebody looked at the address of a protected person, and said why (GDP-5)."""

    PATRON = "patron_id"

    patron_id: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesRequested(Event):
    """A patron, or a guardian, asked for changes that staff have to accept (PAT-15)."""

    PATRON = "patron_id"

    patron_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesAnswered(Event):
    """What was asked for on the web has been accepted, or not."""

    PATRON = "patron_id"

    patron_id: int
    accepted: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailReplaced(Event):
    """A patron gave another e-mail address on the web; the change has the old one."""

    PATRON = "patron_id"

    patron_id: int
    change_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredOnline(Event):
    """Somebody who was strongly identified registered themselves (PAT-10)."""

    PATRON = "patron_id"

    patron_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFetched(Event):
    """A provisional patron showed who they are, got a card, and is an ordinary one."""

    PATRON = "patron_id"

    patron_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationForgotten(Event):
    """A provisional patron who never came, or should not have registered, is gone."""

    PATRON = "patron_id"

    patron_id: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PatronsMerged(Event):
    """Everything of one record moved to another of the same person (PAT-14)."""

    PATRON = "patron_id"

    patron_id: int
    merged_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeUndone(Event):
    """There are two records again."""

    PATRON = "patron_id"

    patron_id: int
    merged_id: int
