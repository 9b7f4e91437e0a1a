"""Records as compact JSON text for a database column."""

from __future__ import annotations

import json
from typing import Any

import orjson

from kortisto.domain.catalogue.marc.record import Field, Marc, is_data


def to_text(marc: Marc) -> str:
    r"""The record as JSON: `["leader",[["001","x"],["245","10",["a","..."]]]]`.

    Control characters become escapes (NUL is `\u0000`), so that PostgreSQL's
    `text` takes every record. Keep it out of `jsonb`, which refuses NUL.
    """
    shape = [marc.leader, [_flat(field) for field in marc.fields]]
    try:
        return orjson.dumps(shape).decode()
    except TypeError:
        # Half of a surrogate pair has no UTF-8 form; as an ASCII escape it keeps.
        return json.dumps(shape, separators=(",", ":"))


def from_text(text: str) -> Marc:
    """The record that `to_text` wrote. ValueError when the text is something else."""
    try:
        shape = orjson.loads(text)
    except orjson.JSONDecodeError:
        shape = json.loads(text)
    try:
        leader, fields = shape
        return Marc(leader, tuple([_field(field) for field in fields]))
    except (TypeError, ValueError, IndexError) as error:
        message = "The stored text is not a MARC record."
        raise ValueError(message) from error


def _flat(field: Field) -> list[str | list[str]]:
    if is_data(field):
        return [field[0], field[1], [part for pair in field[2] for part in pair]]
    return [field[0], field[1]]


def _field(stored: list[Any]) -> Field:
    if len(stored) == 2:
        return (stored[0], stored[1])
    tag, indicators, parts = stored
    return (tag, indicators, tuple(zip(parts[::2], parts[1::2], strict=True)))
