"""How long a hold will wait, as a range: a function of stored facts. Pure.

Copies come back one after another. With so many copies, each out for so many days as
loans of the title have lasted and a few more between two loans, one comes back every so
often; a hold waits for as many of them as stand before it, and one. The range is as
wide as that is uncertain: eight of ten holds are to come within it, and the page of
the figures tells how many did.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import fmean, pstdev
from typing import Final

PROMISED: Final = 0.8  # of the holds are to come within the range
WIDTH: Final = 1.28  # standard deviations on each side that hold so many
BETWEEN_DAYS: Final = 4  # on a hold shelf, until the next borrower has it
LEAST_SPREAD: Final = 0.6  # of a loan's length: copies are lent on different days
UNSURE: Final = 0.1  # of the wait itself: nobody knows what people will do
PICKED_DAYS: Final = 1  # until somebody takes a free copy off its shelf
LONGEST_DAYS: Final = 3 * 365  # nobody is told more


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastFacts:
    """What the range follows from; each is shown to staff.

    ``before``: active holds that stand before it; ``resting``: others before it, which
    may come back. ``copies``: those that are lent or could be today; of them ``free``
    ones stand on a shelf, and ``overdue`` ones come back nobody knows when. ``loans``:
    the days that loans have lasted. ``journey``: days from a shelf or a desk to where
    it is collected, the shortest and the longest. ``passes``: how many that stand
    behind it may be served before.
    """

    before: int
    resting: int = 0
    copies: int = 0
    free: int = 0
    overdue: int = 0
    loans: Sequence[int] = ()
    journey: tuple[int, int] = (0, 0)
    passes: int = 0


@dataclass(frozen=True, slots=True)
class Forecast:
    """Days from today, the first and the last of the range."""

    first: int
    last: int


def forecast(facts: ForecastFacts) -> Forecast | None:
    """None where nothing can be said: no copy to come, or no loan to learn from."""
    nearest, farthest = facts.journey
    needed = facts.before + 1 - facts.free
    if needed <= 0:
        return Forecast(nearest, farthest + PICKED_DAYS)
    if facts.copies <= 0 or not facts.loans:
        return None
    sure = max(facts.copies - facts.overdue, 1)
    cycle = fmean(facts.loans) + BETWEEN_DAYS
    spread = max(pstdev(facts.loans), LEAST_SPREAD * cycle)
    early = _comes_back(needed, facts.copies, cycle)
    late = _comes_back(needed + facts.passes + facts.resting / 2, sure, cycle)
    first = early - WIDTH * _deviation(needed, facts.copies, spread, early)
    last = late + WIDTH * _deviation(needed, sure, spread, late)
    return Forecast(
        min(max(int(first), 0) + nearest, LONGEST_DAYS),
        min(ceil(last) + farthest, LONGEST_DAYS),
    )


def _comes_back(needed: float, copies: int, cycle: float) -> float:
    """Days until so many of the copies have come back, at the mean."""
    if needed <= copies:
        return cycle * needed / (copies + 1)
    return cycle * (needed - 0.5) / copies


def _deviation(needed: int, copies: int, spread: float, mean: float) -> float:
    return sqrt((spread / copies) ** 2 * needed + (UNSURE * mean) ** 2)
