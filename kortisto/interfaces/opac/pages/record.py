"""The page of one title: what it is, where a copy is, what else there is of it."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from kortisto.domain.catalogue.describe import Description, Term
from kortisto.domain.catalogue.marc.record import Field, Marc, is_data
from kortisto.domain.catalogue.marc.stored import from_text
from kortisto.domain.catalogue.models import Record
from kortisto.domain.catalogue.rows import description_of
from kortisto.domain.circulation.availability import (
    availability_with_shelves,
    copies_at,
    has_public_copies,
)
from kortisto.domain.search.documents import Facet
from kortisto.interfaces.opac import hits, shelves
from kortisto.interfaces.opac.words import language_name, material_kind, names_now

logger = logging.getLogger(__name__)

EDITIONS: Final = 12
GONE: Final = 410
NOT_FOUND: Final = 404
LONGEST_NUMBER: Final = 2**31
NOT_FOR_EVERYBODY: Final = ("541", "542", "561", "583", "852", "853", "863", "876")


@dataclass(frozen=True, slots=True)
class Linked:
    """A word that leads to everything that has it; ``note`` stands beside it."""

    text: str
    url: str
    note: str = ""


def record(request: HttpRequest, record_id: int) -> HttpResponse:
    found = public_record(record_id)
    if found is None:
        return gone(request, record_id)
    names = names_now()
    description = _description(found)
    now = availability_with_shelves(record_id)
    visitor = getattr(request, "visitor", None)
    home = None if visitor is None else visitor.home_library_id
    places = shelves.places(now, names, home=home)
    opened = shelves.chosen(request, places)
    copies = (
        None
        if opened is None
        else shelves.copies(
            copies_at(record_id, opened.id, page=opened.page), opened, names
        )
    )
    return render(
        request,
        "opac/record.html",
        {
            "record": found,
            "description": description,
            "kind": material_kind(found.material),
            "material": names.material(found.material),
            "cover": hits.drawn_cover(
                found.title, found.author, material_kind(found.material)
            ),
            "facts": _facts(description),
            "now": now,
            "places": places,
            "copies": copies,
            "editions": hits.plain_rows(_editions(found), names),
            "permalink": request.build_absolute_uri(
                reverse("record", args=[record_id])
            ),
        },
    )


def marc(request: HttpRequest, record_id: int) -> HttpResponse:
    """The record as libraries exchange it, without fields meant for staff."""
    found = public_record(record_id)
    if found is None:
        return gone(request, record_id)
    stored = _marc(found)
    fields = [] if stored is None else [_line(each) for each in _public(stored)]
    return render(
        request,
        "opac/record_marc.html",
        {
            "record": found,
            "leader": "" if stored is None else stored.leader,
            "fields": fields,
        },
    )


def public_record(record_id: int) -> Record | None:
    """A record that the public may see: it has copies, or needs none (SRC-6)."""
    if record_id >= LONGEST_NUMBER:
        return None
    found = (
        Record.objects.filter(pk=record_id, deleted_at=None, suppressed=False)
        .defer("marc")
        .first()
    )
    if found is None:
        return None
    if found.material in hits.NEEDS_NO_ITEMS or has_public_copies(record_id):
        return found
    return None


def gone(request: HttpRequest, record_id: int) -> HttpResponse:
    """410 for what was here once; else 404."""
    small = record_id < LONGEST_NUMBER
    was = small and Record.objects.filter(pk=record_id, suppressed=False).exists()
    status = GONE if was else NOT_FOUND
    return render(request, "opac/record_gone.html", status=status)


def _marc(found: Record) -> Marc | None:
    try:
        return from_text(found.marc)
    except ValueError:
        logger.warning("record %s has no readable MARC", found.pk)
        return None


def _description(found: Record) -> Description:
    return description_of(vars(found), found.description)


def _editions(found: Record) -> list[int]:
    """Other records of the same work that have a copy."""
    if not found.work_key:
        return []
    others = (
        Record.objects.filter(
            work_key=found.work_key,
            deleted_at=None,
            suppressed=False,
            items__withdrawn="",
            items__lost="",
        )
        .exclude(pk=found.pk)
        .order_by("-year", "pk")
    )
    return list(others.values_list("pk", flat=True).distinct()[:EDITIONS])


def _facts(description: Description) -> dict[str, object]:
    return {
        "authors": [
            Linked(
                person.name,
                _search(Facet.AUTHOR, person.name)
                if person.name in description.authors
                else _words(f'au:"{_plain(person.name)}"'),
                ", ".join(person.roles),
            )
            for person in description.contributors
        ],
        "languages": [language_name(code) for code in description.languages],
        "originals": [language_name(code) for code in description.original_languages],
        "subtitles": [language_name(code) for code in description.subtitle_languages],
        "subjects": _linked(Facet.SUBJECT, description.subjects),
        "genres": _linked(Facet.GENRE, description.genres),
        "series": [
            Linked(each.title, _search(Facet.SERIES, each.title), each.number)
            for each in description.series
        ],
        "numbers": [
            each
            for each in description.identifiers
            if each.kind.value in {"isbn", "issn", "ean", "ismn"} and each.is_valid
        ],
        "links": [
            link
            for link in description.links
            if link.url.startswith(("https://", "http://"))
        ],
    }


def _linked(facet: Facet, terms: Iterable[Term]) -> list[Linked]:
    texts = (term.text for term in terms)
    return [Linked(text, _search(facet, text)) for text in dict.fromkeys(texts) if text]


def _search(facet: Facet, value: str) -> str:
    return f"{reverse('search')}?{urlencode({facet.value: value})}"


def _words(text: str) -> str:
    return f"{reverse('search')}?{urlencode({'q': text})}"


def _plain(name: str) -> str:
    return name.replace('"', " ")


def _public(stored: Marc) -> list[Field]:
    return [
        field
        for field in stored.fields
        if field[0] < "900" and field[0] not in NOT_FOR_EVERYBODY
    ]


def _line(field: Field) -> tuple[str, str, list[tuple[str, str]]]:
    if is_data(field):
        return field[0], field[1], list(field[2])
    return field[0], "", [("", str(field[1]))]
