"""A search of the collection as staff ask it, and the way back to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kortisto.core.text import whole_number
from kortisto.domain.catalogue.models import Record
from kortisto.domain.catalogue.queries import live_records, records_by_identifier
from kortisto.domain.circulation.availability import (
    NOTHING,
    TitleAvailability,
    availability_of,
)
from kortisto.domain.org.queries import Organisation, organisation
from kortisto.domain.search.documents import Facet
from kortisto.domain.search.ports import FacetCount, Query, Scope, Sort
from kortisto.domain.search.queries import Found, find
from kortisto.interfaces.staff.catalogue_words import PICTURES, CodeNames
from kortisto.interfaces.staff.paging import one_line
from kortisto.ui import parts

SIZE: Final = 25
VALUES: Final = 10  # of one facet
FACETS: Final[Mapping[Facet, Promise]] = {
    Facet.MATERIAL: _("Material"),
    Facet.AVAILABLE_AT: _("On the shelf now"),
    Facet.LIBRARY: _("Library"),
    Facet.LANGUAGE: _("Language"),
    Facet.AUDIENCE: _("For whom"),
    Facet.FICTION: _("Fiction or facts"),
    Facet.DECADE: _("Decade"),
    Facet.LOCATION: _("Location"),
    Facet.COLLECTION: _("Collection"),
    Facet.AUTHOR: _("Author"),
    Facet.SUBJECT: _("Subject"),
    Facet.GENRE: _("Genre"),
    Facet.SERIES: _("Series"),
}
WORDS: Final[Mapping[str, Promise]] = {
    "juvenile": _("Children and young people"),
    "adult": _("Adults"),
    "fiction": _("Fiction"),
    "fact": _("Facts"),
}
SORTS: Final[Mapping[Sort, Promise]] = {
    Sort.RELEVANCE: _("Best match"),
    Sort.NEWEST: _("Newest in the collection"),
    Sort.TITLE: _("Title"),
    Sort.AUTHOR: _("Author"),
    Sort.YEAR: _("Year, latest first"),
}
LANGUAGES: Final[Mapping[str, Promise]] = {
    "fin": _("Finnish"),
    "swe": _("Swedish"),
    "eng": _("English"),
    "sme": _("Northern Sámi"),
    "rus": _("Russian"),
    "est": _("Estonian"),
    "ger": _("German"),
    "fre": _("French"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Words, limits, order and page: everything that the address holds."""

    text: str
    filters: Mapping[Facet, tuple[str, ...]]
    sort: Sort
    page: int

    @classmethod
    def of(cls, given: QueryDict) -> "Asked":
        """Never raises: what cannot be meant is left out."""
        filters = {
            facet: tuple(dict.fromkeys(map(one_line, given.getlist(facet.value))))
            for facet in FACETS
        }
        order = given.get("sort", "")
        return cls(
            text=one_line(given.get("q")),
            filters={facet: chosen for facet, chosen in filters.items() if any(chosen)},
            sort=next((one for one in SORTS if one.value == order), Sort.RELEVANCE),
            page=whole_number(given.get("page")) or 1,
        )

    def pairs(self) -> list[tuple[str, str]]:
        pairs = [("q", self.text)] if self.text else []
        pairs += [
            (f.value, one) for f, chosen in self.filters.items() for one in chosen
        ]
        if self.sort is not Sort.RELEVANCE:
            pairs.append(("sort", self.sort.value))
        return pairs

    def address(self, *, page: int = 1) -> str:
        more = [("page", str(page))] if page > 1 else []
        return f"?{urlencode([*self.pairs(), *more])}"

    def turned(self, facet: Facet, value: str) -> str:
        """The address with the value chosen, or given up when it was."""
        pair = (facet.value, value)
        pairs = self.pairs()
        other = [one for one in pairs if one != pair]
        return f"?{urlencode(other if len(other) < len(pairs) else [*pairs, pair])}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleRow:
    """One title of a list, with its copies here and everywhere."""

    id: int
    title: str
    author: str
    year: int | None
    ykl: str
    material: str
    picture: str
    here: parts.Availability
    everywhere: parts.Availability
    suppressed: bool
    url: str


