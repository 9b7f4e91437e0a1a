"""Text as people and machines send it, made fit to keep and to compare."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _

NORDIC: Final = frozenset("åäöÅÄÖ")
LINE_ENDS: Final = frozenset("\n\r\t")
LONGEST_KEY: Final = 18  # digits
PLACES: Final = re.compile(r"\{\w+\}")


class ControlCharacters(ValueError):
    """Text with characters that no one can see and no field may hold."""

    def __init__(self) -> None:
        super().__init__(_("The text has characters that cannot be seen."))


def without_places(sentence: str | Promise) -> str:
    """A sentence whose named places nobody fills, for a list of such sentences."""
    return PLACES.sub("…", str(sentence))


def tidy(text: str) -> str:
    """One line: no spaces at the ends, one space between words, one form of letters.

    Raises ControlCharacters.
    """
    return " ".join(visible(text).split())


def tidy_lines(text: str) -> str:
    """Several lines: each tidied, empty ones at both ends dropped."""
    lines = visible(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(" ".join(line.split()) for line in lines).strip("\n")


def visible(text: str) -> str:
    """The text in composed form (NFC). Raises ControlCharacters.

    Line ends and tabs pass. Marks of writing direction do not: they can make one
    text look like another.
    """
    if text.isascii() and text.isprintable():  # nearly every text
        return text
    composed = unicodedata.normalize("NFC", text)
    if any(_is_control(character) for character in composed):
        raise ControlCharacters
    return composed


def _is_control(character: str) -> bool:
    if character in LINE_ENDS:
        return False
    directional = unicodedata.bidirectional(character) in {
        "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI",
    }  # fmt: skip
    return directional or unicodedata.category(character) in {"Cc", "Cs"}


def fold(text: str) -> str:
    """For matching: lower case, no accents; å, ä and ö are letters and stay.

    ``Élise BJÖRK`` → ``elise björk``.
    """
    if text.isascii():  # nearly every text
        return " ".join(text.lower().split())
    composed = unicodedata.normalize("NFC", text)
    plain = "".join(
        character if character in NORDIC else _without_accent(character)
        for character in composed
    )
    return " ".join(plain.casefold().split())


@lru_cache(maxsize=1_000)
def _without_accent(character: str) -> str:
    parts = unicodedata.normalize("NFKD", character)
    return "".join(part for part in parts if not unicodedata.combining(part))


def card_code(text: str) -> str:
    """A card number or barcode as it is kept: capitals, no spaces anywhere.

    Readers add line ends, people type spaces. Raises ControlCharacters.
    """
    return "".join(visible(text).split()).upper()


def is_key(text: str) -> bool:
    """Whether a text is a number as an address has it, and no longer than a key."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY


def whole_number(text: str | None) -> int | None:
    """A number as an address has it; None for anything else, never an error."""
    return int(text) if text is not None and is_key(text) else None
