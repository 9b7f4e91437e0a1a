"""Decide whether a patron may wait for a title. Pure: facts in, refusals out.

What is asked of the patron is what lending asks. The rest is asked of each kind of
copy by itself: one kind that may be held is enough.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from kortisto.core.refusals import Refusal
from kortisto.domain.circulation.hold_facts import Copies, HoldSnapshot
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.circulation.standing import (
    Standing,
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
class HoldFacts(Standing):
    """A wish, and one kind of copies that could meet it.

    ``copies`` and ``terms`` are None when the title has no copy that could.
    """

    snapshot: HoldSnapshot
    copies: Copies | None = None
    terms: Terms | None = None
    serves_patron: bool = True  # by the rule of whose holds the copies fill
    picked_up_there: bool = True  # by the rule of where they are picked up
    pickup_name: str = ""
    certain_copy: bool = False  # an item or a volume, not any copy of the title
    unattended: bool = False  # no staff at hand: the web or a machine
    wanted: int = 1  # copies of the title
    for_a_group: bool = False  # that takes several copies of it


HoldRule = Callable[[HoldFacts], "Refusal | None"]


def patron_is_old_enough(facts: HoldFacts) -> Refusal | None:
    return old_enough(facts, facts.snapshot.age_limit)


def patron_has_not_got_it(facts: HoldFacts) -> Refusal | None:
    if not facts.snapshot.has_it_on_loan or facts.for_a_group:
        return None
    return Refusal(Reason.HAS_IT_ON_LOAN)


def there_is_something_to_hold(facts: HoldFacts) -> Refusal | None:
    """Ordered copies count: a queue may start before the first one arrives (HLD-7)."""
    return Refusal(Reason.NOTHING_TO_HOLD) if facts.copies is None else None


def there_are_so_many_copies(facts: HoldFacts) -> Refusal | None:
    """For a group; copies on loan or on order count."""
    copies = sum(kind.copies for kind in facts.snapshot.copies)
    if not facts.for_a_group or not 0 < copies < facts.wanted:
        return None
    return Refusal(Reason.FEWER_COPIES, facts={"copies": copies})


def copies_are_holdable(facts: HoldFacts) -> Refusal | None:
    """Respected when placing and when capturing (HLD-8)."""
    if facts.terms is None or (facts.terms.holdable and facts.terms.for_loan):
        return None
    return Refusal(Reason.NOT_HOLDABLE)


def patron_may_choose_the_copy(facts: HoldFacts) -> Refusal | None:
    """Only staff hold a certain copy, except of material that says otherwise."""
    chosen = facts.certain_copy and facts.unattended
    if facts.terms is None or not chosen or facts.terms.item_holds_online:
        return None
    return Refusal(Reason.COPY_CHOSEN_BY_STAFF)


def copies_are_for_such_patrons(facts: HoldFacts) -> Refusal | None:
    return None if facts.serves_patron else Refusal(Reason.FOR_OTHERS_HOLDS)


def copies_are_picked_up_there(facts: HoldFacts) -> Refusal | None:
    if facts.picked_up_there:
        return None
    return Refusal(Reason.NOT_PICKED_UP_THERE, facts={"library": facts.pickup_name})


def no_copy_is_at_hand(facts: HoldFacts) -> Refusal | None:
    """By the parameter: no hold while any copy, or while every copy, is on a shelf."""
    if facts.terms is None:
        return None
    copies = sum(kind.copies for kind in facts.snapshot.copies)
    free = sum(kind.free for kind in facts.snapshot.copies)
    match facts.terms.holds_on_shelf:
        case "any-unavailable":
            at_hand = free == copies
        case "all-unavailable":
            at_hand = free > 0
        case _:
            at_hand = False
    return Refusal(Reason.ON_THE_SHELF) if at_hand else None


def there_is_room_on_the_title(facts: HoldFacts) -> Refusal | None:
    """A certain copy, as an issue of a magazine, is counted by itself (HLD-6)."""
    snapshot = facts.snapshot
    if facts.certain_copy:
        return _room(Reason.HELD_ALREADY, snapshot.on_the_same_copy, 1, facts)
    most = facts.terms.holds_per_record if facts.terms else None
    return _room(Reason.HELD_ALREADY, snapshot.on_the_title, most, facts)


def there_is_room_for_one_more_hold(facts: HoldFacts) -> Refusal | None:
    most = facts.terms.holds_max if facts.terms else None
    return _room(Reason.TOO_MANY_HOLDS, facts.snapshot.open_holds, most, facts)


def there_is_room_today(facts: HoldFacts) -> Refusal | None:
    most = facts.terms.holds_per_day if facts.terms else None
    return _room(Reason.TOO_MANY_HOLDS_TODAY, facts.snapshot.placed_today, most, facts)


def _room(
    reason: Reason, holds: int, most: int | None, facts: HoldFacts
) -> Refusal | None:
    if most is None or holds + facts.wanted <= most:
        return None
    return Refusal(reason, facts={"holds": holds, "limit": most})


HOLD_RULES: Final[Sequence[HoldRule]] = (
    patron_is_alive,
    patron_borrows,
    card_is_good,
    card_has_not_expired,
    patron_is_not_restricted,
    charges_are_within_limit,
    dependants_charges_are_within_limit,
    guardians_charges_are_within_limit,
    patron_is_old_enough,
    patron_has_not_got_it,
    there_is_something_to_hold,
    there_are_so_many_copies,
    copies_are_holdable,
    patron_may_choose_the_copy,
    copies_are_for_such_patrons,
    copies_are_picked_up_there,
    no_copy_is_at_hand,
    there_is_room_on_the_title,
    there_is_room_for_one_more_hold,
    there_is_room_today,
)
