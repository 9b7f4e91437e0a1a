"""Identifiers as the index keeps them, recognised however they are typed."""

import re

from stdnum import ean, isbn, issn

from kortisto.domain.search.nodes import Code, Coded

_BLANKS_AND_DASHES = re.compile(r"[\s\-‐‑–—]+")
_SHORTEST_NUMBER = 6  # characters; shorter ones are words
_UPC_LENGTH, _EAN_LENGTH = 12, 13


def bare(text: str) -> str:
    """Without blanks and dashes, in capital letters."""
    return _BLANKS_AND_DASHES.sub("", text).upper()


def normalised(text: str) -> str:
    """One form for each identifier: ISBN-13, ISSN without a dash, EAN with 13 digits.

    What is none of these comes back bare.
    """
    value = bare(text)
    if isbn.is_valid(value):
        return str(isbn.to_isbn13(value))
    if len(value) == _UPC_LENGTH and ean.is_valid("0" + value):
        return "0" + value
    return value


def recognised(text: str) -> Coded | None:
    """An identifier with a right check digit, or None."""
    value = bare(text)
    upc = len(value) == _UPC_LENGTH and ean.is_valid("0" + value)
    known = (
        isbn.is_valid(value)
        or issn.is_valid(value)
        or (len(value) == _EAN_LENGTH and ean.is_valid(value))
        or upc
    )
    return Coded(Code.IDENTIFIER, normalised(value)) if known else None


def may_be_number(text: str) -> bool:
    """Whether a word could be a barcode or a number of some kind."""
    value = bare(text)
    return (
        value.isascii()
        and value.isalnum()
        and len(value) >= _SHORTEST_NUMBER
        and any(letter.isdigit() for letter in value)
    )
