"""What ``kortisto demo`` prints when everything is served."""

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.conf import settings

from kortisto.core.demo_notes import (
    DOOR,
    PUBLIC,
    STAFF,
    USUAL_DOOR,
    DemoNotes,
    read_notes,
)

WIDTH: Final = 76
LANGUAGE: Final = "en"


def announcement(public: str, staff: str, *, door: str, mailbox: str) -> Iterator[str]:
    """Addresses, log-ins and things to try, line by line."""
    yield f"The public catalogue   {public}"
    yield f"The staff desk         {staff}"
    yield f"The door of Rantakylä  {door}"
    yield f"Mail that was sent     {mailbox}"
    notes = read_notes(Path(settings.DATA_DIR))
    if notes is not None:
        yield ""
        yield from _logins(notes)
        yield ""
        yield from _steps(notes, {PUBLIC: public, STAFF: staff, DOOR: door})
    yield ""
    yield "Ctrl-C stops all."


def _logins(notes: DemoNotes) -> Iterator[str]:
    yield "Log in as"
    for login in notes.logins:
        what = login.names[LANGUAGE]
        yield f"  {login.username:<12} {login.password:<26} {what}"
        if login.secret:
            yield f"  {'':<12} one-time codes from the secret {login.secret}"


def _steps(notes: DemoNotes, address: dict[str, str]) -> Iterator[str]:
    yield "Things to try"
    for number, step in enumerate(notes.steps, 1):
        where = address[step.site]
        yield f"  {number}. {step.titles[LANGUAGE]} ({where})"
        yield from textwrap.wrap(
            step.texts[LANGUAGE],
            WIDTH,
            initial_indent="     ",
            subsequent_indent="     ",
        )
        for code in step.codes:
            value = code.value.replace(USUAL_DOOR, address[DOOR])
            yield f"       {code.names[LANGUAGE] + ':':<14} {value}"
