"""PINs: which are good enough, and how a try is remembered. Pure."""

import hashlib
import hmac
import itertools
import secrets
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

COMMON: Final = frozenset({"1212", "6969", "1004", "2580", "1122", "1313", "1010"})
IN_A_ROW: Final = 3  # digits alike, or up or down, that a strong PIN has nowhere
WAYS_TO_WRITE: Final = ("%d%m", "%m%d", "%Y", "%d%m%y", "%y%m%d", "%d%m%Y", "%Y%m%d")


@dataclass(frozen=True, slots=True)
class PinTerms:
    """What a new PIN must be like: of the category, else of the library (PAT-20)."""

    shortest: int = 4
    longest: int = 8
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Owner:
    """What a strong PIN is not taken from. ``numbers``: of phones and cards."""

    born_on: date | None = None
    numbers: tuple[str, ...] = ()


NOBODY: Final = Owner()


def weakness(pin: str, terms: PinTerms, owner: Owner = NOBODY) -> str | None:
    """Why a PIN cannot be taken, in words; None when it can (S24).

    Digits only; not all the same, not a run up or down, not a well-known one. Where
    the category asks for a strong one, ``is_strong`` too.
    """
    shortest, longest = terms.shortest, terms.longest
    if not pin.isascii() or not pin.isdigit():
        return _("A PIN has digits only.")
    if not shortest <= len(pin) <= longest:
        return _("A PIN has {shortest}–{longest} digits.").format(
            shortest=shortest, longest=longest
        )
    if is_easy(pin):
        return _("This PIN is too easy to guess.")
    if terms.strong and not is_strong(pin, owner):
        return _(
            "The PIN must be harder to guess: no three digits alike or in a row, no "
            "part twice, and nothing from the date of birth, a phone or the card."
        )
    return None


def is_easy(pin: str) -> bool:
    """Whether digits are all the same, a run up or down, or well known."""
    steps = {int(b) - int(a) for a, b in itertools.pairwise(pin)}
    return steps in ({0}, {1}, {-1}) or pin in COMMON


def is_strong(pin: str, owner: Owner) -> bool:
    """Whether digits have no pattern and tell nothing of whose they are (PAT-20)."""
    steps = [int(b) - int(a) for a, b in itertools.pairwise(pin)]
    rows = (set(steps[at : at + IN_A_ROW - 1]) for at in range(len(steps) - 1))
    in_a_row = any(row in ({0}, {1}, {-1}) for row in rows)
    return not (in_a_row or _repeats(pin) or _is_of(pin, owner))


def _repeats(pin: str) -> bool:
    """Whether the whole PIN is one part again and again: 8282, 264264."""
    return pin in (pin + pin)[1:-1]


def _is_of(pin: str, owner: Owner) -> bool:
    if any(pin in "".join(filter(str.isdigit, each)) for each in owner.numbers):
        return True
    if owner.born_on is None:
        return False
    written = [owner.born_on.strftime(way) for way in WAYS_TO_WRITE]
    return any(pin in each or each in pin for each in written)


def generated(terms: PinTerms, owner: Owner = NOBODY) -> str:
    """A PIN that is not easy to guess, as short as the library allows."""
    while True:
        pin = "".join(secrets.choice("0123456789") for _digit in range(terms.shortest))
        if weakness(pin, terms, owner) is None:
            return pin


def digest_of_try(pin: str, *, key: str, patron_id: int) -> str:
    """What is kept of a wrong PIN, to tell the same one tried again from another."""
    message = f"{patron_id}:{pin}".encode()
    return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()
