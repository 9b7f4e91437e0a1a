"""Small charts as numbers: a template turns them into SVG without inline style."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kortisto.ui.parts import Bar, Pair

HEIGHT: Final = 60  # units of the drawing, above the labels
STEP: Final = 24
WIDTH: Final = 16
ROW: Final = 44  # of a chart of pairs: its label and two lines
LINE: Final = 220  # the longest line, beside which its number is written


@dataclass(frozen=True, slots=True)
class Column:
    x: int
    y: int
    height: int
    middle: int
    label: str
    last: bool


@dataclass(frozen=True, slots=True)
class Columns:
    width: int
    height: int
    columns: tuple[Column, ...]


def columns(values: Sequence[Bar]) -> Columns:
    """Heights in proportion to the highest value; a value above 0 is always seen."""
    highest = max((bar.value for bar in values), default=0) or 1
    drawn = []
    for place, bar in enumerate(values):
        height = max(round(bar.value * HEIGHT / highest), 1 if bar.value > 0 else 0)
        x = place * STEP + (STEP - WIDTH) // 2
        drawn.append(
            Column(
                x=x,
                y=HEIGHT - height + 4,
                height=height,
                middle=x + WIDTH // 2,
                label=bar.label,
                last=place == len(values) - 1,
            )
        )
    return Columns(max(len(values), 1) * STEP, HEIGHT + 20, tuple(drawn))


@dataclass(frozen=True, slots=True)
class PairRow:
    y: int
    first: int
    second: int
    pair: Pair


def pairs(values: Sequence[Pair]) -> tuple[PairRow, ...]:
    """Two lines for each label, all in proportion to the longest."""
    highest = max((max(one.first, one.second) for one in values), default=0) or 1

    def length(value: int) -> int:
        return max(round(value * LINE / highest), 1 if value > 0 else 0)

    return tuple(
        PairRow(place * ROW, length(one.first), length(one.second), one)
        for place, one in enumerate(values)
    )
