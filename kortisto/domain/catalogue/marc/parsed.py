"""What a reader gives for each record of a file: a record, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from kortisto.domain.catalogue.marc.record import Marc


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was put right while reading; nothing was lost."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """A record that was read. `offset` counts bytes of the unpacked file."""

    record: Marc
    notes: tuple[Note, ...] = ()
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Rejected:
    """A stretch of a file that did not give a record, with its own bytes.

    `reason` is a public code, `sentence` says the same in English.
    """

    reason: str
    sentence: str
    offset: int
    raw: bytes


Reading: TypeAlias = Parsed | Rejected


class BadRecordError(ValueError):
    """A record cannot be read without losing something."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence
