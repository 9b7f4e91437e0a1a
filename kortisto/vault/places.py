"""Where the vault keeps things, from the environment (docs/configuration.md)."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

UNIX: Final = "unix:"
LONGEST_SOCKET: Final = 100  # bytes; the system takes some 107


class VaultTrouble(Exception):
    """What was asked of the vault cannot be done, and why, in words."""


@dataclass(frozen=True, slots=True)
class Places:
    folder: Path  # the database; nobody else may look into it
    key_file: Path  # the master key, apart from the database
    socket: Path  # where the service listens

    @property
    def database(self) -> Path:
        return self.folder / "vault.sqlite3"

    @property
    def lock(self) -> Path:
        """Held by the one service that runs over this database."""
        return self.folder / "lock"


def places() -> Places:
    """Raises VaultTrouble when the service could not listen there."""
    data = Path(os.environ.get("KORTISTO_DATA_DIR") or "./var").resolve()
    url = os.environ.get("KORTISTO_VAULT_URL") or f"{UNIX}{data / 'vault.sock'}"
    if not url.startswith(UNIX):
        message = (
            "the vault listens on a Unix socket: give it a KORTISTO_VAULT_URL of the "
            "form unix:/path (another address is for clients on other machines)"
        )
        raise VaultTrouble(message)
    socket = Path(url.removeprefix(UNIX))
    if len(os.fsencode(socket)) > LONGEST_SOCKET:
        message = f"the path of the vault's socket is over {LONGEST_SOCKET} bytes long"
        raise VaultTrouble(message)
    return Places(
        folder=Path(os.environ.get("KORTISTO_VAULT_DIR") or data / "vault"),
        key_file=Path(os.environ.get("KORTISTO_VAULT_KEY_FILE") or data / "vault.key"),
        socket=socket,
    )
