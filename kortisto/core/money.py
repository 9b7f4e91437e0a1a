"""Money is integer cents. Never a float, never a decimal fraction of a cent."""

import re

AMOUNT = re.compile(
    r"^\s*(\d{1,7})(?:[.,](\d{1,2}))?\s*(?:€|e|eur)?\s*$", re.IGNORECASE
)


def euros(cents: int) -> str:
    """``1250`` → ``12,50 €``, as Finns write it, with a no-break space."""
    sign = "−" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}{whole},{rest:02d}\N{NO-BREAK SPACE}€"


def cents(text: str) -> int:
    """``12,5``, ``12.50`` or ``12 €`` → 1250. Raises ValueError on anything else."""
    match = AMOUNT.match(text)
    if match is None:
        message = f"not an amount in euros: {text!r}"
        raise ValueError(message)
    whole, rest = match.groups()
    return int(whole) * 100 + int((rest or "").ljust(2, "0"))
