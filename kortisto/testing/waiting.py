"""Wait for what another process or thread is about to do, and no longer."""

import time
from collections.abc import Callable
from typing import Final

PATIENCE: Final = 60.0  # seconds
LOOK_EVERY: Final = 0.02  # seconds


def wait_until(
    holds: Callable[[], bool], *, otherwise: str, patience: float = PATIENCE
) -> float:
    """Look until it holds; the seconds that it took.

    Raises RuntimeError, saying ``otherwise``, when patience is at its end. What
    ``holds`` raises ends the wait at once.
    """
    started = time.perf_counter()
    while not holds():
        if time.perf_counter() - started > patience:
            raise RuntimeError(otherwise)
        time.sleep(LOOK_EVERY)
    return time.perf_counter() - started
