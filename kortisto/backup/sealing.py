"""Encryption of a stream: AES-256-GCM in chunks of which none can be moved or lost.

A file is ``MAGIC``, a random salt, a mark by which the right key is known, and the
chunks. Each file has a key of its own, derived from the key of the backups and the
salt, so that a chunk's number can be its nonce; the last byte of the nonce says whether
it is the last. What was altered, swapped, cut off or put in does not open.
"""

import hmac
import io
import os
from typing import IO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from typing_extensions import Buffer, override

from kortisto.backup.trouble import BackupTrouble

MAGIC: Final = b"KORTISTO-BACKUP-1\n"
SALT_BYTES: Final = 16
KEY_BYTES: Final = 32
MARK_BYTES: Final = 16
HEADER_BYTES: Final = len(MAGIC) + SALT_BYTES + MARK_BYTES
CHUNK: Final = 1 << 20
TAG_BYTES: Final = 16
NUMBER_BYTES: Final = 11


class Sealer(io.RawIOBase):
    """What is written to it comes out encrypted; whole only after ``finish()``."""

    def __init__(self, out: IO[bytes], key: bytes) -> None:
        salt = os.urandom(SALT_BYTES)
        own_key, mark = _derived(key, salt)
        self._out = out
        self._cipher = AESGCM(own_key)
        self._header = MAGIC + salt + mark
        self._waiting = bytearray()
        self._number = 0
        out.write(self._header)

    @override
    def writable(self) -> bool:
        return True

    @override
    def write(self, data: Buffer, /) -> int:
        size = len(memoryview(data).cast("B"))
        self._waiting += data
        while len(self._waiting) > CHUNK:  # what may be the last one waits
            self._seal(self._waiting[:CHUNK], last=False)
            del self._waiting[:CHUNK]
        return size

    def finish(self) -> None:
        self._seal(self._waiting, last=True)
        self._waiting.clear()

    def _seal(self, text: bytearray, *, last: bool) -> None:
        nonce = _nonce(self._number, last=last)
        self._out.write(self._cipher.encrypt(nonce, bytes(text), self._header))
        self._number += 1


class Opener(io.RawIOBase):
    """Reads what a Sealer wrote; nothing is handed out that was not proven first.

    Raises BackupTrouble for another key and for a damaged file. Only who has read to
    the end knows that nothing was cut off.
    """

    def __init__(self, source: IO[bytes], key: bytes) -> None:
        self._source = source
        self._header = source.read(HEADER_BYTES)
        if len(self._header) < HEADER_BYTES or not self._header.startswith(MAGIC):
            message = "this is not a backup of Kortisto, or its beginning is damaged"
            raise BackupTrouble(message)
        salt = self._header[len(MAGIC) : len(MAGIC) + SALT_BYTES]
        own_key, mark = _derived(key, salt)
        if not hmac.compare_digest(mark, self._header[-MARK_BYTES:]):
            message = (
                "the key does not open this backup: it was made with another key, or "
                "its beginning is damaged"
            )
            raise BackupTrouble(message)
        self._cipher = AESGCM(own_key)
        self._ahead = source.read(CHUNK + TAG_BYTES)
        self._number = 0
        self._ended = False
        self._opened = memoryview(b"")

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Buffer, /) -> int:
        while not self._opened and not self._ended:
            self._opened = memoryview(self._open_next())
        target = memoryview(buffer).cast("B")
        size = min(len(target), len(self._opened))
        target[:size] = self._opened[:size]
        self._opened = self._opened[size:]
        return size

    def _open_next(self) -> bytes:
        sealed, self._ahead = self._ahead, self._source.read(CHUNK + TAG_BYTES)
        self._ended = not self._ahead
        nonce = _nonce(self._number, last=self._ended)
        self._number += 1
        try:
            return self._cipher.decrypt(nonce, sealed, self._header)
        except (InvalidTag, ValueError):  # ValueError: shorter than a tag
            message = (
                f"the backup is damaged at its chunk {self._number}: altered, out of "
                "order or cut off; use another one"
            )
            raise BackupTrouble(message) from None


def _derived(key: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """The key of one file, and the mark that tells whether it is the right one."""
    kdf = HKDF(SHA256(), length=KEY_BYTES + MARK_BYTES, salt=salt, info=MAGIC)
    both = kdf.derive(key)
    return both[:KEY_BYTES], both[KEY_BYTES:]


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(NUMBER_BYTES, "big") + bytes([last])
