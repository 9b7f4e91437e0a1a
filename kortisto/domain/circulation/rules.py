"""Decide whether an item may be lent or a loan renewed. Pure: facts in, refusals out.

A new rule is a new function, its name in the tuple, and one test. How severe a reason
is (block, override, notice, none) is a setting of the library; ``SEVERITIES`` holds
what it is until somebody decides otherwise.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from kortisto.core import refusals
from kortisto.core.money import euros
from kortisto.core.permissions import Permission
from kortisto.core.refusals import Refusal
from kortisto.domain.circulation.permissions import LendingPermission as May
from kortisto.domain.policies.rules import Terms


class Reason(refusals.Reason):
    """Why a loan is refused. Values are public: API and SIP2 clients rely on them."""

    UNKNOWN_CARD = "unknown-card", _("No patron has the card {card}.")
    UNKNOWN_ITEM = "unknown-item", _("No item has the barcode {barcode}.")
    OLD_CARD = "old-card", _("The card {card} has been replaced by a newer one.")
    CARD_LOST = "card-lost", _("The card has been reported lost.")
    CARD_EXPIRED = "card-expired", _("The card expired on {expired_on}.")
    CHECK_ADDRESS = "check-address", _("Check the patron's address.")
    RESTRICTED = "restricted", _("The patron is restricted: {note}")
    OWES_TOO_MUCH = (
        "owes-too-much",
        _("Unpaid charges of {owed} bar borrowing; the limit is {limit}."),
    )
    DEPENDANTS_OWE = (
        "dependants-owe",
        _("The patron's dependants owe {owed}; the limit is {limit}."),
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
    COUNT_PARTS = "count-parts", _("There are {parts} parts. {note}")
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
    NO_RENEWALS_LEFT = (
        "no-renewals-left",
        _("The loan has been renewed {renewals} times, which is the most allowed."),
    )
    TOO_SOON = "too-soon", _("The loan can be renewed from {renewable_on}.")
    DUE_NO_LATER = "due-no-later", _("Renewing would not give a later due date.")
    ITEM_BILLED = "item-billed", _("The item has been billed.")


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
    Reason.CARD_LOST: Severity.BLOCK,
    Reason.AGE_LIMIT: Severity.BLOCK,  # binding, no override (CIR-11)
    Reason.ON_LOAN_TO_ANOTHER: Severity.BLOCK,  # check it in first
    Reason.NOT_ON_LOAN: Severity.BLOCK,
    Reason.DUE_NO_LATER: Severity.BLOCK,
    Reason.CARD_EXPIRED: Severity.NOTICE,  # S16: no loan ban by itself
    Reason.CHECK_ADDRESS: Severity.NOTICE,  # S25
    Reason.DEPENDANTS_OWE: Severity.NOTICE,
    Reason.COUNT_PARTS: Severity.NOTICE,
    Reason.ITEM_DAMAGED: Severity.NOTICE,
    Reason.HELD_BY_OTHERS: Severity.NOTICE,
    Reason.IN_TRANSIT: Severity.NOTICE,
    Reason.BORROWED_BEFORE: Severity.NOTICE,
}
ALWAYS_BLOCK = frozenset(
    {
        Reason.UNKNOWN_CARD,
        Reason.UNKNOWN_ITEM,
        Reason.OLD_CARD,
        Reason.ON_LOAN_TO_ANOTHER,
        Reason.NOT_ON_LOAN,
        Reason.DUE_NO_LATER,
    }
)
OVERRIDES: Mapping[Reason, Permission] = {
    Reason.CARD_LOST: May.OVERRIDE_CARD,
    Reason.CARD_EXPIRED: May.OVERRIDE_CARD,
    Reason.CHECK_ADDRESS: May.OVERRIDE_CARD,
    Reason.RESTRICTED: May.OVERRIDE_RESTRICTION,
    Reason.OWES_TOO_MUCH: May.OVERRIDE_CHARGES,
    Reason.DEPENDANTS_OWE: May.OVERRIDE_CHARGES,
    Reason.TOO_MANY_LOANS: May.OVERRIDE_LIMITS,
    Reason.TOO_MANY_OF_TYPE: May.OVERRIDE_LIMITS,
    Reason.WAITS_FOR_ANOTHER: May.OVERRIDE_HOLD,
    Reason.HELD_BY_OTHERS: May.OVERRIDE_HOLD,
    Reason.NO_RENEWALS_LEFT: May.OVERRIDE_RENEWAL,
    Reason.TOO_SOON: May.OVERRIDE_RENEWAL,
    Reason.ITEM_BILLED: May.OVERRIDE_RENEWAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PatronFacts:
    """All that a lending decision looks at of the patron."""

    id: int
    version: int
    category_id: int
    home_library_id: int
    expires_on: date
    card_active: bool = True
    card_lost: bool = False
    check_address: bool = False
    checks_earlier_loans: bool = False
    born_on: date | None = None
    history: str = "default"
    restrictions: int = 0  # how many are in force today
    restriction_note: str = ""  # of the oldest
    loans_by_type: Mapping[int, int] = field(default_factory=dict)  # open ones
    owed_public_cents: int = 0
    owed_by_dependants_cents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """All that a lending decision looks at of the item."""

    id: int
    barcode: str
    record_id: int
    title: str
    item_type_id: int
    home_library_id: int
    library_id: int
    changed_at: datetime | None = None
    age_limit: int | None = None
    not_for_loan: str = ""
    lost: str = ""
    damaged: str = ""
    withdrawn: str = ""
    restricted: str = ""
    parts: int = 1
    parts_note: str = ""
    replacement_price_cents: int | None = None
    trapped_hold_id: int | None = None
    trapped_for: int | None = None  # patron
    transit_id: int | None = None
    transit_to: int | None = None
    queue: int = 0  # active holds of others on the title; counted to 50 at most
    own_hold_id: int | None = None  # the patron's oldest queued hold on the title
    borrowed_before: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanFacts:
    """The item's open loan, when it has one."""

    id: int
    patron_id: int
    lent_at: datetime
    due_at: datetime
    renewals: int
    rules_library_id: int
    category_id: int
    library_id: int  # where it was lent
    renewed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """A limit on loans, and how many the patron has within its scope now."""

    most: int | None
    loans: int
    of_type: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LendingFacts:
    """All that a decision about a check-out or a renewal looks at, read once."""

    today: date
    patron: PatronFacts
    item: ItemFacts
    terms: Terms
    rooms: tuple[Room, ...] = ()
    loan_ban_cents: int | None = None  # barred when the sum is over it (FEE-4, FEE-5)
    loan: LoanFacts | None = None
    new_due_at: datetime | None = None
    renewable_on: date | None = None


