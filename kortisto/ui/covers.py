"""A cover for a title that has no picture: the same title, the same cover."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zlib import crc32

GROUNDS: Final = 8
SHAPES: Final[Sequence[str]] = (
    (
        '<circle class="cover-shape" cx="78" cy="112" r="44"/>'
        '<path class="cover-ground" d="M78 112 126 96v32z"/>'
    ),
    (
        '<path class="cover-line" d="M-4 118q12-9 24 0t24 0 24 0 24 0 24 0'
        'M-4 130q12-9 24 0t24 0 24 0 24 0 24 0M-4 142q12-9 24 0t24 0 24 0 24 0 24 0"/>'
    ),
    '<path class="cover-shape" d="M0 150V96l34-22 26 18 40-30v88z"/>',
    (
        '<path class="cover-line" d="M70 150V84m0 22c-14 0-22-8-24-20 14 0 22 8 24 20z'
        'm0 22c14 0 22-8 24-20-14 0-22 8-24 20z"/>'
    ),
    '<path class="cover-shape" d="M0 104h100v10H0zM0 122h100v6H0zM0 136h100v3H0z"/>',
    (
        '<circle class="cover-line" cx="80" cy="124" r="12"/>'
        '<circle class="cover-line" cx="80" cy="124" r="24"/>'
        '<circle class="cover-line" cx="80" cy="124" r="36"/>'
    ),
)
LINE_LENGTH: Final = 14  # letters that fit the width in the serif face
MOST_LINES: Final = 4
TOP: Final = 20  # of the first line, in units of a sheet 100 wide and 150 high
LEADING: Final = 14


@dataclass(frozen=True, slots=True)
class Cover:
    """What is drawn: a ground, a shape, and each line with its height."""

    ground: int
    shape: str
    lines: tuple[tuple[int, str], ...]
    by: str
    by_y: int


def cover_of(title: str, author: str = "") -> Cover:
    number = crc32(f"{title}\n{author}".encode())
    lines = wrapped(title)
    return Cover(
        ground=number % GROUNDS,
        shape=SHAPES[(number // GROUNDS) % len(SHAPES)],
        lines=tuple((TOP + LEADING * n, line) for n, line in enumerate(lines)),
        by=shortened(author, 20),
        by_y=TOP + LEADING * len(lines),
    )


def wrapped(title: str) -> tuple[str, ...]:
    """The title in lines that fit; what does not fit ends in an ellipsis."""
    lines: list[str] = []
    for word in title.split():
        if lines and len(lines[-1]) + 1 + len(word) <= LINE_LENGTH:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    kept = [shortened(line, LINE_LENGTH) for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        kept[-1] = shortened(f"{kept[-1].rstrip('…')} …", LINE_LENGTH + 2)
    return tuple(kept)


def shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
