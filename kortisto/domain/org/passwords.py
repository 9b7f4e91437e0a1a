"""What a password must be like, and one-time codes. Pure, but for randomness."""

import hmac
from typing import Final

import pyotp

LEAST_LENGTH: Final = 15  # characters (PER-3)
FEWEST_DIFFERENT: Final = 5
STEP_SECONDS: Final = 30
ISSUER: Final = "Kortisto"


def too_short(password: str) -> bool:
    return len(password) < LEAST_LENGTH


def too_weak(password: str, username: str) -> bool:
    """Long enough, but a few characters over and over, or made of the user name."""
    folded = password.casefold()
    rest = folded.replace(username.casefold(), "")
    return len(set(folded)) < FEWEST_DIFFERENT or too_short(rest)


def new_secret() -> str:
    """A secret for an authenticator application: 32 letters and digits."""
    return pyotp.random_base32()


def enrolment_uri(secret: str, username: str) -> str:
    """What the QR code of an enrolment says."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def matching_step(secret: str, code: str, *, seconds: int) -> int | None:
    """The time step whose code this is: the present one or a neighbour (clocks drift).

    ``seconds`` is the time since 1970. Takes the same time whatever the code is.
    """
    given = "".join(code.split()).encode()
    clock = pyotp.TOTP(secret, interval=STEP_SECONDS)
    present = seconds // STEP_SECONDS
    found = None
    for step in (present - 1, present, present + 1):
        if hmac.compare_digest(clock.generate_otp(step).encode(), given):
            found = step
    return found