Rule = Callable[[LendingFacts], "Refusal | None"]


def card_is_good(facts: LendingFacts) -> Refusal | None:
    """A lost card blocks everything everywhere until it is cleared (S25)."""
    return Refusal(Reason.CARD_LOST) if facts.patron.card_lost else None


def card_has_not_expired(facts: LendingFacts) -> Refusal | None:
    """A card is good through its last day."""
    if facts.today <= facts.patron.expires_on:
        return None
    day = facts.patron.expires_on
    return Refusal(
        Reason.CARD_EXPIRED, facts={"expired_on": f"{day.day}.{day.month}.{day.year}"}
    )


def address_is_known(facts: LendingFacts) -> Refusal | None:
    return Refusal(Reason.CHECK_ADDRESS) if facts.patron.check_address else None


def patron_is_not_restricted(facts: LendingFacts) -> Refusal | None:
    if not facts.patron.restrictions:
        return None
    return Refusal(Reason.RESTRICTED, facts={"note": facts.patron.restriction_note})


def charges_are_within_limit(facts: LendingFacts) -> Refusal | None:
    """Only public-law charges count, and only a sum over the limit bars (FEE-4)."""
    limit, owed = facts.loan_ban_cents, facts.patron.owed_public_cents
    if limit is None or owed <= limit:
        return None
    sums = {"owed": euros(owed), "limit": euros(limit)}
    return Refusal(Reason.OWES_TOO_MUCH, facts=sums)


def dependants_charges_are_within_limit(facts: LendingFacts) -> Refusal | None:
    limit, owed = facts.loan_ban_cents, facts.patron.owed_by_dependants_cents
    if limit is None or owed <= limit:
        return None
    sums = {"owed": euros(owed), "limit": euros(limit)}
    return Refusal(Reason.DEPENDANTS_OWE, facts=sums)


def there_is_room_for_one_more(facts: LendingFacts) -> Refusal | None:
    """Every limit holds at once, each over all libraries (CIR-5)."""
    for room in facts.rooms:
        if room.most is not None and room.loans >= room.most:
            reason = Reason.TOO_MANY_OF_TYPE if room.of_type else Reason.TOO_MANY_LOANS
            return Refusal(reason, facts={"open_loans": room.loans, "limit": room.most})
    return None


def patron_is_old_enough(facts: LendingFacts) -> Refusal | None:
    """The age limit of films and games binds by law: nobody can set it aside.

    Age is in completed years; on the birthday itself the limit is reached.
    """
    limit = facts.item.age_limit
    if not limit:
        return None
    if facts.patron.born_on is None:
        return Refusal(Reason.AGE_UNKNOWN, facts={"age_limit": limit})
    if completed_years(facts.patron.born_on, facts.today) >= limit:
        return None
    return Refusal(Reason.AGE_LIMIT, facts={"age_limit": limit})


def item_is_for_loan(facts: LendingFacts) -> Refusal | None:
    if facts.item.not_for_loan or not facts.terms.for_loan:
        return Refusal(Reason.NOT_FOR_LOAN)
    return None


def item_is_not_lost(facts: LendingFacts) -> Refusal | None:
    return Refusal(Reason.ITEM_LOST) if facts.item.lost else None


def item_is_not_withdrawn(facts: LendingFacts) -> Refusal | None:
    return Refusal(Reason.ITEM_WITHDRAWN) if facts.item.withdrawn else None


def item_is_not_restricted(facts: LendingFacts) -> Refusal | None:
    return Refusal(Reason.ITEM_RESTRICTED) if facts.item.restricted else None


