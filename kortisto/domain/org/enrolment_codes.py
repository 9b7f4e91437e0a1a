"""The code that enrols a workstation: typed once, from a colleague's screen. Pure."""

import hashlib
import hmac
import secrets
from typing import Final

ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing looks like another
LENGTH: Final = 10
GROUP: Final = 5


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))


def grouped(code: str) -> str:
    """``ABCDE-FGHJK``: as people read it."""
    return "-".join(code[i : i + GROUP] for i in range(0, len(code), GROUP))


def digest(code: str, *, key: str) -> str:
    """What is kept of a code; small letters, spaces and hyphens do not matter."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hmac.new(key.encode(), plain.encode(), hashlib.sha256).hexdigest()
