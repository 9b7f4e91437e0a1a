"""A failure in words that may be stored and shown: no traceback, no password."""

import re
from datetime import timedelta
from typing import Final

LONGEST: Final = 500  # characters
PASSWORD: Final = re.compile(r"(?<=://)[^\s/@]+(?=@)")
MEMBER: Final = re.compile(
    r"(?i)\b(password|passwd|secret|token|pin|api[_-]?key)(['\"]?\s*[=:]\s*)\S+"
)


class AdapterError(Exception):
    """The outside failed. ``permanent``: trying again is no use.

    The message is for a log: it names no person and repeats nothing of what was sent
    or answered. ``retry_after``: seconds the other side asked to be left alone for.
    """

    def __init__(
        self, message: str, *, permanent: bool, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after


def in_words(error: BaseException) -> str:
    """``ValueError: no such library``: the type and the message on one line.

    The traceback goes to the log. What looks like a password is blotted out.
    """
    kind = type(error)
    name = kind.__qualname__
    if kind.__module__ != "builtins":
        name = f"{kind.__module__}.{name}"
    text = " ".join(f"{name}: {error}".split()).removesuffix(":")
    text = MEMBER.sub(r"\1\2•••", PASSWORD.sub("•••", text))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def back_off(
    failures: int,
    *,
    first: timedelta = timedelta(seconds=30),
    longest: timedelta = timedelta(hours=6),
) -> timedelta:
    """How long to wait after the nth failure in a row: 30 s, 2 min, 8 min, 32 min...

    Without chance, so that a page can say when the next try will be.
    """
    factor: int = 4 ** min(max(failures, 1) - 1, 16)
    return min(first * factor, longest)
