"""What becomes of each field: by its class of secrecy, and by what it holds.

A new text about a person is emptied by itself; a field for whose class and kind nothing
is decided here raises LookupError, and a test asks for every one of them.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import models

from kortisto.core.actors import ActorKind
from kortisto.core.secrecy import Secrecy, secrecy_of
from kortisto.interfaces.cli.pseudonyms.invented import (
    COUNTRY,
    NO_MAIL,
    NOWHERE,
    TOWN,
    Inventor,
    Numbers,
)

SAID: Final = "–"
"""Instead of a text: something was said. Rules that want a reason still find one."""
UNUSABLE: Final = "!"  # a password that Django lets nobody in with

LABEL_FIELDS: Final = re.compile(r"actor|author|\w+_by")
LABEL: Final = re.compile(rf"({'|'.join(ActorKind)}|migration)(:\d+)?")
"""``staff:7``: who that is, is invented."""

WORDS_OF_CODE: Final = frozenset(
    {
        "Deed.key", "EntryAttempt.code", "EntryAttempt.key",
        "GuardianPermission.channel", "JournalEntry.key", "Loan.channel",
        "Patron.language", "Posting.law", "Suggestion.answer", "Suggestion.material",
        "TermsAcceptance.channel",
    }
)  # fmt: skip
"""What the code itself writes and looks for; no person's words."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of one row, as they are before anything is changed."""

    key: Any
    name: str
    row: Mapping[str, Any]

    @property
    def old(self) -> Any:
        return self.row[self.name]


Treatment = Callable[[Cell], Any]
Field = models.Field[Any, Any]


@dataclass(frozen=True, slots=True)
class Treatments:
    """How each field is treated, with the numbers that are still free."""

    inventor: Inventor
    cards: Numbers
    hold_identifiers: Numbers

    def of(self, model: type[models.Model], field: Field) -> Treatment | None:
        """None when the field may stay. Raises LookupError when nothing is decided."""
        name = f"{model.__name__}.{field.name}"
        if name in WORDS_OF_CODE:
            return None
        if (own := self._of_one_field().get(name)) is not None:
            return own
        match secrecy_of(model, field.name):
            case Secrecy.PUBLIC | Secrecy.STAFF:
                return None
            case Secrecy.PERSONAL:
                return self._personal(field)
            case Secrecy.SEALED:
                return _emptied(field)
            case Secrecy.VAULT:
                return _nothing

    def _of_one_field(self) -> dict[str, Treatment]:
        """Those whose class or name says too little; staff are people as well."""
        inventor = self.inventor
        return {
            "Card.number": lambda cell: self.cards.like(cell.old, cell.key),
            "Patron.hold_identifier": lambda cell: self.hold_identifiers.like(
                cell.old, cell.key
            ),
            "Patron.business_id": _no_text,
            "Guardianship.name": self._full_name,
            "Guardianship.address": self._street,
            "Staff.username": lambda cell: f"staff-{cell.key}",
            "Staff.full_name": self._full_name,
            "Staff.email": lambda cell: f"staff-{cell.key}@{NO_MAIL}",
            "Staff.phone": lambda cell: inventor.phone(cell.old),
            "Staff.password": lambda _cell: UNUSABLE,
            "Item.acquired_from": _said,  # people give books
            "Item.staff_note": _said,
            "Item.extra": _no_json,
            "ImportBatch.file_names": _no_json,
            "ImportBatch.reject_file": _no_text,
            "ImportBatch.reasons": _no_json,
        }

    def _by_name(self) -> dict[str, Treatment]:
        """Of fields that mean the same in every table."""
        inventor = self.inventor
        return {
            "surname": self._surname,
            "first_names": self._first_names,
            "called_name": self._first_names,
            "contact_person": self._full_name,
            "born_on": lambda cell: inventor.born_on(cell.key, cell.old),
            "street": self._street,
            "postal_code": lambda _cell: NOWHERE,
            "city": lambda _cell: TOWN,
            "country": lambda _cell: COUNTRY,
            "phone": lambda cell: inventor.phone(cell.old),
            "sms_number": lambda cell: inventor.phone(cell.old),
            "email": lambda cell: inventor.mail(cell.old),
        }

    def _personal(self, field: Field) -> Treatment | None:
        known = self._by_name().get(field.name.removeprefix("second_"))
        if known is not None:
            return known
        if LABEL_FIELDS.fullmatch(field.name):
            return _label
        if field.primary_key or field.choices or isinstance(field, TELL_NOTHING):
            return None
        if isinstance(field, models.CharField | models.TextField):
            return _said
        if isinstance(field, models.JSONField):
            return _no_json
        message = f"nothing is decided for {field}: {type(field).__name__}, personal"
        raise LookupError(message)

    def _surname(self, cell: Cell) -> str:
        """An organisation is one by its whole name, which no family shares."""
        if cell.row["born_on"] is None and not cell.row["first_names"]:
            return f"Yhteisö {cell.key}"
        return self.inventor.surname(cell.old)

    def _first_names(self, cell: Cell) -> str:
        return self.inventor.given(cell.key, len(cell.old.split()))

    def _full_name(self, cell: Cell) -> str:
        return self.inventor.full_name((cell.name, cell.key))

    def _street(self, cell: Cell) -> str:
        return self.inventor.street(cell.old)


TELL_NOTHING: Final = (
    models.ForeignKey, models.ManyToManyField, models.BooleanField,
    models.IntegerField, models.DateField,
)  # fmt: skip
"""Links keep families together; a number or a day tells nothing without its texts.
A date of birth is treated by its name, and a moment is a date to Django."""


def _said(_cell: Cell) -> str:
    return SAID


def _no_text(_cell: Cell) -> str:
    return ""


def _nothing(_cell: Cell) -> None:
    return None


def _no_json(cell: Cell) -> Any:
    """Empty, of the same kind."""
    return type(cell.old)() if isinstance(cell.old, dict | list | str) else None


def _label(cell: Cell) -> str:
    return cell.old if LABEL.fullmatch(cell.old) else SAID


def _emptied(field: Field) -> Treatment:
    """For hashes and keys: none opens anything any more. Raises LookupError."""
    if field.null:
        return _nothing
    if isinstance(field, models.JSONField):
        return _no_json
    if isinstance(field, models.CharField):
        return _no_text
    if isinstance(field, models.IntegerField):
        return lambda _cell: 0
    message = f"nothing is decided for {field}: {type(field).__name__}, sealed"
    raise LookupError(message)
