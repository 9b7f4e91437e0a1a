"""Two want the same thing in the same moment."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

from kortisto.core.refusals import Refused

T = TypeVar("T")


def at_once(*acts: Callable[[], T]) -> Sequence[T | Refused]:
    """Run each act in a thread of its own, all starting in the same moment.

    What each gave, or how it was refused; any other error is raised.
    """
    together = Barrier(len(acts))

    def start(act: Callable[[], T]) -> T | Refused:
        connection.ensure_connection()
        together.wait()
        try:
            return act()
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as desks:
        return list(desks.map(start, acts))


def codes(answers: Sequence[object]) -> list[str]:
    """Why those who were refused were refused."""
    return [
        refusal.reason.value
        for answer in answers
        if isinstance(answer, Refused)
        for refusal in answer.refusals
    ]
