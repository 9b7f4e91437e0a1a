"""Draw what the replay told as a small picture for the page of figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

PICTURE: Final = Path(__file__).resolve().parents[2] / "docs/images/replay.svg"
ROW, TOP, NAMES, PANEL, GAP = 26, 40, 330, 200, 70
OURS, OTHERS = "#0b6e6e", "#8a8f98"


@dataclass(frozen=True, slots=True)
class Bar:
    """A policy: the items that changed library, and the median wait in days."""

    name: str
    ours: bool
    moves: int
    days: int


def draw(bars: Sequence[Bar], path: Path = PICTURE) -> None:
    width = NAMES + 2 * (PANEL + GAP)
    height = TOP + ROW * len(bars) + 10
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img" '
            'font-family="sans-serif" font-size="13">'
        ),
        "<title>Item moves and median wait in days, by policy</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        *_panel(bars, "Item moves", NAMES, [bar.moves for bar in bars]),
        *_panel(
            bars, "Median wait, days", NAMES + PANEL + GAP, [bar.days for bar in bars]
        ),
    ]
    for number, bar in enumerate(bars):
        y = TOP + ROW * number + 16
        weight = ' font-weight="bold"' if bar.ours else ""
        parts.append(
            f'<text x="{NAMES - 8}" y="{y}" text-anchor="end" fill="#1d1f23"{weight}>'
            f"{escape(bar.name)}</text>"
        )
    path.write_text("\n".join([*parts, "</svg>", ""]))


def _panel(
    bars: Sequence[Bar], title: str, left: int, values: Sequence[int]
) -> list[str]:
    most = max(*values, 1)
    parts = [
        f'<text x="{left}" y="24" fill="#1d1f23" font-weight="bold">{title}</text>'
    ]
    for number, (bar, value) in enumerate(zip(bars, values, strict=True)):
        y, long = TOP + ROW * number, max(PANEL * value / most, 1)
        colour = OURS if bar.ours else OTHERS
        parts += [
            (
                f'<rect x="{left}" y="{y + 3}" width="{long:.1f}" height="{ROW - 8}" '
                f'fill="{colour}"/>'
            ),
            (
                f'<text x="{left + long + 6:.1f}" y="{y + 16}" fill="#1d1f23">'
                f"{value:,}</text>"
            ),
        ]
    return parts
