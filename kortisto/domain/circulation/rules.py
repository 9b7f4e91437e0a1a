"""Decide whether an item may be lent or a loan renewed. Pure: facts in, refusals out.

A new rule is a new function, its name in the tuple, and one test. Its reason is one of
``reasons.py``, which also says how severe each is.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from kortisto.core.days import written
from kortisto.core.refusals import Refusal
from kortisto.domain.circulation.due import HELSINKI
from kortisto.domain.circulation.permissions import LendingPermission as May
from kortisto.domain.circulation.reasons import OVERRIDES, Reason, Severity
from kortisto.domain.circulation.returns import NOT_YET_OUT
from kortisto.domain.circulation.standing import (
    Standing,
    address_is_known,
    card_has_not_expired,
    card_is_good,
    charges_are_within_limit,
    dependants_charges_are_within_limit,
    guardians_charges_are_within_limit,
    old_enough,
    patron_borrows,
    patron_is_alive,
    patron_is_not_restricted,
)
from kortisto.domain.policies.rules import Terms


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
    uncleared_hold_id: int | None = None  # ended, and its copy is on the hold shelf
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
    claimed: bool = False  # the patron says that it is not with them
    recalled: bool = False  # somebody else needs it


@dataclass(frozen=True, slots=True)
class Room:
    """A limit on loans, and how many the patron has within its scope now."""

    most: int | None
    loans: int
    of_type: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LendingFacts(Standing):
    """All that a decision about a check-out or a renewal looks at, read once."""

    item: ItemFacts
    terms: Terms
    rooms: tuple[Room, ...] = ()
    loan: LoanFacts | None = None
    unattended: bool = False  # no staff at hand: the web or a machine
    new_due_at: datetime | None = None
    renewable_on: date | None = None
    free_copies: int = 0  # other copies that those who wait could have now
    want_this_copy: int = 0  # of the queue, those who wait for this very copy


F = TypeVar("F", bound=Standing)
Rule = Callable[[LendingFacts], "Refusal | None"]


def there_is_room_for_one_more(facts: LendingFacts) -> Refusal | None:
    """Every limit holds at once, each over all libraries (CIR-5)."""
    for room in facts.rooms:
        if room.most is not None and room.loans >= room.most:
            reason = Reason.TOO_MANY_OF_TYPE if room.of_type else Reason.TOO_MANY_LOANS
            return Refusal(reason, facts={"open_loans": room.loans, "limit": room.most})
    return None


def patron_is_old_enough(facts: LendingFacts) -> Refusal | None:
    return old_enough(facts, facts.item.age_limit)


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


def loan_is_not_claimed(facts: LendingFacts) -> Refusal | None:
    """What is looked for is neither renewed nor lent again before it is found."""
    loan = facts.loan
    if loan is None or not loan.claimed or loan.patron_id != facts.patron.id:
        return None
    return Refusal(Reason.LOAN_CLAIMED)


def loan_is_not_recalled(facts: LendingFacts) -> Refusal | None:
    """What somebody else needs comes back; staff may set that aside."""
    loan = facts.loan
    if loan is None or not loan.recalled:
        return None
    due_on = loan.due_at.astimezone(HELSINKI).date()
    return Refusal(Reason.RECALLED, facts={"due_on": written(due_on)})


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
    loan_is_not_claimed,
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
    loan_is_not_claimed,
    loan_is_not_recalled,
    queue_can_do_without,
    patron_may_renew_without_staff,
    renewals_are_left,
    it_is_not_too_soon,
    due_date_would_be_later,
)
BLOCKS_RENEWAL = frozenset({Reason.HELD_BY_OTHERS})


def reasons_against(
    rules: Sequence[Callable[[F], Refusal | None]],
    facts: F,
    severity: Callable[[Reason], Severity],
) -> tuple[Refusal, ...]:
    """Every reason, with the permission that sets it aside as its severity says."""
    return tuple(_graded(rules, facts, severity))


def _graded(
    rules: Sequence[Callable[[F], Refusal | None]],
    facts: F,
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
