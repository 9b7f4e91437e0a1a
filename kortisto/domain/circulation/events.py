"""What others may hear about loans. Loans are named, patrons never (S35)."""

from dataclasses import dataclass

from kortisto.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanStarted(Event):
    """An item left with a patron."""

    SHORT_LIVED = True

    loan_id: int
    item_id: int
    record_id: int
    overridden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanRenewed(Event):
    """A loan got a later due date."""

    SHORT_LIVED = True

    loan_id: int
    item_id: int
    record_id: int
    renewals: int
    due_at: str
    overridden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanDueMoved(Event):
    """The due date of a loan was moved by the library. Moments as they are stored."""

    SHORT_LIVED = True

    loan_id: int
    item_id: int
    record_id: int
    before: str
    due_at: str
    why: str  # "closure:4", "due-dates:9"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanRulesMoved(Event):
    """A loan follows the rules and the calendar of another library from now on."""

    SHORT_LIVED = True

    loan_id: int
    item_id: int
    record_id: int
    library_id: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanEnded(Event):
    """An item came back."""

    SHORT_LIVED = True

    loan_id: int
    item_id: int
    record_id: int
    overdue: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanUndone(Event):
    """A check-out was taken back: the loan never counted."""

    SHORT_LIVED = True

    loan_id: int
    item_id: int
    record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnUndone(Event):
    """A check-in was taken back: the loan goes on."""

    SHORT_LIVED = True

    loan_id: int
    item_id: int
    record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanRecalled(Event):
    """A loan is due sooner, because somebody else needs the item."""

    SHORT_LIVED = True

    loan_id: int
    item_id: int
    record_id: int
    due_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallTakenBack(Event):
    """A recalled loan is due again when it was before."""

    SHORT_LIVED = True

    loan_id: int
    item_id: int
    record_id: int
    due_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanVoided(Event):
    """A loan had been made to the wrong person: it never counted."""

    SHORT_LIVED = True

    loan_id: int
    item_id: int
    record_id: int
    was_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanLost(Event):
    """A patron lost an item. ``ended``: the loan is over."""

    SHORT_LIVED = True

    loan_id: int
    item_id: int
    record_id: int
    lost: str  # the code that the item has now
    ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanDamaged(Event):
    """An item was damaged while it was on loan."""

    SHORT_LIVED = True

    loan_id: int
    item_id: int
    record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemMarked(Event):
    """Staff said at the desk that an item is missing, damaged, or in order again."""

    SHORT_LIVED = True

    item_id: int
    record_id: int
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LostItemFound(Event):
    """A lost item is back. ``charge`` says what became of its replacement charge."""

    SHORT_LIVED = True

    item_id: int
    record_id: int
    charge: str  # refund, refund-and-fine, refund-and-old-fine, keep, or none


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanClaimed(Event):
    """A patron says that a loan is not with them."""

    SHORT_LIVED = True

    loan_id: int
    item_id: int
    record_id: int
    claim: str  # returned or never-had


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedItemSought(Event):
    """Somebody looked for a claimed item in vain."""

    SHORT_LIVED = True

    loan_id: int
    item_id: int
    record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimResolved(Event):
    """It is known where a claimed item was, or that it is lost."""

    SHORT_LIVED = True

    loan_id: int
    item_id: int
    record_id: int
    resolution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimReopened(Event):
    """What had resolved a claim was undone: it stands again."""

    SHORT_LIVED = True

    loan_id: int
    item_id: int
    record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSeen(Event):
    """An item that was not on loan was checked in."""

    SHORT_LIVED = True

    item_id: int
    record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSent(Event):
    """An item started a journey to another library."""

    SHORT_LIVED = True

    item_id: int
    record_id: int
    destination_id: int
    why: str = ""  # of ``Transit.Reason``; empty: home, or to somebody who waits


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemUsedInHouse(Event):
    """Somebody read an item in the library without borrowing it."""

    item_id: int
    record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InHouseUseUndone(Event):
    """A use in the library was not one."""

    item_id: int
    record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryForgotten(Event):
    """Returned loans forgot who had borrowed (S35)."""

    loans: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsForgotten(Event):
    """Claims that had been resolved long ago are known to nobody any more."""

    claims: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FloatingTried(Event):
    """Somebody let floating be tried against the returns that were."""

    libraries: int
    item_types: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesTried(Event):
    """Somebody let a version of the rules be tried against the loans that were."""

    version: int
