"""What a backup asks of a database, and what is counted in it."""

from pathlib import Path
from typing import Final, Protocol

COUNTED: Final = {"patrons": "patron", "records": "record", "loans": "loan"}


class Database(Protocol):
    """One kind of database: what it is called, and what can be done with it."""

    @property
    def vendor(self) -> str: ...

    def dump(self, to: Path) -> None:
        """Write all of it, as it was at one moment, while others go on writing."""

    def require_empty(self) -> None:
        """Raises BackupTrouble unless there is nothing that a restore would harm."""

    def load(self, dump: Path) -> None:
        """Fill the empty database: all of it or, with BackupTrouble, nothing."""