def item_is_not_damaged(facts: LendingFacts) -> Refusal | None:
    return Refusal(Reason.ITEM_DAMAGED) if facts.item.damaged else None


def parts_are_counted(facts: LendingFacts) -> Refusal | None:
    if facts.item.parts < 2:
        return None
    counted = {"parts": facts.item.parts, "note": facts.item.parts_note}
    return Refusal(Reason.COUNT_PARTS, facts=counted)


def item_is_free(facts: LendingFacts) -> Refusal | None:
    if facts.loan is None or facts.loan.patron_id == facts.patron.id:
        return None
    return Refusal(Reason.ON_LOAN_TO_ANOTHER)


def item_does_not_wait_for_another(facts: LendingFacts) -> Refusal | None:
    if facts.item.trapped_for in {None, facts.patron.id}:
        return None
    return Refusal(Reason.WAITS_FOR_ANOTHER)


def nobody_else_waits(facts: LendingFacts) -> Refusal | None:
    """Told only: a copy found on the shelf may be lent past an untrapped hold."""
    if not facts.item.queue or facts.item.trapped_for is not None:
        return None
    return Refusal(Reason.HELD_BY_OTHERS, facts={"queue": facts.item.queue})


def item_is_not_on_its_way(facts: LendingFacts) -> Refusal | None:
    if facts.item.transit_id is None or facts.item.trapped_for is not None:
        return None
    return Refusal(Reason.IN_TRANSIT)


def patron_has_not_had_it(facts: LendingFacts) -> Refusal | None:
    if facts.patron.checks_earlier_loans and facts.item.borrowed_before:
        return Refusal(Reason.BORROWED_BEFORE)
    return None


def queue_can_do_without(facts: LendingFacts) -> Refusal | None:
    """A title that others wait for is not renewed."""
    if not facts.item.queue:
        return None
    return Refusal(Reason.HELD_BY_OTHERS, facts={"queue": facts.item.queue})


def renewals_are_left(facts: LendingFacts) -> Refusal | None:
    most = facts.terms.renewals_allowed
    if facts.loan is None or most is None or facts.loan.renewals < most:
        return None
    return Refusal(Reason.NO_RENEWALS_LEFT, facts={"renewals": facts.loan.renewals})


def it_is_not_too_soon(facts: LendingFacts) -> Refusal | None:
    day = facts.renewable_on
    if day is None or facts.today >= day:
        return None
    return Refusal(
        Reason.TOO_SOON, facts={"renewable_on": f"{day.day}.{day.month}.{day.year}"}
    )


def due_date_would_be_later(facts: LendingFacts) -> Refusal | None:
    if facts.loan is None or facts.new_due_at is None:
        return None
    if facts.new_due_at > facts.loan.due_at:
        return None
    return Refusal(Reason.DUE_NO_LATER)


CHECKOUT_RULES: tuple[Rule, ...] = (
    card_is_good,
    card_has_not_expired,
    address_is_known,
    patron_is_not_restricted,
    charges_are_within_limit,
    dependants_charges_are_within_limit,
    there_is_room_for_one_more,
    patron_is_old_enough,
    item_is_for_loan,
    item_is_not_lost,
    item_is_not_withdrawn,
    item_is_not_restricted,
    item_is_not_damaged,
    item_is_free,
    item_does_not_wait_for_another,
    nobody_else_waits,
    item_is_not_on_its_way,
    patron_has_not_had_it,
    parts_are_counted,
)
RENEWAL_RULES: tuple[Rule, ...] = (
    card_is_good,
    card_has_not_expired,
    patron_is_not_restricted,
    charges_are_within_limit,
    item_is_not_lost,
    queue_can_do_without,
    renewals_are_left,
    it_is_not_too_soon,
    due_date_would_be_later,
)
BLOCKS_RENEWAL = frozenset({Reason.HELD_BY_OTHERS})


def reasons_against(
    rules: tuple[Rule, ...],
    facts: LendingFacts,
    severity: Callable[[Reason], Severity],
) -> tuple[Refusal, ...]:
    """Every reason, with the permission that sets it aside as its severity says."""
    return tuple(_graded(rules, facts, severity))


def _graded(
    rules: tuple[Rule, ...],
    facts: LendingFacts,
    severity: Callable[[Reason], Severity],
) -> Iterator[Refusal]:
    for rule in rules:
        refusal = rule(facts)
        if refusal is None:
            continue
        reason = Reason(refusal.reason)
        match severity(reason):
            case Severity.NONE:
                continue
            case Severity.NOTICE:
                yield replace(refusal, notice=True)
            case Severity.OVERRIDE:
                yield replace(
                    refusal, override=OVERRIDES.get(reason, May.OVERRIDE_ITEM)
                )
            case Severity.BLOCK:
                yield refusal


def completed_years(born_on: date, today: date) -> int:
    """Age in completed years.

    Somebody born on 29 February is a year older on 1 March of a common year.
    """
    before_birthday = (today.month, today.day) < (born_on.month, born_on.day)
    return today.year - born_on.year - before_birthday
