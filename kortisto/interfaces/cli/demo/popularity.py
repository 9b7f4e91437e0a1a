"""How often each title is wanted: few titles very much, most of them seldom."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from kortisto.interfaces.cli.demo.editions import Titles
from kortisto.interfaces.cli.demo.facts import Fact
from kortisto.interfaces.cli.demo.scale import Scale, dice

MOST_COPIES: Final = 40
MOST_LOANS: Final = 22.0  # of one item in two years
MOST_OUT: Final = 0.85
LOST_ON_THE_WAY: Final = 1.16  # loans that find no borrower or no time
ISSUES: Final = 30  # of a magazine
LONGEST_RUN: Final = 1_500  # issues of one magazine, at the largest scale
BESIDE_QUEUES: Final = 0.88  # of the open loans; the others are of queued titles
TASTES: Final = {"fin": 3.0, "zxx": 1.5, "eng": 1.3, "swe": 1.0}
RECENT: Final = 2015
QUEUES: Final = 0.006  # of the titles have patrons waiting


@dataclass(frozen=True, slots=True)
class Popularity:
    """By number of the title, from 0. ``first_item``: the id of its first item."""

    copies: Sequence[int]
    first_item: Sequence[int]
    loans: Sequence[float]  # expected of each item in two years
    out: Sequence[float]  # chance that an item is on loan now
    queue: Sequence[bool]

    @property
    def items(self) -> int:
        return self.first_item[-1] + self.copies[-1] - 1


def popularity(titles: Titles, scale: Scale, seed: int) -> Popularity:
    """Drawn once, then scaled so that the sums are those of the scale."""
    rng = dice(seed, "popularity")
    facts = len(titles.facts)
    wanted = array(
        "d",
        (
            min(rng.paretovariate(1.1), 25.0 + 25.0 * rng.random())
            * (_taste(titles.facts[n]) if n < facts else 1.0)
            for n in range(titles.wanted)
        ),
    )
    copies = _copies(wanted, titles, scale)
    first, first_item = 1, array("L")
    for count in copies:
        first_item.append(first)
        first += count
    loans = _scaled(
        lambda factor, n: min(factor * wanted[n] / copies[n] ** 0.5, MOST_LOANS),
        copies,
        scale.past_loans * LOST_ON_THE_WAY,
    )
    out = _scaled(
        lambda factor, n: min(factor * (wanted[n] / copies[n] ** 0.5) ** 0.5, MOST_OUT),
        copies,
        scale.open_loans * BESIDE_QUEUES,
    )
    edge = sorted(wanted)[-max(4, int(len(wanted) * QUEUES))]
    queue = [value >= edge for value in wanted]
    return Popularity(copies, first_item, loans, out, queue)


def _taste(fact: Fact) -> float:
    """Real titles before made-up ones, those in Finnish and games before all."""
    if fact.material == "LEHTI":
        return 0.8
    if fact.material in {"PELI", "LAUTAPELI"}:
        return 3.0
    factor = TASTES.get(fact.language, 0.7)
    return factor * (1.3 if (fact.year or 0) >= RECENT else 1.0)


def _copies(wanted: Sequence[float], titles: Titles, scale: Scale) -> Sequence[int]:
    fixed = {
        n: ISSUES
        for n, fact in enumerate(titles.facts)
        if fact.material == "LEHTI" and scale.titles > len(titles.facts)
    }
    if fixed and scale.name == "lumme":
        fixed[min(fixed)] = LONGEST_RUN
    rest = [n for n in range(len(wanted)) if n not in fixed]

    def made(factor: float, n: int) -> int:
        return 1 + int(min(factor * wanted[n], MOST_COPIES - 1))

    factor = _factor(
        lambda factor: sum(made(factor, n) for n in rest),
        scale.items - sum(fixed.values()),
    )
    return array("L", (fixed.get(n) or made(factor, n) for n in range(len(wanted))))


def _scaled(
    value: Callable[[float, int], float], copies: Sequence[int], total: float
) -> Sequence[float]:
    every = range(len(copies))
    factor = _factor(lambda f: sum(value(f, n) * copies[n] for n in every), total)
    return array("d", (value(factor, n) for n in every))


def _factor(total_with: Callable[[float], float], wanted: float) -> float:
    """The factor that brings a growing sum to what is wanted, within a percent."""
    low, high = 0.0, 64.0
    for _step in range(18):
        middle = (low + high) / 2
        if total_with(middle) < wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2
