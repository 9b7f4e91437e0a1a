"""A table of Finnish words and their base forms, kept between two builds.

Reading a word takes some 0.4 ms, and half of a build's time when none is known. The
table lies beside the builds and may be thrown away.
"""

from collections.abc import Mapping
from pathlib import Path

from kortisto.adapters.search_engine.folders import write_whole
from kortisto.domain.search import finnish
from kortisto.domain.search.analysis import Finnish


def load(path: Path) -> Mapping[str, Finnish]:
    """The table of this version's dictionary; empty when there is none."""
    try:
        head, *lines = path.read_text("utf-8").splitlines()
    except (FileNotFoundError, ValueError):
        return {}
    if head != _head():
        return {}
    rows = (line.split("\t") for line in lines)
    return {
        row[0]: Finnish(tuple(row[1].split()), tuple(row[2].split()))
        for row in rows
        if len(row) == 3
    }


def save(path: Path, table: Mapping[str, Finnish]) -> None:
    lines = [
        f"{word}\t{' '.join(known.bases)}\t{' '.join(known.parts)}"
        for word, known in table.items()
    ]
    write_whole(path, "\n".join([_head(), *lines]) + "\n")


def _head() -> str:
    """Another dictionary, or another way to keep words, makes the table useless."""
    return f"words 2 {finnish.dictionary().stat().st_size}"
