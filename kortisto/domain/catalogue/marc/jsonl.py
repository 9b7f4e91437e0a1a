"""Records as JSON, one to a line.

The shape is that of the National Library's tools: `{"leader": ..., "fields": [{"tag",
"value"} or {"tag", "ind1", "ind2", "subfields": [{"code", "value"}]}]}`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson

from kortisto.domain.catalogue.marc.iso2709 import CannotWriteError
from kortisto.domain.catalogue.marc.parsed import (
    BadRecordError,
    Parsed,
    Reading,
    Rejected,
)
from kortisto.domain.catalogue.marc.record import Field, Marc


def read_jsonl(file: BinaryIO) -> Iterator[Reading]:
    """A record for each line that is not empty, or why it is none."""
    offset = 0
    for line in file:
        if line.strip():
            yield _reading(line, offset)
        offset += len(line)


def _reading(line: bytes, offset: int) -> Reading:
    try:
        return Parsed(from_shape(orjson.loads(line)), (), offset)
    except orjson.JSONDecodeError as error:
        sentence = f"The line is not JSON: {error}."
        return Rejected("malformed-json", sentence, offset, line)
    except BadRecordError as error:
        return Rejected(error.reason, error.sentence, offset, line)


def from_shape(shape: Any) -> Marc:
    """The record in parsed JSON. Raises BadRecordError."""
    match shape:
        case {"leader": str(leader), "fields": [*fields]}:
            return Marc(leader, tuple([_field(field) for field in fields]))
        case {"fields": [*_]}:
            raise BadRecordError("no-leader", "The record has no leader.")
        case _:
            raise BadRecordError(
                "not-a-record", "The JSON has no leader and list of fields."
            )


def _field(shape: Any) -> Field:
    match shape:
        case {"tag": str(tag), "value": str(value)} if len(tag) == 3:
            return (tag, value)
        case {"tag": str(tag), "subfields": [*subfields]} if len(tag) == 3:
            indicators = f"{shape.get('ind1') or ' '}{shape.get('ind2') or ' '}"
            if len(indicators) == 2:
                pairs = tuple([_subfield(tag, subfield) for subfield in subfields])
                return (tag, indicators, pairs)
    raise BadRecordError("bad-field", f"This is not a field: {str(shape)[:80]}.")


def _subfield(tag: str, shape: Any) -> tuple[str, str]:
    match shape:
        case {"code": str(code), "value": str(value)} if len(code) == 1:
            return (code, value)
        case {"code": str(code)} if len(code) == 1 and not shape.get("value"):
            return (code, "")
    raise BadRecordError(
        "bad-subfield-code", f"Field {tag} has a subfield without code and value."
    )


def to_jsonl(marc: Marc) -> bytes:
    """One line with its line end. Raises CannotWriteError for a lone surrogate."""
    try:
        return orjson.dumps(to_shape(marc), option=orjson.OPT_APPEND_NEWLINE)
    except TypeError as error:
        message = "The record holds half a character (a lone surrogate)."
        raise CannotWriteError(message) from error


def to_shape(marc: Marc) -> dict[str, Any]:
    """The record as dicts and lists."""
    return {"leader": marc.leader, "fields": [_shape(field) for field in marc.fields]}


def _shape(field: Field) -> dict[str, Any]:
    if len(field) == 2:
        return {"tag": field[0], "value": field[1]}
    tag, indicators, subfields = field
    pairs = [{"code": code, "value": value} for code, value in subfields]
    return {
        "tag": tag,
        "ind1": indicators[0],
        "ind2": indicators[1],
        "subfields": pairs,
    }
