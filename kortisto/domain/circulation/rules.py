"""Decide whether an item may be lent or a loan renewed. Pure: facts in, refusals out.

A new rule is a new function, its name in the tuple, and one test. Its reason is one of
``reasons.py``, which also says how severe each is.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from kortisto.core.ages import completed_years
from kortisto.core.days import written
from kortisto.core.names import in_language
from kortisto.core.refusals import Refusal
from kortisto.domain.circulation.limits import within
from kortisto.domain.circulation.permissions import LendingPermission as May
from kortisto.domain.circulation.reasons import OVERRIDES, Reason, Severity
from kortisto.domain.circulation.returns import NOT_YET_OUT
from kortisto.domain.patrons.category_terms import (
    NO_LIMITS,
    ChargeLimits,
    ChargeTerms,
)
from kortisto.domain.policies.rules import Terms


@dataclass(frozen=True, slots=True)
class RestrictionFacts:
    """A restriction in force. What staff wrote of it is for their eyes only."""

    names: Mapping[str, str]  # of its type, by language
    note: str = ""

    def told(self, *, with_note: bool) -> str:
        """The type in the reader's language, and the note for whoever may see it."""
        name = in_language(dict(self.names))
        return f"{name} – {self.note}" if with_note and self.note else name


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
    died_on: date | None = None
    check_address: bool = False
    checks_earlier_loans: bool = False
    born_on: date | None = None
    history: str = "default"
    restrictions: tuple[RestrictionFacts, ...] = ()  # in force today, the oldest first
    loans_by_type: Mapping[int, int] = field(default_factory=dict)  # open ones
    owed_public_cents: int = 0
    owed_by_dependants_cents: int = 0
    owed_by_guardians_cents: int = 0  # 0 where the category does not weigh it
    charge_terms: ChargeTerms = field(default_factory=ChargeTerms)
    borrows: bool = True  # False for the account of staff or of a device
    expired_effect: str = ""  # of the category: none, warn, block; empty: the setting
    expired_renewal_effect: str = ""  # the same; empty: as when lending


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
    own_hold_id: int | None = None  # the patron's oldest active hold on the title
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
    limits: ChargeLimits = NO_LIMITS  # barred when a sum is over its own (FEE-4, FEE-5)
    loan: LoanFacts | None = None
    unattended: bool = False  # no staff at hand: the web or a machine
    sees_notes: bool = False  # who asks may read what staff write of patrons
    new_due_at: datetime | None = None
    renewable_on: date | None = None
    free_copies: int = 0  # other copies that those who wait could have now
    want_this_copy: int = 0  # of the queue, those who wait for this very copy


Rule = Callable[[LendingFacts], "Refusal | None"]


def card_is_good(facts: LendingFacts) -> Refusal | None:
    """A lost card blocks everything everywhere until it is cleared (S25)."""
    return Refusal(Reason.CARD_LOST) if facts.patron.card_lost else None


def patron_is_alive(facts: LendingFacts) -> Refusal | None:
    """Whoever has told of the death: a card of the dead borrows nothing (S25)."""
    if facts.patron.died_on is None:
        return None
    return Refusal(Reason.DECEASED, facts={"died_on": written(facts.patron.died_on)})


def card_has_not_expired(facts: LendingFacts) -> Refusal | None:
    """A card is good through its last day."""
    if facts.today <= facts.patron.expires_on:
        return None
    expired_on = written(facts.patron.expires_on)
    return Refusal(Reason.CARD_EXPIRED, facts={"expired_on": expired_on})


def address_is_known(facts: LendingFacts) -> Refusal | None:
    return Refusal(Reason.CHECK_ADDRESS) if facts.patron.check_address else None


def patron_is_not_restricted(facts: LendingFacts) -> Refusal | None:
    """Every restriction is told: patrons and machines hear its type only."""
    standing = facts.patron.restrictions
    if not standing:
        return None
    told = "; ".join(one.told(with_note=facts.sees_notes) for one in standing)
    return Refusal(Reason.RESTRICTED, facts={"restrictions": told})


def patron_borrows(facts: LendingFacts) -> Refusal | None:
    """An account of staff or of a device is for logging in only (PAT-20)."""
    return None if facts.patron.borrows else Refusal(Reason.NEVER_BORROWS)


def charges_are_within_limit(facts: LendingFacts) -> Refusal | None:
    """Only public-law charges count, and only a sum over the limit bars (FEE-4)."""
    owed, limit = facts.patron.owed_public_cents, facts.limits.own
    return within(Reason.OWES_TOO_MUCH, owed, limit)


def dependants_charges_are_within_limit(facts: LendingFacts) -> Refusal | None:
    owed, limit = facts.patron.owed_by_dependants_cents, facts.limits.dependants
    return within(Reason.DEPENDANTS_OWE, owed, limit)


def guardians_charges_are_within_limit(facts: LendingFacts) -> Refusal | None:
    """Weighed only where the category has a limit for it."""
    owed, limit = facts.patron.owed_by_guardians_cents, facts.limits.guardians
    return within(Reason.GUARDIANS_OWE, owed, limit)


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
    """A new item that was set aside for the patron's hold is theirs to lend (HLD-7)."""
    status, trapped_for = facts.item.not_for_loan, facts.item.trapped_for
    theirs = status in NOT_YET_OUT and trapped_for == facts.patron.id
    if (status and not theirs) or not facts.terms.for_loan:
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
    """A loan goes on while other free copies are enough for those who wait (CIR-31).

    Nobody who waits for this very copy can be given another.
    """
    queue, free = facts.item.queue, facts.free_copies
    if queue <= free and not facts.want_this_copy:
        return None
    counted = {
        "queue": queue,
        "free_copies": free,
        "want_this_copy": facts.want_this_copy,
    }
    return Refusal(Reason.HELD_BY_OTHERS, facts=counted)


def patron_may_renew_without_staff(facts: LendingFacts) -> Refusal | None:
    if not facts.unattended or facts.terms.renew_online:
        return None
    return Refusal(Reason.RENEWED_BY_STAFF)


def renewals_are_left(facts: LendingFacts) -> Refusal | None:
    most = facts.terms.renewals_allowed
    if facts.loan is None or most is None or facts.loan.renewals < most:
        return None
    return Refusal(Reason.NO_RENEWALS_LEFT, facts={"renewals": facts.loan.renewals})


def it_is_not_too_soon(facts: LendingFacts) -> Refusal | None:
    day = facts.renewable_on
    if day is None or facts.today >= day:
        return None
    return Refusal(Reason.TOO_SOON, facts={"renewable_on": written(day)})


def due_date_would_be_later(facts: LendingFacts) -> Refusal | None:
    if facts.loan is None or facts.new_due_at is None:
        return None
    if facts.new_due_at > facts.loan.due_at:
        return None
    return Refusal(Reason.DUE_NO_LATER)


CHECKOUT_RULES: tuple[Rule, ...] = (
    patron_is_alive,
    patron_borrows,
    card_is_good,
    card_has_not_expired,
    address_is_known,
    patron_is_not_restricted,
    charges_are_within_limit,
    dependants_charges_are_within_limit,
    guardians_charges_are_within_limit,
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
    patron_is_alive,
    card_is_good,
    card_has_not_expired,
    patron_is_not_restricted,
    charges_are_within_limit,
    item_is_not_lost,
    queue_can_do_without,
    patron_may_renew_without_staff,
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
