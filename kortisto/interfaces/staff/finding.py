"""People and titles to choose from. Only what is needed to choose (PAT-2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.urls import NoReverseMatch, reverse

from kortisto.core.actors import Actor
from kortisto.domain.catalogue.models import Record, RecordIdentifier
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.viewing import view_candidates
from kortisto.domain.patrons.models import PatronCategory
from kortisto.domain.patrons.queries import MOST, Candidate
from kortisto.domain.search.identifiers import normalised
from kortisto.domain.search.ports import Query, Scope
from kortisto.domain.search.queries import find

TITLES: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class PatronChoice:
    """One patron in a list: name, birth year, home library, category."""

    id: int
    name: str
    born_year: int | None
    library: str
    category: str

    @property
    def hint(self) -> str:
        year = "" if self.born_year is None else str(self.born_year)
        return " · ".join(part for part in (year, self.library, self.category) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    rows: tuple[PatronChoice, ...] = ()
    more: bool = False  # there are others: type more of the name


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleChoice:
    id: int
    title: str
    author: str
    year: int | None
    material: str
    url: str

    @property
    def hint(self) -> str:
        year = "" if self.year is None else str(self.year)
        return " · ".join(part for part in (self.author, year) if part)


def candidates(text: str, *, by: Actor, now: datetime, most: int = MOST) -> Candidates:
    """Patrons by words of their names; the list is logged as a view of each."""
    found = view_candidates(text, by=by, now=now)
    return Candidates(rows=choices_of(found[:most]), more=len(found) == MOST)


def choices_of(found: Sequence[Candidate]) -> tuple[PatronChoice, ...]:
    """What a list shows of patrons who have been found, and logged, already."""
    tree = organisation()
    wanted = {int(one.category) for one in found}
    names = {
        category.pk: category.name
        for category in PatronCategory.objects.filter(pk__in=wanted)
    }
    return tuple(
        PatronChoice(
            id=one.id,
            name=one.name,
            born_year=one.born_year,
            library=tree.name(one.home_library_id),
            category=names.get(int(one.category), ""),
        )
        for one in found
    )


def titles_for(text: str) -> list[TitleChoice]:
    """Titles by a number or by words, the best first."""
    ids = list(
        RecordIdentifier.objects.filter(value=normalised(text))
        .order_by("record_id")
        .values_list("record_id", flat=True)[:TITLES]
    )
    if not ids:
        ids = list(find(text, Query(scope=Scope.STAFF, size=TITLES)).ids)
    rows = Record.objects.in_bulk(ids)
    return [_choice(rows[record_id]) for record_id in ids if record_id in rows]


def _choice(record: Record) -> TitleChoice:
    return TitleChoice(
        id=record.pk,
        title=record.title,
        author=record.author,
        year=record.year,
        material=record.material,
        url=title_url(record.pk),
    )


def title_url(record_id: int) -> str:
    """The staff page of a title; empty where no such page is installed."""
    try:
        return reverse("title", args=[record_id])
    except NoReverseMatch:
        return ""
