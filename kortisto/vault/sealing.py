"""Keys and what is done with them: AES-256-GCM to seal, HMAC-SHA-256 to find.

The master key seals the other keys and nothing else. Data keys seal codes, the look-up
key makes the digests by which a code is found without opening any.
"""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kortisto.vault.places import VaultTrouble

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
OWNER_ONLY: Final = 0o600


@dataclass(frozen=True, slots=True)
class Sealed:
    nonce: bytes
    text: bytes


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, text: bytes, *, about: str) -> Sealed:
    """``about`` is bound in: what was sealed about one row opens for no other."""
    nonce = os.urandom(NONCE_BYTES)
    return Sealed(nonce, AESGCM(key).encrypt(nonce, text, about.encode()))


def unseal(key: bytes, sealed: Sealed, *, about: str) -> bytes:
    """Raises VaultTrouble when the key is another one or the row was altered."""
    try:
        return AESGCM(key).decrypt(sealed.nonce, sealed.text, about.encode())
    except InvalidTag:
        message = "a sealed row does not open: another key, or somebody altered it"
        raise VaultTrouble(message) from None


def digest(key: bytes, code: str) -> bytes:
    return hmac.new(key, code.encode(), hashlib.sha256).digest()


def make_master_key(path: Path) -> None:
    """Write a new master key for its owner only; one that is there is left alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "w") as file:
        file.write(new_key().hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)  # whole or not at all, and never over another
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def master_key(path: Path) -> bytes:
    """Raises VaultTrouble when there is none, or others may read it."""
    if not path.is_file():
        message = f"the vault's key file {path} is missing"
        raise VaultTrouble(message)
    if path.stat().st_mode & 0o077:
        message = f"others may read the vault's key file {path}: chmod 600 it"
        raise VaultTrouble(message)
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        message = f"{path} does not hold a key of the vault"
        raise VaultTrouble(message)
    return key
