"""Keep the copy of this machine new for as long as the process lives."""

import logging
import threading
from pathlib import Path
from typing import Final

from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.utils import timezone

from kortisto.domain.entry.local.keeper import Keeper, only_keeper

logger = logging.getLogger(__name__)

PAUSE: Final = 0.25  # seconds between two rounds
AFTER_TROUBLE: Final = 0.5  # seconds; the database may be back soon
LOOK_AGAIN: Final = 5.0  # seconds until asking whether the other keeper has gone


def keep(folder: Path, stop: threading.Event) -> None:
    """Until ``stop`` is set. Another process of this machine may do it meanwhile."""
    while not stop.is_set():
        with only_keeper(folder) as alone:
            if alone:
                _keep_alone(Keeper(folder), stop)
        stop.wait(LOOK_AGAIN)


def _keep_alone(keeper: Keeper, stop: threading.Event) -> None:
    away = False
    while not stop.is_set():
        close_old_connections()
        try:
            more = keeper.turn(timezone.now())
        except (DatabaseError, InterfaceError) as trouble:
            if not away:
                logger.warning("doors decide without the database: %s", trouble)
            away = True
            connection.close()
            stop.wait(AFTER_TROUBLE)
        except Exception:
            logger.exception("the copy for doors could not be kept")
            connection.close()
            stop.wait(LOOK_AGAIN)
        else:
            if away:
                logger.warning("the database is back")
            away = False
            stop.wait(0 if more else PAUSE)
    connection.close()


def start(folder: Path) -> threading.Event:
    """Begin in a thread of its own; set the answer to end it."""
    stop = threading.Event()
    threading.Thread(
        target=keep, args=(folder, stop), name="door-keeper", daemon=True
    ).start()
    return stop
