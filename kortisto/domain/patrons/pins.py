"""PINs: which are good enough, and how a try is remembered. Pure."""

import hashlib
import hmac
import itertools
import secrets
from typing import Final

from django.utils.translation import gettext as _

COMMON: Final = frozenset({"1212", "6969", "1004", "2580", "1122", "1313", "1010"})


def weakness(pin: str, *, shortest: int, longest: int) -> str | None:
    """Why a PIN cannot be taken, in words; None when it can (S24).

    Digits only; not all the same, not a run up or down, not a well-known one.
    """
    if not pin.isascii() or not pin.isdigit():
        return _("A PIN has digits only.")
    if not shortest <= len(pin) <= longest:
        return _("A PIN has {shortest}–{longest} digits.").format(
            shortest=shortest, longest=longest
        )
    return _("This PIN is too easy to guess.") if is_easy(pin) else None


def is_easy(pin: str) -> bool:
    """Whether digits are all the same, a run up or down, or well known."""
    steps = {int(b) - int(a) for a, b in itertools.pairwise(pin)}
    return steps in ({0}, {1}, {-1}) or pin in COMMON


def generated(shortest: int, longest: int) -> str:
    """A PIN that is not easy to guess, as short as the library allows."""
    while True:
        pin = "".join(secrets.choice("0123456789") for _digit in range(shortest))
        if weakness(pin, shortest=shortest, longest=longest) is None:
            return pin


def digest_of_try(pin: str, *, key: str, patron_id: int) -> str:
    """What is kept of a wrong PIN, to tell the same one tried again from another."""
    message = f"{patron_id}:{pin}".encode()
    return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()
