"""Files of records, whatever their form: told by what they hold, not by their name."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Callable, Iterator
from enum import StrEnum
from io import BufferedReader
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, TypeAlias, cast

from kortisto.domain.catalogue.marc.iso2709_stream import LEADER, read_iso2709
from kortisto.domain.catalogue.marc.jsonl import read_jsonl
from kortisto.domain.catalogue.marc.parsed import Reading, Rejected
from kortisto.domain.catalogue.marc.xml import read_marcxml

_GZIP = b"\x1f\x8b"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PEEK = 1 << 16

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the bytes read so far and the bytes in all, of the file as it lies."""


class Format(StrEnum):
    ISO2709 = "iso2709"
    MARCXML = "marcxml"
    JSONL = "jsonl"


class UnreadableSource(ValueError):
    """The file as a whole gives no records. `reason` is a public code."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence


class RecordSource:
    """An open file of records: iterate once, then close.

    `position` and `size` count bytes of the file on disk (packed, if it is packed).
    """

    def __init__(self, path: Path, *, progress: Progress | None = None) -> None:
        self._file = path.open("rb")
        self.path = path
        self.size = path.stat().st_size
        self._progress = progress
        try:
            self._records = self._unpacked()
            self.format = _sniff(self._records.peek(_PEEK)[:_PEEK], path.name)
        except BaseException:
            self._file.close()
            raise

    @property
    def position(self) -> int:
        """Bytes of the file taken so far; runs ahead of the records by a buffer."""
        return self.size if self._file.closed else self._file.tell()

    def __iter__(self) -> Iterator[Reading]:
        """Each record or why it is none. Raises UnreadableSource if there was neither.

        A damaged gzip file gives what came before the damage and then one Rejected.
        """
        count, told = 0, -1
        try:
            for reading in self._readings():
                count += 1
                if self._progress and self.position != told:
                    told = self.position
                    self._progress(told, self.size)
                yield reading
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            yield Rejected(
                "damaged-gzip",
                f"The compressed file is damaged from here on: {error}.",
                self.position,
                b"",
            )
            return
        if not count:
            raise UnreadableSource(
                "no-records", f"{self.path.name} holds no MARC records."
            )

    def __enter__(self) -> RecordSource:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    def _unpacked(self) -> BufferedReader:
        if not self._file.peek(2).startswith(_GZIP):
            return self._file
        packed = cast("BinaryIO", gzip.GzipFile(fileobj=self._file))
        return BufferedReader(cast("BufferedReader", packed), _PEEK)

    def _readings(self) -> Iterator[Reading]:
        match self.format:
            case Format.ISO2709:
                return read_iso2709(self._records)
            case Format.MARCXML:
                return read_marcxml(self._as_utf8())
            case Format.JSONL:
                return read_jsonl(self._records)

    def _as_utf8(self) -> BinaryIO:
        """The XML file itself, or a UTF-16 one on its way through a recoder."""
        if not self._records.peek(2).startswith(_UTF16):
            return self._records
        return cast("BinaryIO", codecs.EncodedFile(self._records, "utf-8", "utf-16"))


def open_records(path: Path, *, progress: Progress | None = None) -> RecordSource:
    """Open a file of ISO 2709, MARCXML or JSON lines, packed by gzip or not.

    Raises UnreadableSource for a file that is empty or something else.
    """
    return RecordSource(path, progress=progress)


def _sniff(start: bytes, name: str) -> Format:
    if start.startswith(_UTF16):
        return Format.MARCXML
    text = start.removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n\0")
    if not text:
        raise UnreadableSource("empty-file", f"{name} is empty.")
    if text.startswith(b"{"):
        return Format.JSONL
    if text.startswith(b"<"):
        return Format.MARCXML
    if text[:5].isdigit() or b"\x1d" in text or LEADER.search(text):
        return Format.ISO2709
    raise UnreadableSource(
        "not-marc", f"{name} is neither ISO 2709, MARCXML nor JSON lines."
    )
