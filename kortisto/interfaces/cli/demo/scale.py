"""How large a demo consortium is, and how its seed gives each part its own dice."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import Final

HISTORY_DAYS: Final = 730  # the loans reach two years back


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of everything. ``event_days``: loans younger than that have events.

    The event log of a live installation holds every loan. The demo writes events for
    the latest days only: older ones would be read by nobody, followers have nothing
    to do with them, and they would double the time of the build.
    """

    name: str
    titles: int
    items: int
    patrons: int
    past_loans: int
    open_loans: int
    event_days: int
    chunk: int  # titles that are made at one go


SCALES: Final[Mapping[str, Scale]] = MappingProxyType(
    {
        "tiny": Scale("tiny", 200, 620, 160, 2_400, 130, 30, 50),
        "town": Scale("town", 10_000, 32_000, 5_000, 70_000, 6_500, 14, 400),
        "lumme": Scale(
            "lumme", 300_000, 1_000_000, 100_000, 1_500_000, 200_000, 7, 2_000
        ),
    }
)


def dice(seed: int, *what: object) -> Random:
    """Random numbers for one part of the demo: others never shift them."""
    return Random(f"{seed}:{':'.join(map(str, what))}")  # noqa: S311 - no secrets
