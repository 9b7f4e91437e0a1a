"""MARC-8 to Unicode, strictly: what the tables do not know is an error.

The code tables are pymarc's (the Library of Congress's code tables); pymarc's own
converter puts a blank for what it cannot read and drops control characters, which
would lose text without a word.
"""

from __future__ import annotations

import unicodedata

from pymarc.marc8_mapping import CODESETS, ODD_MAP

BASIC_LATIN, ANSEL, EAST_ASIAN = 0x42, 0x45, 0x31
_ESCAPE = 0x1B
BLANK, DELETE, UPPER_HALF = 0x20, 0x7F, 0xA0
_SINGLE = {0x67: 0x67, 0x62: 0x62, 0x70: 0x70, 0x73: BASIC_LATIN}  # ESC g b p s
_G0_MARKS, _G1_MARKS = b"(,", b")-"


class NotMarc8Error(ValueError):
    """The bytes are not MARC-8."""


def decode(data: bytes) -> str:
    """One field or subfield as Unicode in form NFC. Raises NotMarc8Error.

    Each call starts with Basic Latin and ANSEL designated, as every field does.
    """
    if data.isascii() and _ESCAPE not in data:
        return data.decode("ascii")
    g0, g1 = BASIC_LATIN, ANSEL
    done: list[str] = []
    marks: list[str] = []  # combining characters stand before their letter
    at = 0
    while at < len(data):
        if data[at] == _ESCAPE:
            at, g0, g1 = _designate(data, at, g0=g0, g1=g1)
            continue
        char, is_mark, at = _character(data, at, g0=g0, g1=g1)
        if is_mark:
            marks.append(char)
            continue
        done.append(char)
        if marks:
            done.extend(marks)
            marks.clear()
    done.extend(marks)
    return unicodedata.normalize("NFC", "".join(done))


def _designate(data: bytes, at: int, *, g0: int, g1: int) -> tuple[int, int, int]:
    """Follow the escape sequence at `at`: the next place and the two sets."""
    rest = data[at + 1 : at + 4]
    if not rest:
        return at + 1, g0, g1  # an escape at the very end changes nothing
    if rest[0] in _SINGLE:
        return at + 2, _SINGLE[rest[0]], g1
    into_g1 = rest[0] in _G1_MARKS
    size = 1
    if rest[0] == ord("$"):
        into_g1 = rest[1:2] in (b")", b"-")
        size = 2 if rest[1:2] in (b",", b")", b"-") else 1
    elif rest[0] not in _G0_MARKS and not into_g1:
        message = "An escape sequence names no character set."
        raise NotMarc8Error(message)
    final = rest[size : size + 2]
    if final[:1] == b"!":  # ESC ( ! E is ANSEL written in full
        size, final = size + 1, final[1:]
    if not final or final[0] not in CODESETS:
        message = "An escape sequence names an unknown character set."
        raise NotMarc8Error(message)
    following = at + 1 + size + 1
    return (following, g0, final[0]) if into_g1 else (following, final[0], g1)


def _character(data: bytes, at: int, *, g0: int, g1: int) -> tuple[str, bool, int]:
    """The character at `at`, whether it combines, and the next place."""
    byte = data[at]
    if byte <= BLANK or DELETE <= byte < UPPER_HALF:
        return _control(byte), False, at + 1
    charset = g1 if byte >= UPPER_HALF else g0
    size = 3 if charset == EAST_ASIAN else 1
    code = int.from_bytes(data[at : at + size], "big")
    table = CODESETS[charset]
    # A set may be designated where it was not listed: tables hold one half only.
    for candidate in (code, code ^ 0x80) if size == 1 else (code,):
        if candidate in table:
            number, combines = table[candidate]
            return chr(number), bool(combines), at + size
    if code in ODD_MAP:
        return chr(ODD_MAP[code]), False, at + size
    message = f"Byte {byte:#04x} has no meaning in MARC-8 here."
    raise NotMarc8Error(message)


def _control(byte: int) -> str:
    """Controls and blanks as they are; joiners and non-sorting marks by the table."""
    if byte < 0x80:
        return chr(byte)
    if byte not in CODESETS[ANSEL]:
        message = f"Byte {byte:#04x} has no meaning in MARC-8."
        raise NotMarc8Error(message)
    return chr(CODESETS[ANSEL][byte][0])
