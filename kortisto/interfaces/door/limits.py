"""How often one may ask. In the memory of the process: it works without a database."""

from collections import deque
from threading import Lock

MOST_KEYS = 10_000  # then keys that nobody has used lately are dropped


class Limiter:
    """At most ``most`` times within ``within`` seconds for each key."""

    def __init__(self, most: int, within: float) -> None:
        self._most = most
        self._within = within
        self._times: dict[str, deque[float]] = {}
        self._lock = Lock()

    def allows(self, key: str, now: float) -> bool:
        """Whether one time more is allowed; it is counted when it is."""
        with self._lock:
            if len(self._times) >= MOST_KEYS:
                self._drop_old(now)
            times = self._times.setdefault(key, deque())
            while times and times[0] <= now - self._within:
                times.popleft()
            if len(times) >= self._most:
                return False
            times.append(now)
            return True

    def _drop_old(self, now: float) -> None:
        self._times = {
            key: times
            for key, times in self._times.items()
            if times and times[-1] > now - self._within
        }
