"""What a private key of ours is for: to say who we are, and to open what is sealed."""

import secrets
from typing import Final

from joserfc import jwe, jwt
from joserfc.jwk import RSAKey

SEALED_BY: Final = [
    *("RSA-OAEP", "RSA-OAEP-256"),
    *("A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM"),
]
PARTS_OF_SEALED: Final = 5  # a signed token has three
ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTED_FOR: Final = 60  # seconds


def opened(token: str, private_key: str) -> str:
    """The signed token inside a sealed one; one that is not sealed as it is.

    Raises JoseError and ValueError.
    """
    if token.count(".") + 1 != PARTS_OF_SEALED:
        return token
    key = RSAKey.import_key(private_key)
    return (
        jwe.decrypt_compact(token, key, algorithms=SEALED_BY).plaintext or b""
    ).decode()


def assertion(client_id: str, private_key: str, *, to: str, now: int) -> dict[str, str]:
    """Who we are, by our signature (RFC 7523). ``to``: who is asked for a token."""
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": to,
        "jti": secrets.token_urlsafe(16),
        "iat": now,
        "exp": now + ASSERTED_FOR,
    }
    key = RSAKey.import_key(private_key)
    signed = jwt.encode({"alg": "RS256", "kid": key.thumbprint()}, claims, key)
    return {"client_assertion_type": ASSERTION, "client_assertion": signed}
