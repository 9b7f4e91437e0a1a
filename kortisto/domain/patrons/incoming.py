"""Patrons of an earlier system as rows of a file: how each column is read. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from kortisto.core.text import card_code, tidy_lines
from kortisto.domain.patrons.fields import EDITABLE, clean, longest, too_long
from kortisto.domain.patrons.models import Card, PatronNote

NO_DATES: Final = frozenset({"0000-00-00", "00.00.0000", "0", "NULL"})
DATES: Final = frozenset({"born_on", "expires_on", "died_on", "registered_on"})
FLAGS: Final = frozenset(
    {"check_address", "check_phone", "check_email", "card_lost", "is_protected"}
)
YES: Final = frozenset({"1", "yes", "true", "y", "k", "kyllä"})
NO: Final = frozenset({"", "0", "no", "false", "n", "e", "ei"})
COLUMNS: Final = frozenset(
    {
        *EDITABLE,
        "card_number",
        "category",
        "home_library",
        "registered_on",
        "staff_note",
        "public_note",
        "guardian_cards",
    }
)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One row that can be written; category and library are codes."""

    card_number: str
    category: str
    home_library: str
    values: Mapping[str, Any]
    registered_on: date | None
    expires_on: date | None
    notes: Mapping[str, str] = field(default_factory=dict)  # by audience
    guardian_cards: tuple[str, ...] = ()


def read_row(row: Mapping[str, str]) -> Incoming:
    """One row of a file by the names of ``COLUMNS``. Raises ValueError in words.

    Dates that are not known, as ``0000-00-00``, are empty (S12).
    """
    told = {name: (value or "").strip() for name, value in row.items()}
    typed: dict[str, Any] = {
        name: value for name, value in told.items() if name in EDITABLE
    }
    for name in DATES & typed.keys():
        typed[name] = day(typed[name])
    for name in FLAGS & typed.keys():
        typed[name] = flag(typed[name])
    for name in ("hold_identifier", "history", "language", "sms_number"):
        if not typed.get(name):
            typed.pop(name, None)
    typed.setdefault("surname", "")
    expires_on = typed.pop("expires_on", None)
    values, wrong = clean(typed)
    if wrong:
        first = wrong[0]
        raise ValueError(f"{first.facts.get('field')}: {first.message}")
    registered = day(told.get("registered_on", ""))
    if registered and expires_on and expires_on < registered:
        raise ValueError(_("The card expired before it was given."))
    number = card_code(told.get("card_number", ""))
    if not number:
        raise ValueError(_("A card needs a number."))
    too_long(number, longest(Card, "number"))
    return Incoming(
        card_number=number,
        category=told.get("category", ""),
        home_library=told.get("home_library", ""),
        values=values,
        registered_on=registered,
        expires_on=expires_on,
        notes=_notes(told),
        guardian_cards=tuple(
            card_code(one) for one in told.get("guardian_cards", "").split(";") if one
        ),
    )


def day(text: str) -> date | None:
    """``2001-02-03`` or ``3.2.2001``, with or without a time; None when not known."""
    text = text.split(" ")[0].split("T")[0]
    if not text or text in NO_DATES:
        return None
    parts = text.split(".")[::-1] if "." in text else text.split("-")
    try:
        year, month, number = (int(part) for part in parts)
        return date(year, month, number)
    except ValueError as wrong:
        raise ValueError(_("This is no date.")) from wrong


def flag(text: str) -> bool:
    if text.casefold() in YES:
        return True
    if text.casefold() in NO:
        return False
    raise ValueError(_("This is neither yes nor no."))


def _notes(told: Mapping[str, str]) -> dict[str, str]:
    notes = {}
    for audience in ("staff", "public"):
        if text := tidy_lines(told.get(f"{audience}_note", "")):
            too_long(text, longest(PatronNote, "text"))
            notes[audience] = text
    return notes
