"""Show how far a long command has come: a bar on a terminal, lines elsewhere."""

import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self, TextIO, TypeVar

T = TypeVar("T")

REDRAW_SECONDS = 0.1
LINE_SECONDS = 5.0  # between two lines when nobody watches a terminal


class Progress:
    """``with Progress("Importing", total=500) as bar: bar.advance()``.

    Without a total it counts. The last line stays, with the time that it took.
    """

    def __init__(
        self, title: str, *, total: int | None = None, out: TextIO | None = None
    ) -> None:
        self.title = title
        self.total = total
        self.done = 0
        self._out = out or sys.stderr
        self._on_terminal = self._out.isatty()
        self._started = self._shown = time.monotonic()

    def __enter__(self) -> Self:
        if self._on_terminal:
            self._draw()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        ending = "" if kind is None else " (stopped)"
        self._write(self._line() + ending, end="\n")

    def advance(self, by: int = 1) -> None:
        self.reach(self.done + by)

    def reach(self, done: int, total: int | None = None) -> None:
        """Say that so much is done; the total may become known on the way."""
        self.done = done
        self.total = self.total if total is None else total
        pause = REDRAW_SECONDS if self._on_terminal else LINE_SECONDS
        if time.monotonic() - self._shown >= pause:
            self._draw()

    def _draw(self) -> None:
        self._shown = time.monotonic()
        self._write(self._line(), end="" if self._on_terminal else "\n")

    def _write(self, line: str, *, end: str) -> None:
        if self._on_terminal:
            line = "\r" + line[: shutil.get_terminal_size().columns - 1] + "\x1b[K"
        self._out.write(line + end)
        self._out.flush()

    def _line(self) -> str:
        seconds = max(time.monotonic() - self._started, 1e-6)
        if not self.done:
            return f"{self.title}: {seconds:,.1f} s"
        pace = f"{self.done:,} in {seconds:,.1f} s, {self.done / seconds:,.0f}/s"
        if not self.total:
            return f"{self.title}: {pace}"
        share = min(self.done / self.total, 1.0)
        bar = f"[{'#' * round(share * 24):<24}] " if self._on_terminal else ""
        return f"{self.title}: {bar}{share:4.0%} {pace} of {self.total:,}"


def progress(
    things: Iterable[T], title: str, *, total: int | None = None
) -> Iterator[T]:
    """The things one by one, with a bar that follows them."""
    with Progress(title, total=total) as bar:
        for thing in things:
            yield thing
            bar.advance()
