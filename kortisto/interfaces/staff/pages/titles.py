"""Titles: search the collection, see one title with its items and its MARC."""

from typing import Any, Final

from django.db.models import Q
from django.db.models.functions import Upper
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from kortisto.core.text import whole_number
from kortisto.domain.catalogue.acquired import acquired_in
from kortisto.domain.catalogue.models import CodedValue, Item, Record, RecordVersion
from kortisto.domain.catalogue.permissions import CataloguePermission
from kortisto.domain.catalogue.queries import (
    ITEMS_ON_A_PAGE,
    history_of,
    item_count,
    items_of,
    marc_of,
    place_of,
    record_for_page,
)
from kortisto.domain.circulation.availability import NOTHING, availability_of
from kortisto.domain.circulation.item_states import ITEM_STATES, items_in_state
from kortisto.domain.circulation.queries import STATUS_COLUMNS, StatusRow, statuses
from kortisto.domain.holds.lists import queue_counts
from kortisto.domain.org.queries import organisation
from kortisto.domain.search.documents import Facet
from kortisto.domain.search.queries import Found
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.catalogue_words import PICTURES, CodeNames
from kortisto.interfaces.staff.job_words import actor_names
from kortisto.interfaces.staff.paging import Trail, one_line
from kortisto.interfaces.staff.templatetags.staff import STATES
from kortisto.interfaces.staff.title_search import (
    LANGUAGES,
    SIZE,
    SORTS,
    Asked,
    by_number,
    groups,
    limits,
    rows_of,
    search,
)
from kortisto.ui.formats import count
from kortisto.ui.parts import Pages, Tab

THROUGH: Final = {
    "import": gettext_lazy("Import"),
    "editor": gettext_lazy("the desk"),
    "api": gettext_lazy("an interface"),
}
VIEWS: Final = ("items", "marc", "history")


@require_GET
def titles(request: StaffRequest) -> HttpResponse:
    """Search with facets; how many copies are here now, and everywhere."""
    asked = Asked.of(request.GET)
    found = search(asked)
    ids = list(found.ids) or (by_number(asked.text) if found.trouble else [])
    own = organisation().unit(request.actor.library_id or 0)
    told = ngettext("{total} title", "{total} titles", found.total)
    return render(
        request,
        "staff/titles.html",
        {
            "asked": asked,
            "found": found,
            "rows": rows_of(ids, library_id=own.id),
            "groups": groups(found, asked),
            "limits": limits(asked),
            "told": told.format(total=count(found.total)),
            "own": own,
            "only_here_url": asked.turned(Facet.AVAILABLE_AT, own.code),
            "only_here": own.code in asked.filters.get(Facet.AVAILABLE_AT, ()),
            "sorts": [(s.value, label, s is asked.sort) for s, label in SORTS.items()],
            "kept": [pair for pair in asked.pairs() if pair[0] not in ("q", "sort")],
            "pages": _pages(found, asked),
        },
    )


def _pages(found: Found, asked: Asked) -> Pages:
    at, first = found.page, (found.page - 1) * SIZE + 1
    last = min(at * SIZE, found.total)
    return Pages(
        previous_url=asked.address(page=at - 1) if at > 1 else "",
        next_url=asked.address(page=at + 1) if at < found.pages else "",
        told=f"{count(first)}–{count(last)} / {count(found.total)}",
    )


@require_GET
def title(request: StaffRequest, record_id: int) -> HttpResponse:
    """One title: what it is, where its copies are, and the record as it came."""
    try:
        record = record_for_page(record_id, public=False)
    except Record.DoesNotExist as missing:
        raise Http404 from missing
    view = request.GET.get("view", "items")
    view = view if view in VIEWS else "items"
    names = CodeNames()
    told: dict[str, Any] = {
        "record": record,
        "material": names.material(record.material),
        "picture": PICTURES.get(record.material, "book"),
        "facts": _facts(record),
        "summary": _texts(record.description.get("summary")),
        "queue": queue_counts(record_id, today=localdate()),
        "view": view,
        "tabs": _tabs(record, view),
    }
    if view == "marc":
        told["marc"] = _marc(record_id)
    elif view == "history":
        told["versions"] = _versions(record_id)
    else:
        told |= _items(request, record, names)
    return render(request, "staff/title.html", told)


def _versions(record_id: int) -> list[tuple[RecordVersion, str, str]]:
    """Each earlier version, who replaced it, and through what."""
    rows = list(history_of(record_id)[:50])
    by = actor_names(row.replaced_by for row in rows)
    return [
        (row, by[row.replaced_by], str(THROUGH.get(row.through, row.through)))
        for row in rows
    ]


def _tabs(record: Record, view: str) -> list[Tab]:
    address = reverse("title", args=[record.pk])
    labels = {
        "items": (_("Items"), "shelf", item_count(record.pk)),
        "marc": (_("MARC"), "book-open", None),
        "history": (_("Earlier versions"), "clock", record.version - 1),
    }
    return [
        Tab(
            label=label,
            url=address if name == "items" else f"{address}?view={name}",
            icon=icon,
            count=number,
            current=name == view,
        )
        for name, (label, icon, number) in labels.items()
    ]


