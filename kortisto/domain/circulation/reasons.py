"""Why a loan, a renewal or a hold is refused, and how severe each reason is.

How severe a reason is (block, override, notice, none) is a setting of the library;
``SEVERITIES`` holds what it is until somebody decides otherwise.
"""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from kortisto.core import refusals
from kortisto.core.permissions import Permission
from kortisto.domain.circulation.permissions import LendingPermission as May
from kortisto.domain.holds.permissions import HoldPermission


class Reason(refusals.Reason):
    """Why a loan or a hold is refused. Values are public: machines rely on them."""

    UNKNOWN_CARD = "unknown-card", _("No patron has the card {card}.")
    UNKNOWN_ITEM = "unknown-item", _("No item has the barcode {barcode}.")
    OLD_CARD = "old-card", _("The card {card} has been replaced by a newer one.")
    CARD_LOST = "card-lost", _("The card has been reported lost.")
    DECEASED = "deceased", _("The patron is recorded as having died on {died_on}.")
    CARD_EXPIRED = "card-expired", _("The card expired on {expired_on}.")
    NEVER_BORROWS = (
        "never-borrows",
        _("This account is for logging in only: nothing is lent to it."),
    )
    CHECK_ADDRESS = "check-address", _("Check the patron's address.")
    RESTRICTED = "restricted", _("Borrowing is restricted: {restrictions}")
    BARRED = (
        "barred",
        _("Borrowing is restricted, and nobody can set that aside: {restrictions}"),
    )
    OWES_TOO_MUCH = (
        "owes-too-much",
        _("Unpaid charges of {owed} bar borrowing; the limit is {limit}."),
    )
    DEPENDANTS_OWE = (
        "dependants-owe",
        _("The patron's dependants owe {owed}; the limit is {limit}."),
    )
    GUARDIANS_OWE = (
        "guardians-owe",
        _("The patron's guardians owe {owed}; the limit is {limit}."),
    )
    TOO_MANY_LOANS = (
        "too-many-loans",
        _("The patron already has {open_loans} loans; the limit is {limit}."),
    )
    TOO_MANY_OF_TYPE = (
        "too-many-of-type",
        _(
            "The patron already has {open_loans} loans of this type; "
            "the limit is {limit}."
        ),
    )
    AGE_LIMIT = (
        "age-limit",
        _("The material is forbidden under the age of {age_limit}."),
    )
    AGE_UNKNOWN = (
        "age-unknown",
        _("The age limit is {age_limit}, and the patron's date of birth is not known."),
    )
    NOT_FOR_LOAN = "not-for-loan", _("The item is not for loan.")
    ITEM_LOST = "item-lost", _("The item is marked as lost.")
    ITEM_WITHDRAWN = "item-withdrawn", _("The item has been withdrawn.")
    ITEM_RESTRICTED = "item-restricted", _("The use of the item is restricted.")
    ITEM_DAMAGED = "item-damaged", _("The item is marked as damaged.")
    COUNT_PARTS = "count-parts", _("Are all {parts} parts there? {note}")
    ON_LOAN_TO_ANOTHER = (
        "on-loan-to-another",
        _("The item is on loan to another patron."),
    )
    WAITS_FOR_ANOTHER = (
        "waits-for-another",
        _("The item waits on the hold shelf for another patron."),
    )
    HELD_BY_OTHERS = (
        "held-by-others",
        _("Other patrons wait for this title: {queue} in the queue."),
    )
    IN_TRANSIT = "in-transit", _("The item was on its way to another library.")
    BORROWED_BEFORE = "borrowed-before", _("The patron has borrowed this before.")
    NOT_ON_LOAN = "not-on-loan", _("The item is not on loan.")
    CHECK_IN_FIRST = (
        "check-in-first",
        _("Check it in: it is on loan, on its way, or marked as lost."),
    )
    ITEM_IS_LENT = (
        "item-is-lent",
        _("The item is on loan: say it on the page of the loan."),
    )
    RECALLED = (
        "recalled",
        _("Somebody else needs this: it has been recalled, and is due on {due_on}."),
    )
    NOT_RECALLED = "not-recalled", _("The rules let no such loan be recalled.")
    DUE_NO_SOONER = (
        "due-no-sooner",
        _("A recall would not make it due sooner: it would be {due_on}."),
    )
    NOBODYS_LOAN = (
        "nobodys-loan",
        _("The loan knows no patron: it was undone, voided or forgotten."),
    )
    PATRON_FORGOTTEN = (
        "patron-forgotten",
        _("Nobody knows any more who had it, so nobody can be charged."),
    )
    LOAN_CLAIMED = (
        "loan-claimed",
        _("The library is looking for this: it is said not to be with the patron."),
    )
    RENEWED_BY_STAFF = (
        "renewed-by-staff",
        _("This loan is renewed by the staff: ask the library."),
    )
    NO_RENEWALS_LEFT = (
        "no-renewals-left",
        _("The loan has been renewed {renewals} times, which is the most allowed."),
    )
    TOO_SOON = "too-soon", _("The loan can be renewed from {renewable_on}.")
    DUE_NO_LATER = "due-no-later", _("Renewing would not give a later due date.")
    ITEM_BILLED = "item-billed", _("The item has been billed.")
    NOTHING_TO_HOLD = (
        "nothing-to-hold",
        _("There is no copy that could be put on hold."),
    )
    NOT_HOLDABLE = "not-holdable", _("This material is not put on hold.")
    HELD_ALREADY = (
        "held-already",
        _("Holds on this title already: {holds}; the limit is {limit}."),
    )
    TOO_MANY_HOLDS = (
        "too-many-holds",
        _("Open holds already: {holds}; the limit is {limit}."),
    )
    TOO_MANY_HOLDS_TODAY = (
        "too-many-holds-today",
        _("Holds placed today already: {holds}; the limit is {limit}."),
    )
    FEWER_COPIES = (
        "fewer-copies",
        _("There are only so many copies of this title: {copies}."),
    )
    HAS_IT_ON_LOAN = "has-it-on-loan", _("The patron has this on loan already.")
    ON_THE_SHELF = (
        "on-the-shelf",
        _("A copy is on the shelf: it can be taken from there without a hold."),
    )
    FOR_OTHERS_HOLDS = (
        "for-others-holds",
        _("The copies are kept for the patrons of certain libraries."),
    )
    NOT_PICKED_UP_THERE = (
        "not-picked-up-there",
        _("The copies cannot be picked up at {library}."),
    )
    COPY_CHOSEN_BY_STAFF = (
        "copy-chosen-by-staff",
        _("A certain copy is put on hold by the staff: ask the library."),
    )


