"""A file of ISO 2709 records, read to its end whatever it holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from kortisto.domain.catalogue.marc.iso2709 import FIELD_END, RECORD_END, parse
from kortisto.domain.catalogue.marc.parsed import (
    BadRecordError,
    Parsed,
    Reading,
    Rejected,
)

CHUNK = 1 << 20
LONGEST = 16 << 20  # bytes without a record terminator before they are given up
_BLANKS = b" \t\r\n\0\x1a"
_MARK = b"\xef\xbb\xbf"
LEADER = re.compile(
    rb"[0-9]{5}[a-zA-Z ][a-z][ -~]{3}[0-9 ]{2}[0-9]{5}[ -~]{3}4[0-9 ]{3}"
)


def read_iso2709(file: BinaryIO) -> Iterator[Reading]:
    """Every record of the file, or why it is none. Never raises for content.

    Records are what lies between record terminators (1D): that byte has no other
    use in UTF-8 or MARC-8, while lengths in leaders are often wrong.
    """
    offset, tail = 0, b""
    while block := file.read(CHUNK):
        pieces = (tail + block).split(RECORD_END)
        tail = pieces.pop()
        for piece in pieces:
            yield from _records_in(piece + RECORD_END, offset)
            offset += len(piece) + 1
        if len(tail) > LONGEST:
            yield Rejected(
                "no-record-end",
                "No record terminator was found in 16 megabytes.",
                offset,
                tail,
            )
            offset, tail = offset + len(tail), b""
    yield from _records_in(tail, offset)


def _records_in(piece: bytes, offset: int) -> Iterator[Reading]:
    """One record as a rule; more when terminators are missing."""
    try:
        well_formed = int(piece[:5]) == len(piece)
    except ValueError:
        well_formed = False
    if well_formed:
        try:
            yield parse(piece, offset=offset)
        except BadRecordError as error:
            yield from _salvaged(piece, offset, error)
        return
    body = piece.lstrip(_BLANKS).removeprefix(_MARK).lstrip(_BLANKS)
    if body.strip(_BLANKS) in (b"", RECORD_END):
        return
    yield from _salvaged(body, offset + len(piece) - len(body), None)


def _salvaged(
    piece: bytes, offset: int, error: BadRecordError | None
) -> Iterator[Reading]:
    """The records that can be found in a piece that is not one plain record."""
    starts = [match.start() for match in LEADER.finditer(piece)]
    if error is not None and len(starts) <= 1:
        yield _rejected(error, offset, piece)
        return
    if len(starts) > 1 and (whole := _parsed(piece, offset)):
        yield whole  # what looks like another leader is text of this record
        return
    starts = starts or [0]
    if starts[0] > 0:
        yield Rejected(
            "not-a-record",
            "These bytes before a record are no record.",
            offset,
            piece[: starts[0]],
        )
    for start, end in zip(starts, [*starts[1:], len(piece)], strict=True):
        part = piece[start:end]
        if end < len(piece):
            part = _without_line_end(part)
        try:
            yield parse(part, offset=offset + start)
        except BadRecordError as trouble:
            yield _rejected(trouble, offset + start, part)


def _parsed(piece: bytes, offset: int) -> Parsed | None:
    try:
        return parse(piece, offset=offset)
    except BadRecordError:
        return None


def _without_line_end(part: bytes) -> bytes:
    """A record that lost its terminator to a line end."""
    stripped = part.rstrip(b"\r\n")
    return stripped if stripped.endswith(FIELD_END) else part


def _rejected(error: BadRecordError, offset: int, raw: bytes) -> Rejected:
    return Rejected(error.reason, error.sentence, offset, raw)
