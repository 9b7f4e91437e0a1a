"""How a request says who sends it: known to the service and to its client.

The secret of an account never travels. Each request carries the account, the time, a
number used once and an HMAC-SHA-256 over these and the body.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

ACCOUNT: Final = "X-Vault-Account"
TIME: Final = "X-Vault-Time"  # seconds since 1970
NONCE: Final = "X-Vault-Nonce"
SIGNATURE: Final = "X-Vault-Signature"
HEADERS: Final = (ACCOUNT, TIME, NONCE, SIGNATURE)
PURPOSE: Final = b"kortisto vault request, version 1"
SECRET_BYTES: Final = 32


def new_secret() -> str:
    return secrets.token_hex(SECRET_BYTES)


def signing_key(secret: str) -> bytes:
    """What the vault keeps of a secret, sealed; the secret cannot be got from it."""
    return hmac.new(secret.encode(), PURPOSE, hashlib.sha256).digest()


@dataclass(frozen=True, slots=True)
class Signed:
    """What of a request is signed."""

    account: str
    path: str
    time: str
    nonce: str
    body: bytes

    def signature(self, key: bytes) -> str:
        parts = (
            *(PURPOSE.decode(), self.account, self.path, self.time, self.nonce),
            hashlib.sha256(self.body).hexdigest(),
        )
        return hmac.new(key, "\n".join(parts).encode(), hashlib.sha256).hexdigest()


def signed_headers(
    account: str, key: bytes, path: str, body: bytes, *, now: float
) -> Mapping[str, str]:
    signed = Signed(account, path, str(int(now)), secrets.token_hex(16), body)
    return {
        ACCOUNT: account,
        TIME: signed.time,
        NONCE: signed.nonce,
        SIGNATURE: signed.signature(key),
    }
