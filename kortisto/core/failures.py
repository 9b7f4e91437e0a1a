"""A failure in words that may be stored and shown: no traceback, no password.

Databases put values into what they say: the card number that was there already, the
whole row that broke a constraint, the text that was no number. Of what a database
says, only what names no value is kept.
"""

import re
import sqlite3
from datetime import timedelta
from typing import Any, Final

from django.db import Error as DatabaseError

LONGEST: Final = 500  # characters
PASSWORD: Final = re.compile(r"(?<=://)[^\s/@]+(?=@)")
MEMBER: Final = re.compile(
    r"(?i)\b(password|passwd|secret|token|pin|api[_-]?key)(['\"]?\s*[=:]\s*)\S+"
)
DETAIL: Final = re.compile(r"\n\s*(DETAIL|HINT|CONTEXT|QUERY|LINE \d+):.*", re.DOTALL)
QUOTED_VALUE: Final = re.compile(r"(: \"|with text ').*", re.DOTALL)


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

    The traceback goes to the log. What looks like a password is blotted out, and so
    are the values that a database names.
    """
    text = " ".join(f"{name_of(error)}: {said_by(error)}".split()).removesuffix(":")
    text = MEMBER.sub(r"\1\2•••", PASSWORD.sub("•••", text))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def name_of(error: BaseException) -> str:
    """The type of an error with its module, as a traceback has it."""
    kind = type(error)
    if kind.__module__ == "builtins":
        return kind.__qualname__
    return f"{kind.__module__}.{kind.__qualname__}"


def said_by(error: BaseException) -> str:
    """What an error says, without the values that a database puts into it.

    From PostgreSQL the primary message is kept, the name of the constraint and the
    SQLSTATE. Whatever quotes PostgreSQL's details in its own message loses them too.
    """
    told = _diagnosis(error)
    if told is not None:
        return _told_by_postgresql(told)
    text = DETAIL.sub("", str(error))
    if isinstance(error, sqlite3.Error | DatabaseError):
        return QUOTED_VALUE.sub(r"\1•••", text)
    return text


def _diagnosis(error: BaseException) -> Any:
    """What PostgreSQL says in parts; Django's errors have its own as their cause."""
    for each in (error, error.__cause__ if isinstance(error, DatabaseError) else None):
        told = getattr(each, "diag", None)
        if getattr(told, "message_primary", None):
            return told
    return None


def _told_by_postgresql(told: Any) -> str:
    primary = QUOTED_VALUE.sub(r"\1•••", told.message_primary)
    constraint = told.constraint_name
    named = f"{constraint}, " if constraint and constraint not in primary else ""
    return f"{primary} ({named}SQLSTATE {told.sqlstate})"


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
