"""Answer a door in time: from the database, or from this machine's copy.

The database has 0.15 s to say which door asks, and a second for the decision. When
it does not answer, the copy decides, and the database is left alone for a second.
Both ways write the attempt under the same key, so that a late answer of the database
is no second attempt.
"""

import hashlib
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final, TypeVar
from uuid import uuid4

from django.conf import settings
from django.db import (
    InterfaceError,
    OperationalError,
    close_old_connections,
)

from kortisto.core import tokens
from kortisto.domain.entry.actions.deciding import (
    Outcome,
    decide_entry,
    door_actor,
)
from kortisto.domain.entry.local.offline import decide_offline, door_of
from kortisto.domain.entry.local.store import NoCopy, Store
from kortisto.domain.entry.local.waiting import Waiting
from kortisto.domain.entry.queries import Door, door_by_token
from kortisto.interfaces.door.limits import Limiter

logger = logging.getLogger(__name__)

T = TypeVar("T")

NOTICED_AFTER: Final = 0.15  # seconds: then the database counts as away
DECIDED_WITHIN: Final = 1.0  # seconds for a decision of the database
LEFT_ALONE: Final = 1.0  # seconds without asking it, after it was away
THREADS: Final = 4
PER_DOOR: Final = 120  # times a minute
PER_CARD: Final = 10  # times a minute


class UnknownDoor(Exception):
    """The token was given to no door that is in use."""


class AskedTooOften(Exception):
    """The door, or one card, has been tried too often in a minute."""


class CannotTell(Exception):
    """Neither the database nor a copy can tell which door asks."""


class DatabaseAway(Exception):
    """The database has not answered in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long to wait; tests have more patience."""

    noticed_after: float = NOTICED_AFTER
    decided_within: float = DECIDED_WITHIN
    left_alone: float = LEFT_ALONE


class DoorService:
    """One for each process."""

    def __init__(self, folder: Path, pace: Pace | None = None) -> None:
        self.store, self.waiting = Store(folder), Waiting(folder)
        self._pace = pace or Pace()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="door-database")
        self._away_until = 0.0
        self._doors, self._cards = Limiter(PER_DOOR, 60), Limiter(PER_CARD, 60)

    def enter(self, token: str, card: str, pin: str, *, now: datetime) -> Outcome:
        """Decide for a card and its PIN at the door with the token.

        Raises UnknownDoor, CannotTell, AskedTooOften.
        """
        door = self.door(token)
        clock = time.monotonic()
        in_secret = hashlib.sha256("".join(card.split()).upper().encode()).hexdigest()
        if not self._doors.allows(str(door.device_id), clock):
            raise AskedTooOften
        if not self._cards.allows(in_secret, clock):
            raise AskedTooOften
        key = uuid4().hex
        try:
            return self._from_database(
                lambda: decide_entry(
                    card, pin, door=door, key=key, by=door_actor(door), now=now
                ),
                within=self._pace.decided_within,
            )
        except DatabaseAway:
            return decide_offline(
                card,
                pin,
                door=door,
                key=key,
                store=self.store,
                waiting=self.waiting,
                now=now,
            )

    def door(self, token: str) -> Door:
        """The door that a token was given to. Raises UnknownDoor, CannotTell."""
        parsed = tokens.parse(token)
        if parsed is None:
            raise UnknownDoor
        try:
            found = self._from_database(
                lambda: door_by_token(parsed), within=self._pace.noticed_after
            )
        except DatabaseAway:
            try:
                found = door_of(parsed, self.store)
            except NoCopy as nothing:
                raise CannotTell from nothing
        if found is None:
            raise UnknownDoor
        return found

    def database_answers(self) -> bool:
        nobody = tokens.Token(0, "")
        try:
            self._from_database(
                lambda: door_by_token(nobody), within=self._pace.noticed_after
            )
        except DatabaseAway:
            return False
        return True

    def close(self) -> None:
        """Let what was asked come to its end."""
        self._pool.shutdown()

    def _from_database(self, ask: Callable[[], T], *, within: float) -> T:
        """Ask in a thread that may be left behind. Raises DatabaseAway in time."""
        if time.monotonic() < self._away_until:
            raise DatabaseAway
        asked = self._pool.submit(_in_own_connection, ask)
        try:
            return asked.result(timeout=within)
        except (OperationalError, InterfaceError, TimeoutError) as away:
            asked.cancel()
            self._away_until = time.monotonic() + self._pace.left_alone
            logger.warning("the database does not answer: %s", type(away).__name__)
            raise DatabaseAway from away


def _in_own_connection(ask: Callable[[], T]) -> T:
    close_old_connections()  # one that the database has dropped is opened anew
    try:
        return ask()
    finally:
        close_old_connections()


@cache
def service() -> DoorService:
    """That of this process."""
    return DoorService(settings.DOOR_DIR)
