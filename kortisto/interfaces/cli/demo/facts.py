"""Facts about real titles, read from tab-separated files in ``facts/``."""

import csv
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "facts"


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of a title; "" or None where it is not.

    ``year`` is the year of the work for films, music, games and classics, the
    founding year of a magazine, else the year of the edition.
    """

    material: str
    language: str
    original_language: str
    author: str
    title: str
    subtitle: str
    others: tuple[tuple[str, str], ...]  # role, name
    year: int | None
    publisher: str
    place: str
    ykl: str
    subjects: tuple[str, ...]
    genres: tuple[str, ...]
    audience: str  # A adult, J juvenile, Y young adult
    series: tuple[str, str]  # name, number
    original_title: str
    age: str  # K7 ...
    extent: str
    note: str = ""

    @property
    def is_juvenile(self) -> bool:
        return self.audience == "J"

    def changed(self, **changes: object) -> "Fact":
        return replace(self, **changes)  # type: ignore[arg-type]


def read_facts() -> list[Fact]:
    """Every title of the files, in the order of the files' names."""
    return [fact for file in sorted(FOLDER.glob("*.tsv")) for fact in _read(file)]


def _read(file: Path) -> list[Fact]:
    with file.open(encoding="utf-8", newline="") as rows:
        table = csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [_fact(row) for row in table]


def _fact(row: dict[str, str]) -> Fact:
    series, _, number = row["series"].partition(" ; ")
    return Fact(
        material=row["material"],
        language=row["lang"],
        original_language=row["orig_lang"],
        author=row["author"],
        title=row["title"],
        subtitle=row["subtitle"],
        others=tuple(_role(one) for one in _several(row["others"])),
        year=int(row["year"]) if row["year"] else None,
        publisher=row["publisher"],
        place=row["place"],
        ykl=row["ykl"],
        subjects=_several(row["subjects"]),
        genres=_several(row["genres"]),
        audience=row["audience"] or "A",
        series=(series, number),
        original_title=row["original_title"],
        age=row["age"],
        extent=row["extent"],
    )


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _role(text: str) -> tuple[str, str]:
    role, _, name = text.partition(":")
    return role.strip(), name.strip()
