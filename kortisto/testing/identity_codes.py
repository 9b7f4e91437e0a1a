"""Artificial personal identity codes: of the numbers that no person has (900-999)."""

from datetime import date
from itertools import count

CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"
SIGNS = {1800: "+", 1900: "-", 2000: "A"}

_numbers = count()


def code_of(born_on: date, number: int = 900, *, sign: str | None = None) -> str:
    """A code of somebody born on a day; ``sign`` is one of the century's."""
    century = SIGNS[born_on.year // 100 * 100] if sign is None else sign
    day = f"{born_on:%d%m}{born_on.year % 100:02}"
    return f"{day}{century}{number:03}{CHECK[int(f'{day}{number:03}') % 31]}"


def new_code(born_on: date = date(1980, 5, 17)) -> str:
    """A code that no other call gives within a hundred."""
    return code_of(born_on, 900 + next(_numbers) % 100)
