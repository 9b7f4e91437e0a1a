"""The key of the backups: a file of its own, apart from what it opens."""

import os
import secrets
from pathlib import Path
from typing import Final

from kortisto.backup.trouble import BackupTrouble

KEY_BYTES: Final = 32
OWNER_ONLY: Final = 0o600
OTHERS: Final = 0o077
VARIABLE: Final = "KORTISTO_BACKUP_KEY_FILE"


def make_key(path: Path) -> None:
    """Write a new key for its owner only. Raises BackupTrouble when one is there."""
    if not path.parent.is_dir():
        message = f"{path.parent}: there is no such folder"
        raise BackupTrouble(message)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_bytes(KEY_BYTES).hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(fresh, path)  # whole or not at all, and never over another
    except FileExistsError:
        message = f"{path} is there already: a key that backups need is not replaced"
        raise BackupTrouble(message) from None
    finally:
        fresh.unlink()


def key_file(data_dir: Path) -> Path:
    """Where the environment says that the key is. Raises BackupTrouble."""
    named = os.environ.get(VARIABLE)
    if not named:
        message = (
            f"backups are encrypted and {VARIABLE} names no key: make one with "
            "kortisto backup key --write FILE and name it there"
        )
        raise BackupTrouble(message)
    path = Path(named).resolve()
    keep_apart(path, data_dir, "the data directory")
    return path


def keep_apart(key: Path, folder: Path, what: str) -> None:
    """Raises BackupTrouble when the key lies with what it opens."""
    if key.resolve().is_relative_to(folder.resolve()):
        message = f"the key {key} lies in {what}: keep it apart from what it opens"
        raise BackupTrouble(message)


def read_key(path: Path) -> bytes:
    """Raises BackupTrouble when there is none, or others may read it."""
    if not path.is_file():
        message = f"the key of the backups, {path}, is missing"
        raise BackupTrouble(message)
    if path.stat().st_mode & OTHERS:
        message = f"others may read the key of the backups, {path}: chmod 600 it"
        raise BackupTrouble(message)
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        message = f"{path} does not hold a key of backups"
        raise BackupTrouble(message)
    return key
