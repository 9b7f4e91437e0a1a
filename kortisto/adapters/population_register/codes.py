"""The little that we read from a personal identity code."""

from datetime import date
from typing import Final

CENTURIES: Final = {
    "+": 1800,
    **dict.fromkeys("-YXWVU", 1900),
    **dict.fromkeys("ABCDEF", 2000),
}
LENGTH: Final = 11  # ddmmyy, a sign for the century, three digits, a check character


def born_on(code: str) -> date | None:
    """The birth date; None when the text is no identity code."""
    digits = code[:6]
    century = CENTURIES.get(code[6:7].upper())
    if len(code) != LENGTH or not digits.isdigit() or century is None:
        return None
    try:
        return date(century + int(code[4:6]), int(code[2:4]), int(code[:2]))
    except ValueError:
        return None
