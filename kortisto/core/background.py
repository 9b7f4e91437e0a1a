"""Work that a worker does all the time, beside jobs and followers of the database.

For who keeps a position outside the database, such as the search index of a machine.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from kortisto.core.failures import back_off

logger = logging.getLogger(__name__)

Turn = Callable[[datetime], bool]
T = TypeVar("T", bound=Turn)


@dataclass(slots=True)
class Background:
    name: str
    turn: Turn
    every: timedelta
    failures: int = 0
    not_before: datetime | None = None


_background: dict[str, Background] = {}


def background(name: str, *, every: timedelta = timedelta(0)) -> Callable[[T], T]:
    """Declare a function that every worker calls again and again with the time.

    It does a bounded piece of work and returns whether there is more to do at once.
    """

    def declare(turn: T) -> T:
        _background[name] = Background(name, turn, every)
        return turn

    return declare


def run_background_once(now: datetime) -> int:
    """Give each its turn. Returns how many have more to do at once.

    One that fails is left alone for a while, longer each time, and stops no other.
    """
    return sum(_turn(each, now) for each in _background.values())


def _turn(each: Background, now: datetime) -> bool:
    if each.not_before is not None and now < each.not_before:
        return False
    try:
        more = each.turn(now)
    except Exception:
        each.failures += 1
        wait = back_off(
            each.failures,
            first=timedelta(seconds=2),
            longest=timedelta(minutes=5),
        )
        each.not_before = now + wait
        logger.exception("%s failed", each.name)
        return False
    each.failures = 0
    each.not_before = None if more else now + each.every
    return more
