"""Let every core work at parts of a whole, and get them back in order."""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

from django.db import connections

P = TypeVar("P")
R = TypeVar("R")
AHEAD: Final = 3  # parts for each worker that are made before they are taken


def in_order(work: Callable[[P], R], parts: Iterable[P]) -> Iterator[R]:
    """``work`` of each part, in the order of the parts, by forks of this process.

    The forks know everything that this process knew at the first part; few results
    wait at a time, however slowly they are taken. Where a process cannot be forked
    the work is done here. Closes this process's database connections.
    """
    if "fork" not in multiprocessing.get_all_start_methods():
        yield from map(work, parts)
        return
    connections.close_all()  # a connection must never be shared by two processes
    count = os.cpu_count() or 1
    with multiprocessing.get_context("fork").Pool(count) as workers:
        made = deque()  # type: ignore[var-annotated]
        for part in parts:
            made.append(workers.apply_async(work, (part,)))
            if len(made) > count * AHEAD:
                yield made.popleft().get()
        while made:
            yield made.popleft().get()
