"""Long random secrets, of which a digest is kept. Pure.

That of a machine is told as ``<its number>.<secret>``.
"""

import hashlib
import hmac
import secrets
from typing import Final, NamedTuple

NOBODYS_DIGEST: Final = "0" * 64


class Token(NamedTuple):
    device_id: int
    secret: str


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """A long random secret needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def parse(text: str) -> Token | None:
    """What a machine sends; None for what none was given."""
    number, dot, secret = text.strip().partition(".")
    if not dot or not secret or not (number.isascii() and number.isdigit()):
        return None
    return Token(int(number[:18]), secret)


def opens(token: Token, kept: str | None) -> bool:
    """Whether the secret is the one kept; as long for an unknown machine (None)."""
    same = hmac.compare_digest(digest(token.secret), kept or NOBODYS_DIGEST)
    return same and kept is not None
