"""Settings of the organisation: typed, documented, inherited down the tree.

A setting decided at a unit holds for it and everything below it until a unit further
down decides otherwise. Apps above declare their own with ``declare``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar

from django.utils.translation import gettext_lazy as _

from kortisto.core import counted
from kortisto.core.values import Cents, Choice, Kind, Maybe, WholeNumber, Words, YesNo

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Setting(Generic[T]):
    """One thing that units decide. The key is stored and never changes."""

    key: str
    kind: Kind[T]
    default: T
    title: Words
    help: Words

    @property
    def group(self) -> str:
        """The part of the key before its dot; pages group settings by it."""
        return self.key.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Sourced(Generic[T]):
    """A value and the unit that decided it; None when it is the default."""

    value: T
    unit_id: int | None


_declared: dict[str, Setting[Any]] = {}
SETTINGS: Final[Mapping[str, Setting[Any]]] = MappingProxyType(_declared)


def declare(
    key: str,
    kind: Kind[T],
    *,
    default: T,
    title: Words,
    help: Words,  # noqa: A002
) -> Setting[T]:
    """Add a setting. Two with the same key are a mistake and raise ValueError."""
    if key in _declared:
        message = f"the setting {key} is declared twice"
        raise ValueError(message)
    made = Setting(key, kind, default, title, help)
    _declared[key] = made
    return made


def setting(key: str) -> Setting[Any]:
    """The setting with this key. Raises LookupError when there is none."""
    found = _declared.get(key)
    if found is None:
        message = f"no such setting: {key}"
        raise LookupError(message)
    return found


FLOAT: Final = declare(
    "checkin.float",
    YesNo(),
    default=False,
    title=_("Items float"),
    help=_("A returned item stays where it was returned, whatever its home is."),
)
LENDING_RULES_LIBRARY: Final = declare(
    "lending.rules_library",
    Choice(
        {
            "item-holding": _("the library that holds the item"),
            "item-home": _("the item's home library"),
            "checkout": _("the library where it is lent"),
            "patron-home": _("the patron's home library"),
        }
    ),
    default="item-holding",
    title=_("Whose rules apply"),
    help=_("Which library's lending rules and calendar a loan follows."),
)
EXPIRED_EFFECT: Final = declare(
    "lending.expired_effect",
    Choice({"none": _("nothing"), "warn": _("a warning"), "block": _("no lending")}),
    default="warn",
    title=_("What an expired card does"),
    help=_(
        "Under the Library Act a right to borrow may not end only because data has "
        "not been updated; blocking is meant for organisations and staff accounts."
    ),
)
UNDO_MINUTES: Final = declare(
    "lending.undo_minutes",
    WholeNumber(least=0, most=1440, counted=counted.MINUTES),
    default=30,
    title=_("Time to undo"),
    help=_("How long a check-out or a check-in can be taken back."),
)
LOAN_BAN_CENTS: Final = declare(
    "fees.loan_ban_cents",
    Maybe(Cents(), _("no limit")),
    default=None,
    title=_("Charges that bar borrowing"),
    help=_(
        "Borrowing stops when a patron's unpaid overdue and other public-law charges "
        "are over this sum; a sum that is just as large does not stop it."
    ),
)
MUNICIPALITY_OF_OVERDUE: Final = declare(
    "fees.municipality_of_overdue",
    Choice(
        {
            "lending": _("of the library that lent the item"),
            "item-home": _("of the item's home library"),
            "patron-home": _("of the patron's home library"),
        }
    ),
    default="lending",
    title=_("Whose the overdue charges are"),
    help=_("Which municipality overdue charges belong to."),
)
VALIDITY_MONTHS: Final = declare(
    "patrons.validity_months",
    WholeNumber(least=1, most=240, counted=counted.MONTHS),
    default=36,
    title=_("Validity of a card"),
    help=_("How long a patron's data is good before it must be checked again."),
)
PIN_LENGTH_MIN: Final = declare(
    "patrons.pin_length_min",
    WholeNumber(least=4, most=20, counted=counted.DIGITS),
    default=4,
    title=_("Shortest PIN"),
    help=_("The fewest digits that a new PIN may have."),
)
PIN_LENGTH_MAX: Final = declare(
    "patrons.pin_length_max",
    WholeNumber(least=4, most=20, counted=counted.DIGITS),
    default=8,
    title=_("Longest PIN"),
    help=_("The most digits that a new PIN may have."),
)
PIN_ATTEMPTS: Final = declare(
    "patrons.pin_attempts",
    WholeNumber(least=3, most=20, counted=counted.TIMES),
    default=5,
    title=_("Wrong PINs"),
    help=_("After so many different wrong PINs in a row the log-in is locked."),
)
PIN_LOCK_MINUTES: Final = declare(
    "patrons.pin_lock_minutes",
    WholeNumber(least=1, most=1440, counted=counted.MINUTES),
    default=15,
    title=_("Lock after wrong PINs"),
    help=_("How long a patron's log-in stays locked after too many wrong PINs."),
)
HISTORY_YEARS: Final = declare(
    "patrons.history_years",
    WholeNumber(least=1, most=10, counted=counted.YEARS),
    default=3,
    title=_("Loan history"),
    help=_("How long past loans are kept for a patron who has not chosen."),
)
SESSION_MINUTES: Final = declare(
    "staff.session_minutes",
    WholeNumber(least=5, most=30, counted=counted.MINUTES),
    default=30,
    title=_("Staff session"),
    help=_("Without any action a staff session ends after this time."),
)
STAFF_ATTEMPTS: Final = declare(
    "staff.login_attempts",
    WholeNumber(least=3, most=20, counted=counted.TIMES),
    default=5,
    title=_("Wrong passwords"),
    help=_("After so many wrong passwords in a row a staff account is locked."),
)
STAFF_LOCK_MINUTES: Final = declare(
    "staff.lock_minutes",
    WholeNumber(least=1, most=1440, counted=counted.MINUTES),
    default=15,
    title=_("Lock after wrong passwords"),
    help=_("How long a staff account stays locked after too many wrong passwords."),
)
LEAVERS_KEPT_DAYS: Final = declare(
    "staff.leavers_kept_days",
    WholeNumber(least=1, most=3650, counted=counted.DAYS),
    default=183,
    title=_("Accounts of leavers"),
    help=_("A closed staff account is kept so long that logs stay readable."),
)
REVIEW_MONTHS: Final = declare(
    "staff.review_months",
    WholeNumber(least=1, most=24, counted=counted.MONTHS),
    default=6,
    title=_("Time between reviews of roles"),
    help=_("So often every role that has been given is confirmed or ended."),
)
REVIEW_DAYS: Final = declare(
    "staff.review_days",
    WholeNumber(least=1, most=180, counted=counted.DAYS),
    default=30,
    title=_("Time for a review of roles"),
    help=_("In so many days a review must be done before it counts as late."),
)
ONLY_WORKSTATIONS: Final = declare(
    "staff.only_workstations",
    YesNo(),
    default=False,
    title=_("Staff pages only on enrolled workstations"),
    help=_(
        "Decided for the whole consortium it closes the log-in too. Enrol the "
        "workstations first, this one among them."
    ),
)
WORKSTATION_DAYS: Final = declare(
    "staff.workstation_days",
    WholeNumber(least=7, most=390, counted=counted.DAYS),
    default=90,
    title=_("A workstation out of use"),
    help=_(
        "A workstation that nobody has used for so long must be enrolled again. One "
        "in use renews itself."
    ),
)

# --- how long traces are kept (GDP-1) ---------------------------------------------

DONE_JOBS_DAYS: Final = declare(
    "keeping.done_jobs_days",
    WholeNumber(least=1, most=366, counted=counted.DAYS),
    default=31,
    title=_("Background jobs that were done"),
    help=_("How long the page of jobs shows what was done, and with what result."),
)
FAILED_JOBS_DAYS: Final = declare(
    "keeping.failed_jobs_days",
    WholeNumber(least=1, most=366, counted=counted.DAYS),
    default=30,
    title=_("Background jobs that failed"),
    help=_("How long a job that failed or was cancelled can be looked into."),
)
ENDED_ERRANDS_DAYS: Final = declare(
    "keeping.ended_errands_days",
    WholeNumber(least=31, most=3660, counted=counted.DAYS),
    default=366,
    title=_("Tasks that have ended"),
    help=_("How long it can be looked up who saw to a task, and what was written."),
)
ENDED_SESSIONS_DAYS: Final = declare(
    "keeping.ended_sessions_days",
    WholeNumber(least=0, most=30, counted=counted.DAYS),
    default=0,
    title=_("Log-ins that have ended"),
    help=_(
        "A log-in that has ended tells who was here and when. With no days it is "
        "deleted the next night."
    ),
)
LOG_MONTHS: Final = declare(
    "keeping.log_months",
    WholeNumber(least=3, most=60, counted=counted.MONTHS),
    default=12,
    title=_("The audit log at hand"),
    help=_(
        "Older months are archived: compressed, sealed, and without what had been "
        "lent. The administrator of the server reads them."
    ),
)
