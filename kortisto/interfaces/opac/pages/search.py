"""Search the collection: words, limits, live availability of the page (SRC)."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kortisto.domain.acquisitions.models import LONGEST_TEXT
from kortisto.domain.acquisitions.settings import SUGGESTIONS_OPEN
from kortisto.domain.search.documents import Facet
from kortisto.domain.search.ports import Query, Sort
from kortisto.domain.search.queries import Found, find, suggest
from kortisto.interfaces.opac import facets, hits
from kortisto.interfaces.opac.narrowing import FACETS, Asked, asked
from kortisto.interfaces.opac.words import Names, names_now
from kortisto.ui.formats import count
from kortisto.ui.parts import Pages

SIZE: Final = 20
SORTS: Final[tuple[tuple[Sort, Promise], ...]] = (
    (Sort.RELEVANCE, gettext_lazy("Best match")),
    (Sort.NEWEST, gettext_lazy("Newest in the collection")),
    (Sort.TITLE, gettext_lazy("Title")),
    (Sort.AUTHOR, gettext_lazy("Author")),
    (Sort.YEAR, gettext_lazy("Year, latest first")),
    (Sort.OLDEST, gettext_lazy("Year, earliest first")),
)
SUGGESTIONS: Final = 5  # of each kind
LONGEST_PREFIX: Final = 100


@dataclass(frozen=True, slots=True)
class Chip:
    """A limit in force; following ``url`` takes it away."""

    label: str
    url: str


def search(request: HttpRequest) -> HttpResponse:
    wanted = asked(request.GET)
    names = names_now()
    found = _found(wanted)
    visitor = getattr(request, "visitor", None)
    home = None if visitor is None else visitor.home_library_id
    return render(
        request,
        "opac/search.html",
        {
            "asked": wanted,
            "query": wanted.text,
            "back": urlencode({"back": request.get_full_path()}),
            "found": found,
            "told": _told(found),
            "rows": hits.rows(found.ids, names, home=home),
            "groups": _groups(found, wanted, names),
            "chips": _chips(wanted, names),
            "did_you_mean": _did_you_mean(found, wanted),
            "pages": _pages(found, wanted),
            "suggest_url": _suggest_url(wanted, home),
            "sorts": [(s.value, label, s is wanted.sort) for s, label in SORTS],
            "kept": [pair for pair in wanted.pairs() if pair[0] != "sort"],
            "kept_with_years": [
                pair for pair in wanted.pairs() if pair[0] not in {"from", "to"}
            ],
        },
    )


def suggestions(request: HttpRequest) -> JsonResponse:
    """What somebody may be typing: titles, authors and subjects that begin so."""
    typed = asked(request.GET).text[:LONGEST_PREFIX]
    found = suggest(typed, limit=SUGGESTIONS) if typed else ()
    listed = [{"text": each.text, "kind": each.kind.value} for each in found]
    response = JsonResponse({"suggestions": listed})
    response.headers["Cache-Control"] = "max-age=60"
    return response


def _found(wanted: Asked) -> Found:
    found = _find(wanted, page=wanted.page)
    if not found.ids and found.total and found.pages:
        return _find(wanted, page=found.pages)
    return found


def _find(wanted: Asked, *, page: int) -> Found:
    return find(
        wanted.text,
        Query(
            filters=wanted.filters,
            facets=FACETS,
            facet_size=facets.MOST,
            years=wanted.years,
            components=wanted.components,
            sort=wanted.sort,
            page=page,
            size=SIZE,
        ),
    )


def _groups(found: Found, wanted: Asked, names: Names) -> list[SafeString]:
    return facets.drawn(found.facets, wanted, names)


def _told(found: Found) -> str:
    total = count(found.total)
    return ngettext("{total} title", "{total} titles", found.total).format(total=total)


def _chips(wanted: Asked, names: Names) -> list[Chip]:
    chips = [
        Chip(_chip(facet, value, names), wanted.without_value(facet, value))
        for facet, values in wanted.filters.items()
        for value in values
    ]
    if wanted.years is not None:
        years = f"{wanted.first_year or ''}–{wanted.last_year or ''}"
        chips.append(
            Chip(_("Years {years}").format(years=years), wanted.without_years())
        )
    if wanted.whole_only:
        chips.append(Chip(_("No articles or songs"), wanted.with_other_parts()))
    return chips


def _chip(facet: Facet, value: str, names: Names) -> str:
    label = facets.value_label(facet, value, names)
    if facet is Facet.AVAILABLE_AT:
        return _("On the shelf: {library}").format(library=label)
    return label


def _suggest_url(wanted: Asked, home: int | None) -> str:
    """Where to suggest what was looked for; empty when that is not taken here."""
    if not wanted.text or not names_now().tree.setting(SUGGESTIONS_OPEN, home).value:
        return ""
    typed = urlencode({"q": wanted.text[:LONGEST_TEXT]})
    return f"{reverse('suggest')}?{typed}"


def _did_you_mean(found: Found, wanted: Asked) -> Chip | None:
    better = found.hits.suggestion
    return None if not better else Chip(better, wanted.with_text(better))


def _pages(found: Found, wanted: Asked) -> Pages:
    page = found.page
    first = (page - 1) * SIZE + 1
    last = min(page * SIZE, found.total)
    return Pages(
        previous_url=wanted.address(page=page - 1) if page > 1 else "",
        next_url=wanted.address(page=page + 1) if page < found.pages else "",
        told=f"{count(first)}–{count(last)} / {count(found.total)}",
    )
