"""The vans of the demo: trunk lines between the main libraries, and a round from each.

Kilometres are roughly those of the roads; what a run costs is about 0.60 euros a
kilometre and 32 euros an hour of a driver.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from kortisto.core.actors import Actor
from kortisto.domain.org.actions.vans import RoundPlan, save_round
from kortisto.domain.org.vans import Stop
from kortisto.interfaces.cli.demo.places import FOUNDED_ON

HANDLING_CENTS: Final = 35
TRUNK, LOCAL = 600, 240  # items that a van has room for
EVERY_WORKDAY, TO_THURSDAY = range(5), range(4)


@dataclass(frozen=True, slots=True)
class Van:
    """``stops``: library, hour, minute, kilometres from the stop before."""

    code: str
    fi: str
    sv: str
    en: str
    weekdays: tuple[int, ...]
    room: int
    euros: int
    stops: tuple[tuple[str, int, int, int], ...]


VANS: Final = (
    Van(
        "RUNKO-ITA",
        "Runkolinja itä",
        "Stamlinje öst",
        "Trunk line east",
        tuple(EVERY_WORKDAY),
        TRUNK,
        345,
        (
            ("MLI", 7, 30, 0),
            ("JOR", 8, 45, 75),
            ("VAR", 9, 10, 17),
            ("SLN", 10, 45, 93),
            ("MLI", 12, 45, 106),
        ),
    ),
    Van(
        "RUNKO-LANSI",
        "Runkolinja länsi",
        "Stamlinje väst",
        "Trunk line west",
        (0, 2, 4),
        TRUNK,
        320,
        (
            ("MLI", 8, 0, 0),
            ("MHA", 8, 50, 50),
            ("PIE", 9, 25, 32),
            ("VAR", 10, 20, 50),
            ("PIE", 11, 20, 50),
            ("MLI", 12, 45, 72),
        ),
    ),
    Van(
        "MLI-ITA",
        "Mikkeli itä",
        "S:t Michel öst",
        "Mikkeli east",
        tuple(TO_THURSDAY),
        LOCAL,
        100,
        (
            ("MLI", 13, 30, 0),
            ("MAU", 13, 40, 1),
            ("MRA", 13, 55, 6),
            ("MAN", 14, 35, 23),
            ("MLI", 15, 15, 28),
        ),
    ),
    Van(
        "MLI-ETELA",
        "Mikkeli etelä",
        "S:t Michel söder",
        "Mikkeli south",
        (0, 2, 3),
        LOCAL,
        285,
        (
            ("MLI", 9, 0, 0),
            ("MRI", 9, 30, 22),
            ("MSU", 10, 10, 28),
            ("MHJ", 11, 10, 45),
            ("MHP", 12, 0, 28),
            ("MOT", 13, 15, 62),
            ("MLI", 13, 40, 15),
        ),
    ),
    Van(
        "SLN-ETELA",
        "Savonlinna etelä",
        "Nyslott söder",
        "Savonlinna south",
        tuple(TO_THURSDAY),
        LOCAL,
        125,
        (
            ("SLN", 11, 30, 0),
            ("SAU", 11, 40, 1),
            ("SKE", 12, 15, 23),
            ("SPU", 12, 50, 22),
            ("SLN", 13, 35, 35),
        ),
    ),
    Van(
        "SLN-POHJOINEN",
        "Savonlinna pohjoinen",
        "Nyslott norr",
        "Savonlinna north",
        (1, 3),
        LOCAL,
        150,
        (
            ("SLN", 11, 30, 0),
            ("ENO", 12, 10, 35),
            ("SSR", 12, 50, 33),
            ("SLN", 13, 50, 58),
        ),
    ),
    Van(
        "PIE",
        "Pieksämäen kierros",
        "Pieksämäkirundan",
        "Pieksämäki round",
        tuple(TO_THURSDAY),
        LOCAL,
        120,
        (
            ("PIE", 12, 0, 0),
            ("PAU", 12, 10, 1),
            ("PNA", 12, 25, 7),
            ("PJA", 13, 5, 30),
            ("PVI", 13, 45, 28),
            ("PIE", 14, 25, 32),
        ),
    ),
    Van(
        "VAR",
        "Varkauden kierros",
        "Varkausrundan",
        "Varkaus round",
        (0, 2),
        LOCAL,
        75,
        (
            ("VAR", 11, 0, 0),
            ("VAU", 11, 10, 1),
            ("VKA", 11, 45, 28),
            ("VAR", 12, 30, 28),
        ),
    ),
)


def send_vans(units: Mapping[str, int], *, by: Actor, now: datetime) -> None:
    """Say where every van drives. ``units``: ids by code."""
    for van in VANS:
        plan = RoundPlan(
            names={"fi": van.fi, "sv": van.sv, "en": van.en},
            weekdays=frozenset(van.weekdays),
            capacity=van.room,
            stops=tuple(
                Stop(units[code], time(hour, minute), kilometres)
                for code, hour, minute, kilometres in van.stops
            ),
            starts_on=FOUNDED_ON,
            run_cents=van.euros * 100,
            handling_cents=HANDLING_CENTS,
        )
        save_round(van.code, plan, by=by, now=now)
