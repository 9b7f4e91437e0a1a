"""Standard numbers, normalised for matching."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kortisto.domain.catalogue.description.fields import (
    Fields,
    part,
    parts,
    squeeze,
    tidy,
)
from kortisto.domain.catalogue.description.kinds import Identifier, IdentifierKind
from kortisto.domain.catalogue.marc.record import DataField

_ISBN = re.compile(r"[0-9][0-9 -]{8,16}[0-9Xx]|[0-9]{9}[0-9Xx]")
_ISSN = re.compile(r"\b([0-9]{4})-?([0-9]{3}[0-9Xx])\b")
_BRACKETS = re.compile(r"\(([^)]*)\)")
_KINDS_024 = {
    "0": IdentifierKind.ISRC,
    "1": IdentifierKind.EAN,
    "2": IdentifierKind.ISMN,
    "3": IdentifierKind.EAN,
}


def identifiers(fields: Fields) -> tuple[Identifier, ...]:
    """Every number of 020, 022, 024, 028 and 035, each once."""
    found = [
        *_isbns(fields),
        *_issns(fields),
        *_other_standard(fields),
        *_publisher_numbers(fields),
        *_system_numbers(fields),
    ]
    return tuple(dict.fromkeys(found))


def isbn13(text: str) -> str:
    """The ISBN in the text as 13 digits, "" when there is none with a right check."""
    for match in _ISBN.finditer(text):
        digits = match[0].replace("-", "").replace(" ", "").upper()
        for candidate in (digits, digits[:13], digits[:10]):
            if len(candidate) == 13 and _ean_is_right(candidate):
                if candidate.startswith(("978", "979")):
                    return candidate
            elif len(candidate) == 10 and _isbn10_is_right(candidate):
                body = f"978{candidate[:9]}"
                return body + _ean_check(body)
    return ""


def _isbn10_is_right(digits: str) -> bool:
    if not (digits[:9].isdecimal() and (digits[9].isdecimal() or digits[9] == "X")):
        return False
    return _weighted(digits) % 11 == 0


def _issn_is_right(digits: str) -> bool:
    return _weighted(digits) % 11 == 0


def _weighted(digits: str) -> int:
    """The sum with weights that fall to 1 at the check digit; X is 10."""
    values = [10 if digit in "Xx" else int(digit) for digit in digits]
    weights = range(len(values), 0, -1)
    return sum(weight * v for weight, v in zip(weights, values, strict=True))


def _ean_check(digits: str) -> str:
    """The check digit of an EAN's first digits (weights 3 and 1 from the right)."""
    total = sum(int(d) * (3, 1)[place % 2] for place, d in enumerate(reversed(digits)))
    return str(-total % 10)


def _ean_is_right(digits: str) -> bool:
    is_number = digits.isdecimal() and digits.isascii()
    return is_number and _ean_check(digits[:-1]) == digits[-1]


def _isbns(fields: Fields) -> Iterator[Identifier]:
    for field in fields.data("020"):
        qualifier = "; ".join(tidy(text).strip("() ") for text in parts(field, "q"))
        for code, text in field[2]:
            if code not in ("a", "z") or not text.strip():
                continue
            number = isbn13(text)
            inside = "; ".join(_BRACKETS.findall(text))
            yield Identifier(
                kind=IdentifierKind.ISBN,
                value=number or squeeze(text),
                qualifier=qualifier or squeeze(inside),
                is_valid=code == "a" and bool(number),
            )


def _issns(fields: Fields) -> Iterator[Identifier]:
    for field in fields.data("022"):
        for code, text in field[2]:
            if code not in ("a", "l", "y", "z") or not text.strip():
                continue
            match = _ISSN.search(text) if text.isascii() else None
            number = f"{match[1]}-{match[2].upper()}" if match else ""
            right = bool(number) and _issn_is_right(number.replace("-", ""))
            if code == "l" and not right:
                continue
            yield Identifier(
                kind=IdentifierKind.ISSN,
                value=number if right else squeeze(text),
                is_valid=code in ("a", "l") and right,
            )


def _other_standard(fields: Fields) -> Iterator[Identifier]:
    for field in fields.data("024"):
        for code, text in field[2]:
            if code in ("a", "z") and text.strip():
                yield _from_024(field, text, is_current=code == "a")


def _from_024(field: DataField, text: str, *, is_current: bool) -> Identifier:
    """UPC as EAN with a leading 0; an EAN of Bookland or Musicland as what it is."""
    kind = _KINDS_024.get(field[1][:1], IdentifierKind.OTHER)
    digits = re.sub(r"[\s-]", "", text)
    if kind is IdentifierKind.EAN and digits.isdecimal() and digits.isascii():
        digits = digits.zfill(13)
        right = len(digits) == 13 and _ean_is_right(digits)
        if digits.startswith("9790"):
            kind = IdentifierKind.ISMN
        elif digits.startswith(("978", "979")):
            kind = IdentifierKind.ISBN
        return Identifier(kind=kind, value=digits, is_valid=is_current and right)
    if kind is IdentifierKind.ISMN:
        digits = digits.upper()
        number = f"9790{digits[1:]}" if digits.startswith("M") else digits
        right = len(number) == 13 and _ean_is_right(number)
        return Identifier(kind=kind, value=number, is_valid=is_current and right)
    is_free = kind is IdentifierKind.OTHER
    return Identifier(
        kind=kind,
        value=squeeze(text) if is_free else digits.upper(),
        qualifier=part(field, "2") if is_free else "",
        is_valid=is_current and kind is not IdentifierKind.EAN,
    )


def _publisher_numbers(fields: Fields) -> Iterator[Identifier]:
    for field in fields.data("028"):
        for text in parts(field, "a"):
            yield Identifier(
                kind=IdentifierKind.PUBLISHER_NUMBER,
                value=text,
                qualifier=tidy(part(field, "b")),
            )


def _system_numbers(fields: Fields) -> Iterator[Identifier]:
    for field in fields.data("035"):
        for code, text in field[2]:
            if code in ("a", "z") and text.strip():
                yield Identifier(
                    kind=IdentifierKind.SYSTEM_NUMBER,
                    value=squeeze(text),
                    is_valid=code == "a",
                )