def _items(request: StaffRequest, record: Record, names: CodeNames) -> dict[str, Any]:
    """A page of the items, the own library's first, and what they are narrowed by."""
    own = request.actor.library_id
    fields = ("library", "state", "text")
    wanted = {name: one_line(request.GET.get(name)) for name in fields}
    trail = Trail.of(request)
    last = Item.objects.filter(pk=trail.last or 0, record=record).first()
    items = items_of(
        record.pk,
        own_library=own,
        after=None if last is None else place_of(last, own_library=own),
        size=ITEMS_ON_A_PAGE + 1,
        among=_narrowed(wanted),
    )
    more = len(items) > ITEMS_ON_A_PAGE
    items = items[:ITEMS_ON_A_PAGE]
    places = availability_of([record.pk]).get(record.pk, NOTHING)
    tree = organisation()
    return {
        "items": _rows(items, names),
        "pages": trail.pages(request, next_key=items[-1].pk if more else None),
        "wanted": wanted,
        "narrowed": any(wanted.values()),
        "own_id": own,
        "acquired": acquired_in(localdate().year).filter(record=record).count(),
        "availability": places,
        "places": sorted(
            ((tree.name(place.library_id), place) for place in places.places),
            key=lambda one: (one[1].library_id != own, one[0]),
        ),
        "libraries": [(str(one.id), one.name) for one in tree.libraries()],
        "states": [(name, STATES[name][1]) for name in ITEM_STATES],
    }


def _narrowed(wanted: dict[str, str]) -> Any:
    items = Item.objects.all()
    library_id = whole_number(wanted["library"])
    if library_id is not None:
        items = items.filter(Q(home_library=library_id) | Q(library=library_id))
    if wanted["state"] in ITEM_STATES:
        items = items_in_state(items, wanted["state"])
    if wanted["text"]:
        text = wanted["text"]
        items = items.alias(code=Upper("barcode")).filter(
            Q(code=text.upper())
            | Q(call_number__startswith=text)
            | Q(enumchron__startswith=text)
        )
    return items


def _rows(items: list[Item], names: CodeNames) -> list[dict[str, Any]]:
    now = statuses([status_row(item) for item in items])
    tree = organisation()
    return [
        {
            "item": item,
            "status": now[item.pk],
            "towards": tree.name(now[item.pk].towards_id),
            "location": names(CodedValue.List.LOCATION, item.location),
            "collection": names(CodedValue.List.COLLECTION, item.collection),
        }
        for item in items
    ]


def status_row(item: Item) -> StatusRow:
    """What ``statuses`` wants to know of an item that has been read already."""
    row: Any = {name: getattr(item, name) for name in STATUS_COLUMNS}
    return row  # type: ignore[no-any-return]


def _facts(record: Record) -> list[tuple[str, str]]:
    """The description in words: label and text, empty ones left out."""
    told = record.description
    terms = told.get("subjects", []) + told.get("genres", [])
    facts = [
        (_("Responsibility"), record.responsibility),
        (_("Original or uniform title"), told.get("uniform_title")),
        (_("Other titles"), told.get("other_titles")),
        (_("Edition"), told.get("edition")),
        (_("Published"), told.get("publication")),
        (_("Extent"), told.get("extent")),
        (_("Series"), told.get("series")),
        (_("Language"), _languages(told.get("languages") or [record.language])),
        (_("Original language"), _languages(told.get("original_languages") or [])),
        (_("Class"), record.ykl),
        (_("Subjects and genres"), terms),
        (_("Identifiers"), told.get("identifiers")),
        (_("Age limit"), f"K{record.age_limit}" if record.age_limit else ""),
        (_("Notes"), told.get("notes")),
        (_("Contents"), told.get("contents")),
        (_("Control number"), f"{record.control_source} {record.control_number}"),
    ]
    return [(label, text) for label, value in facts if (text := _texts(value))]


def _languages(codes: list[str]) -> list[str]:
    return [str(LANGUAGES.get(code, code)) for code in codes]


def _texts(value: object) -> str:
    """A value of the description on one line: texts, or parts with a text each."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dict):
        known = ("text", "name", "title", "value", "number")
        found = [str(value[name]) for name in known if value.get(name)]
        return " ".join(found[:1] + ([found[-1]] if "number" in value else []))
    if isinstance(value, list | tuple):
        return " · ".join(filter(None, (_texts(one) for one in value)))
    return str(value)


def _marc(record_id: int) -> dict[str, Any]:
    """The record's fields, ready to be read: tag, indicators, subfields."""
    marc = marc_of(record_id)
    fields = [
        {
            "tag": field[0],
            "indicators": "" if len(field) == 2 else field[1].replace(" ", "_"),
            "value": field[1] if len(field) == 2 else "",
            "subfields": () if len(field) == 2 else field[2],
        }
        for field in marc.fields
    ]
    return {"leader": marc.leader, "fields": fields}


SEE: Final = CataloguePermission.SEE
urlpatterns = [
    page("titles/", titles, needs=SEE),
    page("titles/<int:record_id>/", title, needs=SEE),
]
