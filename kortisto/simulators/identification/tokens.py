"""Sign and seal tokens, as the standards say (RFC 7515, 7516, 7517), by hand."""

import hashlib
import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TAG: Final = 16  # bytes
SHA256: Final = hashes.SHA256()


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def new_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


def key_id(key: RSAPublicKey) -> str:
    return hashlib.sha256(str(key.public_numbers().n).encode()).hexdigest()[:16]


def as_jwk(key: RSAPublicKey) -> dict[str, str]:
    numbers = key.public_numbers()
    size = (numbers.n.bit_length() + 7) // 8
    return {
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": key_id(key),
        "n": encoded(numbers.n.to_bytes(size, "big")),
        "e": encoded(numbers.e.to_bytes(3, "big")),
    }


def signed(claims: Mapping[str, Any], key: RSAPrivateKey) -> str:
    header = {"alg": "RS256", "typ": "JWT", "kid": key_id(key.public_key())}
    text = f"{_json(header)}.{_json(claims)}"
    signature = key.sign(text.encode(), PKCS1v15(), SHA256)
    return f"{text}.{encoded(signature)}"


def claims_of(token: str, key: RSAPublicKey) -> dict[str, Any] | None:
    """What a token says, if the key has signed it."""
    text, _dot, signature = token.rpartition(".")
    try:
        key.verify(decoded(signature), text.encode(), PKCS1v15(), SHA256)
    except (InvalidSignature, ValueError):
        return None
    found: dict[str, Any] = json.loads(decoded(text.partition(".")[2]))
    return found


def sealed(token: str, key: RSAPublicKey) -> str:
    """A token that only the key's owner can open (RSA-OAEP-256, A256GCM)."""
    header = _json({"alg": "RSA-OAEP-256", "enc": "A256GCM", "cty": "JWT"})
    content_key, nonce = AESGCM.generate_key(256), os.urandom(12)
    padding = OAEP(mgf=MGF1(SHA256), algorithm=SHA256, label=None)
    wrapped = key.encrypt(content_key, padding)
    both = AESGCM(content_key).encrypt(nonce, token.encode(), header.encode())
    parts = (wrapped, nonce, both[:-TAG], both[-TAG:])
    return ".".join((header, *map(encoded, parts)))


def _json(value: Mapping[str, Any]) -> str:
    return encoded(json.dumps(value, separators=(",", ":")).encode())
