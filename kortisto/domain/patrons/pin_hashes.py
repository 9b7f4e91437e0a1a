"""How PINs are kept: hashed, and lightly enough for a door (decision 13)."""

from collections.abc import Callable
from functools import cache
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import (
    Argon2PasswordHasher,
    check_password,
    make_password,
)

MEMORY: Final = 19 * 1024  # KiB


class PinHasher(Argon2PasswordHasher):
    """Argon2id with the least that OWASP recommends: 19 MiB, twice, one lane.

    Its hashes bear a name of their own, so that each kind is checked as it was made.
    """

    algorithm = "argon2pin"
    memory_cost = MEMORY
    time_cost = 2
    parallelism = 1


def hashed(pin: str) -> str:
    """What is kept of a PIN."""
    return make_password(pin, hasher=settings.PIN_HASHER)


def matches(
    pin: str, pin_hash: str, *, renew: Callable[[str], None] | None = None
) -> bool:
    """Whether the hash is that of the PIN.

    ``renew`` gets the hash anew when the PIN is right and was kept in another way.
    """

    def keep(right: str) -> None:
        if renew is not None:
            renew(hashed(right))

    return check_password(pin, pin_hash, setter=keep, preferred=settings.PIN_HASHER)


def check_against_nobody(pin: str) -> None:
    """Take as long as for somebody: an unknown card is answered no sooner."""
    check_password(pin, _nobodys_hash(), preferred=settings.PIN_HASHER)


@cache
def _nobodys_hash() -> str:
    return hashed("nobody")