class Severity(StrEnum):
    """What a reason does: stops everybody, stops most, is only told, or nothing."""

    BLOCK = "block"
    OVERRIDE = "override"
    NOTICE = "notice"
    NONE = "none"


SEVERITIES: Mapping[Reason, Severity] = dict.fromkeys(Reason, Severity.OVERRIDE) | {
    Reason.UNKNOWN_CARD: Severity.BLOCK,
    Reason.UNKNOWN_ITEM: Severity.BLOCK,
    Reason.OLD_CARD: Severity.BLOCK,
    Reason.NEVER_BORROWS: Severity.BLOCK,
    Reason.CARD_LOST: Severity.BLOCK,
    Reason.DECEASED: Severity.BLOCK,
    Reason.BARRED: Severity.BLOCK,
    Reason.AGE_LIMIT: Severity.BLOCK,  # binding, no override (CIR-11)
    Reason.ON_LOAN_TO_ANOTHER: Severity.BLOCK,  # check it in first
    Reason.NOT_ON_LOAN: Severity.BLOCK,
    Reason.CHECK_IN_FIRST: Severity.BLOCK,
    Reason.ITEM_IS_LENT: Severity.BLOCK,
    Reason.PATRON_FORGOTTEN: Severity.BLOCK,
    Reason.NOBODYS_LOAN: Severity.BLOCK,
    Reason.NOT_RECALLED: Severity.BLOCK,
    Reason.DUE_NO_SOONER: Severity.BLOCK,
    Reason.LOAN_CLAIMED: Severity.BLOCK,  # check it in, or take the claim back
    Reason.RENEWED_BY_STAFF: Severity.BLOCK,
    Reason.DUE_NO_LATER: Severity.BLOCK,
    Reason.CARD_EXPIRED: Severity.NOTICE,  # S16: no loan ban by itself
    Reason.CHECK_ADDRESS: Severity.NOTICE,  # S25
    Reason.DEPENDANTS_OWE: Severity.NOTICE,
    Reason.GUARDIANS_OWE: Severity.NOTICE,
    Reason.COUNT_PARTS: Severity.NOTICE,
    Reason.ITEM_DAMAGED: Severity.NOTICE,
    Reason.HELD_BY_OTHERS: Severity.NOTICE,
    Reason.IN_TRANSIT: Severity.NOTICE,
    Reason.BORROWED_BEFORE: Severity.NOTICE,
    Reason.COPY_CHOSEN_BY_STAFF: Severity.BLOCK,
}
ALWAYS_BLOCK = frozenset(
    {
        Reason.UNKNOWN_CARD,
        Reason.UNKNOWN_ITEM,
        Reason.OLD_CARD,
        Reason.CARD_LOST,  # everywhere, until it is cleared (S25)
        Reason.DECEASED,
        Reason.NEVER_BORROWS,
        Reason.BARRED,  # a type of restrictions says so (S26)
        Reason.AGE_LIMIT,
        Reason.ON_LOAN_TO_ANOTHER,
        Reason.NOT_ON_LOAN,
        Reason.CHECK_IN_FIRST,
        Reason.ITEM_IS_LENT,
        Reason.PATRON_FORGOTTEN,
        Reason.NOBODYS_LOAN,
        Reason.NOT_RECALLED,
        Reason.DUE_NO_SOONER,
        Reason.LOAN_CLAIMED,
        Reason.RENEWED_BY_STAFF,
        Reason.DUE_NO_LATER,
        Reason.COPY_CHOSEN_BY_STAFF,
    }
)
OVERRIDES: Mapping[Reason, Permission] = {
    Reason.CARD_EXPIRED: May.OVERRIDE_CARD,
    Reason.CHECK_ADDRESS: May.OVERRIDE_CARD,
    Reason.RESTRICTED: May.OVERRIDE_RESTRICTION,
    Reason.OWES_TOO_MUCH: May.OVERRIDE_CHARGES,
    Reason.DEPENDANTS_OWE: May.OVERRIDE_CHARGES,
    Reason.GUARDIANS_OWE: May.OVERRIDE_CHARGES,
    Reason.TOO_MANY_LOANS: May.OVERRIDE_LIMITS,
    Reason.TOO_MANY_OF_TYPE: May.OVERRIDE_LIMITS,
    Reason.WAITS_FOR_ANOTHER: May.OVERRIDE_HOLD,
    Reason.HELD_BY_OTHERS: May.OVERRIDE_HOLD,
    Reason.NO_RENEWALS_LEFT: May.OVERRIDE_RENEWAL,
    Reason.TOO_SOON: May.OVERRIDE_RENEWAL,
    Reason.ITEM_BILLED: May.OVERRIDE_RENEWAL,
    Reason.RECALLED: May.OVERRIDE_RENEWAL,
    **dict.fromkeys(
        (
            Reason.NOTHING_TO_HOLD,
            Reason.NOT_HOLDABLE,
            Reason.HELD_ALREADY,
            Reason.TOO_MANY_HOLDS,
            Reason.TOO_MANY_HOLDS_TODAY,
            Reason.FEWER_COPIES,
            Reason.HAS_IT_ON_LOAN,
            Reason.ON_THE_SHELF,
            Reason.FOR_OTHERS_HOLDS,
            Reason.NOT_PICKED_UP_THERE,
        ),
        HoldPermission.OVERRIDE,
    ),
}
