"""The file of what an import turned away, and why."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import orjson

from kortisto.domain.catalogue.marc.iso2709 import CannotWriteError, to_iso2709
from kortisto.domain.catalogue.marc.jsonl import to_shape
from kortisto.domain.catalogue.marc.record import Marc
from kortisto.domain.catalogue.marc.sources import Format
from kortisto.domain.catalogue.marc.stored import to_text

_ENDINGS = {Format.ISO2709: ".mrc", Format.MARCXML: ".xml", Format.JSONL: ".jsonl"}


class RejectFile:
    """``NAME.reasons.jsonl``, made when something is turned away.

    Beside it are the records as they were, in ``NAME.rejected.mrc``, ``.xml`` or
    ``.jsonl``. A line of reasons has ``file``, ``offset``, ``reason``, ``sentence``,
    and what else is known: ``control_number``, ``candidates``, ``item``, ``record``.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.reasons = folder / f"{name}.reasons.jsonl"
        self._name = name
        self._open: dict[Path, BinaryIO] = {}
        self._stack = ExitStack()

    def __enter__(self) -> RejectFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def used(self) -> bool:
        return bool(self._open)

    def raw(self, content: bytes, form: Format) -> None:
        """Keep the bytes of a record that could not be read."""
        if content:
            self._file(f"{self._name}.rejected{_ENDINGS[form]}").write(content)

    def record(self, marc: Marc, line: dict[str, Any]) -> None:
        """Keep a record that was read but not taken; odd ones go with the reason."""
        try:
            content = to_iso2709(marc)
        except CannotWriteError:
            line["record"] = _shape(marc)
        else:
            self.raw(content, Format.ISO2709)

    def reason(self, line: dict[str, Any]) -> None:
        content = orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
        self._file(self.reasons.name).write(content)

    def _file(self, name: str) -> BinaryIO:
        path = self.folder / name
        if path not in self._open:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._open[path] = self._stack.enter_context(path.open("ab"))
        return self._open[path]


def _shape(marc: Marc) -> Any:
    """A record that JSON itself cannot hold is given as its escaped text."""
    shape = to_shape(marc)
    try:
        orjson.dumps(shape)
    except TypeError:
        return to_text(marc)
    return shape
