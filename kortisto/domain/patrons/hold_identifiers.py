"""Hold identifiers: what stands on a hold slip instead of a name (S23). Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from django.utils.translation import gettext as _

from kortisto.core.text import tidy

LONGEST: Final = 50
DIGITS: Final = 8
ENDING: Final = 4  # digits by which a self-service shelf may be ordered
ALLOWED: Final = re.compile(r"[0-9A-Za-zÅÄÖåäö -]+")

Below = Callable[[int], int]  # a random whole number from 0 to below the one given


def chosen(text: str) -> str:
    """What somebody typed, as it is kept. Raises ValueError with a sentence."""
    identifier = tidy(text)
    if not hold_key(identifier).strip("-"):
        raise ValueError(_("A hold identifier cannot be empty."))
    if len(identifier) > LONGEST:
        raise ValueError(_("A hold identifier has at most 50 characters."))
    if not ALLOWED.fullmatch(identifier):
        raise ValueError(
            _(
                "A hold identifier may have digits, letters from A to Ö, hyphens and "
                "spaces."
            )
        )
    return identifier


def hold_key(identifier: str) -> str:
    """What is compared, as ``sql.HoldKey`` computes it in the database."""
    return "".join(identifier.split()).upper()


def grouped(identifier: str) -> str:
    """``12345678`` → ``1234 5678``; what somebody chose stays as they wrote it."""
    if not identifier.isascii() or not identifier.isdigit():
        return identifier
    head = len(identifier) % ENDING
    parts = [identifier[:head]] if head else []
    rest = identifier[head:]
    parts += [rest[at : at + ENDING] for at in range(0, len(rest), ENDING)]
    return " ".join(parts)


def tries(number: int, *, below: Below) -> list[str]:
    """New identifiers to choose from: eight digits, each with another ending.

    They are random: nothing about the person or the order can be read from them.
    """
    smallest = 10 ** (DIGITS - 1)
    by_ending: dict[str, str] = {}
    while len(by_ending) < number:
        one = str(smallest + below(9 * smallest))
        by_ending.setdefault(one[-ENDING:], one)
    return list(by_ending.values())


def rarest(candidates: Sequence[str], endings: Mapping[str, int]) -> list[str]:
    """The candidates, first the one whose ending fewest have at the library."""
    return sorted(candidates, key=lambda one: endings.get(one[-ENDING:], 0))
