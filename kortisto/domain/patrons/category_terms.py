"""What a category decides beside the settings of a library (PAT-20). Pure functions."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeTerms:
    """When unpaid public-law charges bar borrowing, as a category has it; in cents.

    ``own`` and ``dependants`` None: the library's setting says. ``guardians`` None:
    what guardians owe is not weighed. ``bar`` False: no charges are.
    """

    bar: bool = True
    own: int | None = None
    dependants: int | None = None
    guardians: int | None = None


class Limit(NamedTuple):
    """The largest sum that does not bar borrowing; None: no sum does."""

    cents: int | None
    of_category: bool = False  # and not of the library's setting


class ChargeLimits(NamedTuple):
    """Whose charges are weighed in a check-out, each against its own limit."""

    own: Limit
    dependants: Limit
    guardians: Limit


NO_LIMIT: Final = Limit(None)
NO_LIMITS: Final = ChargeLimits(NO_LIMIT, NO_LIMIT, NO_LIMIT)


def charge_limits(terms: ChargeTerms, *, setting: int | None) -> ChargeLimits:
    """The limits for a patron; ``setting`` is the sum that the library has decided."""
    if not terms.bar:
        never = Limit(None, of_category=True)
        return ChargeLimits(never, never, never)
    return ChargeLimits(
        own=_limit(terms.own, setting),
        dependants=_limit(terms.dependants, setting),
        guardians=_limit(terms.guardians, None),
    )


def _limit(of_category: int | None, setting: int | None) -> Limit:
    if of_category is None:
        return Limit(setting)
    return Limit(of_category, of_category=True)


def is_used_at(units: Collection[int], path: Collection[int]) -> bool:
    """Whether a category is for patrons of a library: no unit named means all.

    ``path`` has the library and every unit above it.
    """
    return not units or not set(units).isdisjoint(path)
