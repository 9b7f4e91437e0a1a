"""Which characters the bytes of a record mean, when the record is not sure itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from kortisto.domain.catalogue.marc import marc8
from kortisto.domain.catalogue.marc.parsed import BadRecordError, Note

SAYS_MARC8_IS_UTF8 = Note(
    "utf8-marked-marc8",
    "The leader says MARC-8, but the text is valid UTF-8 and was read so.",
)
SAYS_UTF8_IS_MARC8 = Note(
    "marc8-marked-utf8",
    "The leader says UTF-8, but the text is MARC-8 and was read so.",
)
IS_LATIN = Note(
    "read-as-latin1",
    "The text is neither UTF-8 nor MARC-8; it was read as Windows-1252 (Latin-1).",
)

# ANSEL's combining marks that European languages use, as Unicode marks.
_MARKS = {
    0xE1: "\u0300", 0xE2: "\u0301", 0xE3: "\u0302", 0xE4: "\u0303", 0xE5: "\u0304",
    0xE6: "\u0306", 0xE7: "\u0307", 0xE8: "\u0308", 0xE9: "\u030c", 0xEA: "\u030a",
    0xEE: "\u030b", 0xF0: "\u0327", 0xF1: "\u0328", 0xF2: "\u0323",
}  # fmt: skip
_VOWEL_MARKS = frozenset({0xE1, 0xE2, 0xE3, 0xE8, 0xEA})
_MARK_AND_NEXT = re.compile(rb"([\xe0-\xfe])(.?)", re.DOTALL)


def decode_all(
    chunks: Sequence[bytes], *, says_utf8: bool
) -> tuple[list[str], tuple[Note, ...]]:
    """The fields' bytes as text, with a note when the leader was wrong.

    Finnish records of the 1990s say MARC-8 and hold Latin-1 or UTF-8; suppliers'
    records say UTF-8 and hold Latin-1. Raises BadRecordError when nothing fits.
    """
    if not chunks:
        return [], ()
    joined = b"\x1e".join(chunks)
    if not says_utf8 and joined.isascii() and b"\x1b" not in joined:
        return joined.decode("ascii").split("\x1e"), ()
    try:
        texts = joined.decode("utf-8").split("\x1e")
    except UnicodeDecodeError:
        return _decode_other(chunks, joined, says_utf8=says_utf8)
    if says_utf8:
        return texts, ()
    if joined.isascii():  # escape sequences: MARC-8 proper
        return _decode_other(chunks, joined, says_utf8=False)
    return texts, (SAYS_MARC8_IS_UTF8,)


def _decode_other(
    chunks: Sequence[bytes], joined: bytes, *, says_utf8: bool
) -> tuple[list[str], tuple[Note, ...]]:
    wrong = (SAYS_UTF8_IS_MARC8,) if says_utf8 else ()
    marc8_first = _looks_like_marc8(joined) if says_utf8 else not _looks_latin(joined)
    attempts: list[tuple[Callable[[bytes], str], tuple[Note, ...]]] = [
        (_marc8_field, wrong),
        (_latin_field, (IS_LATIN,)),
    ]
    for decode, notes in attempts if marc8_first else attempts[::-1]:
        if decode is _latin_field and b"\x1b" in joined:
            continue  # escape sequences are never Latin-1
        try:
            return [decode(chunk) for chunk in chunks], notes
        except ValueError:
            continue
    raise BadRecordError(
        "undecodable-text",
        "The text is not UTF-8, and neither MARC-8 nor Latin-1 fits all of it.",
    )


def _marc8_field(chunk: bytes) -> str:
    """Sets are designated anew in each subfield, as the format says."""
    return "\x1f".join([marc8.decode(part) for part in chunk.split(b"\x1f")])


def _latin_field(chunk: bytes) -> str:
    return chunk.decode("cp1252")


def _looks_like_marc8(data: bytes) -> bool:
    """Every mark composes with the letter behind it, and one does so on a vowel.

    "Hän" in Latin-1 (E4 before n) could be tilde and n; only acute, grave,
    circumflex, diaeresis or ring before a vowel is believed.
    """
    if b"\x1b" in data:
        return True
    sure = False
    for mark, letter in _MARK_AND_NEXT.findall(data):
        if not _composes(mark, letter):
            return False
        sure = sure or (mark[0] in _VOWEL_MARKS and letter in b"aeiouAEIOU")
    return sure


def _looks_latin(data: bytes) -> bool:
    """More of the would-be marks stand before no letter than before one they fit."""
    if b"\x1b" in data:
        return False
    pairs = _MARK_AND_NEXT.findall(data)
    astray = [1 for _, letter in pairs if letter.isascii() and not letter.isalpha()]
    return len(astray) > len([1 for mark, letter in pairs if _composes(mark, letter)])


def _composes(mark: bytes, letter: bytes) -> bool:
    if mark[0] not in _MARKS or not letter.isalpha():
        return False
    pair = letter.decode("ascii") + _MARKS[mark[0]]
    return len(unicodedata.normalize("NFC", pair)) == 1
