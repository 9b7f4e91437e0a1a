"""Trouble that is not a bug: said in a sentence, never as a traceback."""


class Trouble(Exception):
    """What was asked cannot be done, and why; exit code 2."""


def in_plain_words(error: Exception) -> str | None:
    """A sentence for trouble that somebody at a terminal can mend; None for a bug."""
    if isinstance(error, Trouble):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error)

    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError, ProgrammingError

    from kortisto.core.refusals import Refused

    if isinstance(error, ImproperlyConfigured):
        return str(error)
    if isinstance(error, OperationalError | ProgrammingError):
        return _about_database(error)
    if isinstance(error, Refused):
        return error.words
    return None


def _about_database(error: Exception) -> str | None:
    """No connection, or no tables yet; anything else is a bug."""
    said = str(error).strip()
    if "no such table" in said or ("relation" in said and "does not exist" in said):
        return "the database has no tables yet: run kortisto migrate first"
    reaching = ("connection", "unable to open", "could not connect", "locked")
    if any(word in said.lower() for word in reaching):
        return f"the database cannot be used: {said.splitlines()[0]}"
    return None
