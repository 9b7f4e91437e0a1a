"""An open build of the index, and the reader that keeps it fresh."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import tantivy

from kortisto.adapters.search_engine.folders import Folders
from kortisto.adapters.search_engine.schema import NUMBER, schema
from kortisto.domain.search.ports import SearchUnavailable


@dataclass(frozen=True, slots=True)
class Opened:
    """One state of one build: searching it again gives the same."""

    name: str
    folder: Path
    index: tantivy.Index
    shape: tantivy.Schema
    searcher: tantivy.Searcher
    generation: str

    def numbers(self, addresses: Sequence[tantivy.DocAddress]) -> list[int]:
        """Record ids of found documents."""
        found = self.searcher.fast_field_values(NUMBER, list(addresses))
        return [int(number or 0) for number in found]


def total(found: tantivy.SearchResult) -> int:
    """How many documents matched in all."""
    return int(found.count)  # type: ignore[attr-defined] # the stub lacks it


class Reader:
    """Gives the latest state of the current build.

    A commit writes `meta.json` anew, so one look at that file and one at the pointer
    tell whether anything has changed: some microseconds for a search.
    """

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._opened: Opened | None = None
        self._lock = threading.Lock()

    def opened(self) -> Opened:
        """Raises SearchUnavailable when there is nothing to open."""
        name = self._folders.current_name()
        held = self._opened
        if held is not None and held.name == name:
            generation = _generation(held.folder)
            if held.generation == generation:
                return held
        with self._lock:
            self._opened = self._again(name, self._opened)
            return self._opened

    def _again(self, name: str, held: Opened | None) -> Opened:
        folder = self._folders.usable(name)
        generation = _generation(folder)
        try:
            if held is not None and held.name == name:
                index, shape = held.index, held.shape
            else:
                shape = schema()
                index = tantivy.Index(shape, path=str(folder))
                index.config_reader("manual")
            index.reload()
            searcher = index.searcher()
        except (ValueError, OSError) as error:
            message = f"The search index is broken ({error}). Run: kortisto reindex"
            raise SearchUnavailable(message) from error
        return Opened(name, folder, index, shape, searcher, generation)


def _generation(folder: Path) -> str:
    try:
        state = (folder / "meta.json").stat()
    except FileNotFoundError:
        message = "The search index has lost its files. Run: kortisto reindex"
        raise SearchUnavailable(message) from None
    return f"{folder.name}:{state.st_ino}:{state.st_mtime_ns}"
