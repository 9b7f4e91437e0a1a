"""The front page: search, what is new, the shelves as pictures, who is open."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from kortisto.core.demo_notes import has_notes
from kortisto.domain.search.documents import Facet
from kortisto.domain.search.ports import Components, Query, Sort
from kortisto.domain.search.queries import find
from kortisto.interfaces.opac import hits
from kortisto.interfaces.opac.opening import today_in
from kortisto.interfaces.opac.words import Names, material_kind, names_now

NEW: Final = 12
SHELVES: Final = 12
NEWEST: Final = Query(
    sort=Sort.NEWEST,
    components=Components.HIDDEN,
    size=NEW,
    facets=(Facet.MATERIAL,),
    facet_size=SHELVES,
)


@dataclass(frozen=True, slots=True)
class MaterialShelf:
    """All titles of a material, as a picture that leads to them."""

    label: str
    kind: str
    count: int
    url: str


def front(request: HttpRequest) -> HttpResponse:
    names, now = names_now(), timezone.now()
    found = find("", NEWEST)
    shelves = [
        _shelf(each.value, each.count, names)
        for each in found.facets.get(Facet.MATERIAL, ())
    ]
    return render(
        request,
        "opac/front.html",
        {
            "new": hits.plain_rows(found.ids, names),
            "newest_url": f"{reverse('search')}?sort=newest",
            "shelves": shelves,
            "libraries": today_in(names.tree, now=now),
            "total": found.total,
            "is_demo": has_notes(Path(settings.DATA_DIR)),
        },
    )


def _shelf(code: str, count: int, names: Names) -> MaterialShelf:
    query = urlencode({Facet.MATERIAL.value: code})
    return MaterialShelf(
        names.material(code),
        material_kind(code),
        count,
        f"{reverse('search')}?{query}",
    )
