"""A new data key: seal everything with it, then destroy the old one."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from kortisto.vault import database
from kortisto.vault.database import DATA, add_key, write_log
from kortisto.vault.sealing import new_key
from kortisto.vault.store import Store

BATCH: Final = 200  # codes in one transaction: a desk waits milliseconds


def _silent(_done: int) -> None:
    """No progress is wanted."""


def rotate(
    path: Path, master: bytes, *, now: int, progress: Callable[[int], None] = _silent
) -> int:
    """Gives how many codes were sealed anew. The service may run meanwhile.

    Killed at any point and run again it goes on: while a retired key is there, no
    further one is made. The old key is gone when nothing is sealed with it.
    """
    own = database.opened(path)
    store = Store(path, master)
    try:
        with own.writing() as connection:
            if not connection.execute(
                "SELECT 1 FROM wrapped_key WHERE purpose = 'data' AND active = 0"
            ).fetchone():
                add_key(connection, DATA, new_key(), master=master, now=now)
                write_log(connection, "rotate", now=now, reason="begun")
        done = 0
        while resealed := store.reseal_some(BATCH):
            done += resealed
            progress(done)
        with own.writing() as connection:  # the foreign key refuses one still in use
            connection.execute(
                "DELETE FROM wrapped_key WHERE purpose = 'data' AND active = 0"
            )
            write_log(connection, "rotate", now=now, reason="finished")
        own.empty_the_journal()
    finally:
        store.close()
        own.close()
    return done
