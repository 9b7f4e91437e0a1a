"""Where an index lies: one folder for each build, and a file that names the current.

    search/current             "build-000002"
    search/build-000002/       Tantivy's files, `shape`, `position`
    search/rebuild.lock        held while a new build is made
    search/words               what one build leaves to the next (`wordbook.py`)

A new build is made beside the current one and becomes current by one rename, so that a
reader sees the whole of the one or of the other. The build before is kept, because a
reader may still be in it.
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kortisto.adapters.search_engine.schema import SHAPE
from kortisto.domain.search.ports import IndexIsWritten, SearchUnavailable

_BUILD = "build-"
_KEPT_BUILDS = 2


@dataclass(frozen=True, slots=True)
class Folders:
    root: Path

    @property
    def words(self) -> Path:
        """The table of words that one build leaves to the next."""
        return self.root / "words"

    def current_name(self) -> str:
        """The name of the current build. Raises SearchUnavailable without one."""
        try:
            name = (self.root / "current").read_text("utf-8").strip()
        except FileNotFoundError:
            message = "There is no search index yet. Build it: kortisto reindex"
            raise SearchUnavailable(message) from None
        if not name.startswith(_BUILD):
            message = "The search index's pointer is broken. Run: kortisto reindex"
            raise SearchUnavailable(message)
        return name

    def usable(self, name: str) -> Path:
        """The folder of a build of today's shape. Raises SearchUnavailable."""
        folder = self.root / name
        try:
            shape = (folder / "shape").read_text("utf-8").strip()
        except FileNotFoundError:
            shape = "missing"
        if shape != SHAPE:
            message = f"The search index has shape {shape}. Run: kortisto reindex"
            raise SearchUnavailable(message)
        return folder

    @contextmanager
    def new_build(self) -> Iterator[Path]:
        """A fresh folder; current when the block ends well, gone when it fails.

        Raises IndexIsWritten when another process makes a new build.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "rebuild.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                message = "Another process is rebuilding the search index now."
                raise IndexIsWritten(message) from None
            folder = self._fresh()
            try:
                yield folder
                write_whole(folder / "shape", SHAPE)
            except BaseException:
                shutil.rmtree(folder)
                raise
            write_whole(self.root / "current", folder.name)
            self._forget_old(folder.name)

    def _fresh(self) -> Path:
        """Numbers go up, so that the name of a build is never used again."""
        highest = max((_number(each) for each in self._builds()), default=0)
        folder = self.root / f"{_BUILD}{highest + 1:06}"
        folder.mkdir()
        return folder

    def _builds(self) -> list[Path]:
        return sorted(each for each in self.root.glob(f"{_BUILD}*") if each.is_dir())

    def _forget_old(self, current: str) -> None:
        older = [each for each in self._builds() if each.name < current]
        for folder in older[: -_KEPT_BUILDS + 1]:
            shutil.rmtree(folder)


def _number(folder: Path) -> int:
    digits = folder.name.removeprefix(_BUILD)
    return int(digits) if digits.isdecimal() else 0


def write_whole(path: Path, text: str) -> None:
    """Write a small file so that a reader sees the old or the new text, whole."""
    beside = path.with_name(f"{path.name}.new")
    beside.write_text(text, "utf-8")
    beside.replace(path)


def read_position(folder: Path) -> str | None:
    try:
        return (folder / "position").read_text("utf-8")
    except FileNotFoundError:
        return None


def write_position(folder: Path, position: str) -> None:
    write_whole(folder / "position", position)
