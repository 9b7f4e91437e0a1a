"""The charge types that the libraries have agreed on (FEE-1), as declared facts."""

from dataclasses import dataclass
from typing import Final

OVERDUE: Final = "OVERDUE"


@dataclass(frozen=True, slots=True)
class DeclaredType:
    code: str
    names: tuple[str, str, str]  # fi, sv, en
    law: str
    default_cents: int = 0
    by_hand: bool = True


DECLARED: Final = (
    DeclaredType(
        OVERDUE,
        ("Myöhästymismaksu", "Förseningsavgift", "Overdue fine"),
        "public",
        by_hand=False,
    ),
    DeclaredType(
        "ODUE", ("Palautuskehotus", "Påminnelse", "Overdue notice"), "public", 150
    ),
    DeclaredType(
        "RESERVE_EXPIRED",
        ("Noutamaton varaus", "Oavhämtad reservering", "Uncollected hold"),
        "public",
        200,
    ),
    DeclaredType("NEW_CARD", ("Uusi kortti", "Nytt kort", "New card"), "private", 300),
    DeclaredType(
        "LOST",
        ("Korvausmaksu", "Ersättningsavgift", "Replacement charge"),
        "private",
    ),
    DeclaredType(
        "ILL",
        ("Kaukopalvelumaksu", "Fjärrlåneavgift", "Interlibrary loan"),
        "private",
        800,
    ),
    DeclaredType("COPY", ("Kopiot", "Kopior", "Copies"), "private", 40),
)
