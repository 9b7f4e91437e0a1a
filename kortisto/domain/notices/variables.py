"""Variables of a message, and the words they become: ``{day}`` and nothing cleverer.

A template is text with named places. There is no code in it, no attribute and no
format: whatever an administrator types can only ever show one of the variables.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto
from typing import Final

from django.utils.timezone import localtime

from kortisto.core.days import written
from kortisto.core.values import Words

PLACE: Final = re.compile(r"\{([^{}]*)\}")
SECRET_SHOWN: Final = "[link]"  # noqa: S105 - what is kept instead of a secret


class Type(Enum):
    """What a variable holds, and so how it is written."""

    TEXT = auto()
    DAY = auto()
    TIME = auto()
    ADDRESS = auto()  # of a page of the web library


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """``path``: the page that an ADDRESS leads to. ``secret``: never stored.

    ``required``: a text without it says nothing of use.
    """

    name: str
    title: Words
    type: Type
    path: str = ""
    required: bool = False
    secret: bool = False

    @property
    def place(self) -> str:
        """As it stands in a text."""
        return f"{{{self.name}}}"


@dataclass(frozen=True, slots=True)
class Wording:
    """What a message says, with places or without."""

    subject: str
    text: str


Values = Mapping[str, object]


def rendered(
    wording: Wording,
    variables: Collection[Variable],
    values: Values,
    *,
    secrets: bool = False,
) -> Wording:
    """The words with every place filled; secrets only when asked for, to be sent.

    Raises KeyError for a place that is no variable, or has no value: an action lets
    no such text in.
    """
    shown = {
        one.name: SECRET_SHOWN
        if one.secret and not secrets
        else in_words(values[one.name], one.type)
        for one in variables
    }
    subject = filled(wording.subject, shown)
    return Wording(" ".join(subject.split()), filled(wording.text, shown))


def filled(template: str, shown: Mapping[str, str]) -> str:
    """One pass: what a value holds is never read as a place."""
    return PLACE.sub(lambda place: shown[place[1]], template)


def in_words(value: object, kind: Type) -> str:
    """A value as patrons read it in all three languages: 1.3.2027, 14.05."""
    if kind is Type.TIME and isinstance(value, datetime):
        return f"{localtime(value):%H.%M}"
    if kind is Type.DAY and isinstance(value, datetime):
        return written(localtime(value).date())
    if kind is Type.DAY and isinstance(value, date):
        return written(value)
    return str(value)


def places_in(text: str) -> list[str]:
    """The names between braces, in their order."""
    return [place[1] for place in PLACE.finditer(text)]


def has_stray_brace(text: str) -> bool:
    """Whether a brace stands that belongs to no place."""
    return bool(re.search(r"[{}]", PLACE.sub("", text)))
