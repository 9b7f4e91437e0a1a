"""How often an account may ask what could be asked for everybody in turn."""

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Final

MINUTE: Final = 60
HOUR: Final = 3600


class TooOften(Exception):
    """The account has used up its share; ``wait`` seconds until it may go on."""

    def __init__(self, wait: int) -> None:
        super().__init__()
        self.wait = wait


@dataclass
class Limit:
    """At most ``most`` in any ``seconds``, for each account by itself."""

    most: int
    seconds: int
    _asked: dict[str, deque[int]] = field(default_factory=dict)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def count(self, account: str, *, now: int) -> None:
        """Raises TooOften; what was refused is not counted."""
        with self._turn:
            asked = self._asked.setdefault(account, deque())
            while asked and asked[0] <= now - self.seconds:
                asked.popleft()
            if len(asked) >= self.most:
                raise TooOften(asked[0] + self.seconds - now)
            asked.append(now)


@dataclass
class Limits:
    """Keeping a code tells whether it was known, so it counts as finding one."""

    find: Limit
    resolve: Limit


def limits(*, finds_per_minute: int, resolves_per_hour: int) -> Limits:
    return Limits(
        find=Limit(finds_per_minute, MINUTE), resolve=Limit(resolves_per_hour, HOUR)
    )