def search(asked: Asked) -> Found:
    query = Query(
        scope=Scope.STAFF,
        filters=asked.filters,
        facets=tuple(FACETS),
        facet_size=VALUES,
        sort=asked.sort,
        page=asked.page,
        size=SIZE,
    )
    return find(asked.text, query)


def by_number(text: str) -> list[int]:
    """Titles with this ISBN or another number, for a search that has no index."""
    return [record.pk for record in records_by_identifier(text)] if text else []


def rows_of(ids: Sequence[int], *, library_id: int | None) -> list[TitleRow]:
    """Titles in the order of the ids: four statements for any number of them."""
    records = records_in(ids).in_bulk()
    now = availability_of(records)
    names = CodeNames()
    return [
        _row(records[i], now.get(i, NOTHING), names, library_id=library_id)
        for i in ids
        if i in records
    ]


def records_in(ids: Sequence[int]) -> QuerySet[Record]:
    return live_records().filter(pk__in=ids).defer("marc", "description")


def _row(
    record: Record,
    now: TitleAvailability,
    names: CodeNames,
    *,
    library_id: int | None,
) -> TitleRow:
    here = [place for place in now.places if place.library_id == library_id]
    return TitleRow(
        id=record.pk,
        title=record.title,
        author=record.author or record.responsibility,
        year=record.year,
        ykl=record.ykl,
        material=names.material(record.material),
        picture=PICTURES.get(record.material, "book"),
        here=parts.Availability(
            available=sum(place.available for place in here),
            total=sum(place.total for place in here),
        ),
        everywhere=parts.Availability(
            available=now.available, total=now.total, queue=now.queue
        ),
        suppressed=record.suppressed,
        url=reverse("title", args=[record.pk]),
    )


def groups(found: Found, asked: Asked) -> list[parts.Facet]:
    """The groups to narrow by that have something to choose."""
    names, tree = CodeNames(), organisation()
    return [
        parts.Facet(
            label=str(label),
            values=[
                _value(facet, one, asked, names=names, tree=tree) for one in counts
            ],
            open=facet in asked.filters or facet in (Facet.MATERIAL, Facet.LANGUAGE),
        )
        for facet, label in FACETS.items()
        if (counts := found.facets.get(facet, ()))
    ]


def _value(
    facet: Facet,
    one: FacetCount,
    asked: Asked,
    *,
    names: CodeNames,
    tree: Organisation,
) -> parts.FacetValue:
    return parts.FacetValue(
        label=value_label(facet, one.value, names, tree=tree),
        count=one.count,
        url=asked.turned(facet, one.value),
        chosen=one.is_chosen,
    )


def value_label(
    facet: Facet, value: str, names: CodeNames, *, tree: Organisation
) -> str:
    """A value in words."""
    if facet in (Facet.AVAILABLE_AT, Facet.LIBRARY):
        try:
            return tree.by_code(value).name
        except KeyError:
            return value
    if facet is Facet.MATERIAL:
        return names.material(value)
    if facet is Facet.LANGUAGE:
        return str(LANGUAGES.get(value, value))
    if facet is Facet.DECADE and whole_number(value) is not None:
        return f"{value}–{int(value) + 9}"
    return str(WORDS.get(value, value))


def limits(asked: Asked) -> list[dict[str, Any]]:
    """The limits in force: each says what it is and how to take it away."""
    names, tree = CodeNames(), organisation()
    return [
        {
            "label": f"{FACETS[facet]}: " + value_label(facet, value, names, tree=tree),
            "url": asked.turned(facet, value),
        }
        for facet, chosen in asked.filters.items()
        for value in chosen
    ]
