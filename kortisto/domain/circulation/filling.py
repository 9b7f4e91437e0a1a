"""Whether a copy may fill a hold, by the rules of its home (HLD-7, HLD-8). Pure."""

from collections.abc import Callable

from kortisto.domain.policies.rules import Terms

SameGroup = Callable[[int, int], bool]


def may_fill(
    terms: Terms,
    *,
    home: int,
    holding: int,
    patron_home: int,
    pickup: int,
    same_group: SameGroup,
) -> bool:
    """Asked when a hold is placed, when a copy comes back, and when one is sought."""
    return (
        terms.holdable
        and terms.for_loan
        and serves(terms, home=home, patron_home=patron_home, same_group=same_group)
        and picked_up(
            terms, home=home, holding=holding, pickup=pickup, same_group=same_group
        )
    )


def serves(terms: Terms, *, home: int, patron_home: int, same_group: SameGroup) -> bool:
    """Whether the copies of a home fill the holds of a library's patrons."""
    return _within(terms.hold_rule, home, patron_home, same_group)


def picked_up(
    terms: Terms, *, home: int, holding: int, pickup: int, same_group: SameGroup
) -> bool:
    """Whether the copies of a home, now held elsewhere perhaps, are picked up there."""
    if terms.pickup_rule == "holding":
        return pickup == holding
    return _within(terms.pickup_rule, home, pickup, same_group)


def _within(rule: str, home: int, library_id: int, same_group: SameGroup) -> bool:
    match rule:
        case "none":
            return False
        case "home":
            return library_id == home
        case "group":
            return library_id == home or same_group(home, library_id)
        case _:
            return True
