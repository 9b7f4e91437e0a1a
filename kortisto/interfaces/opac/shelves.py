"""The libraries that have a title, and the copies in one of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.http import HttpRequest
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from kortisto.domain.catalogue.models import CodedValue
from kortisto.domain.circulation.availability import (
    COPIES_ON_A_PAGE,
    Copy,
    Place,
    TitleAvailability,
)
from kortisto.domain.circulation.queries import ItemStatus
from kortisto.interfaces.opac.words import Names
from kortisto.ui.formats import count
from kortisto.ui.parts import Pages
from kortisto.ui.shell import letters_of

List = CodedValue.List
KINDS: Final = {
    "available": "ok",
    "on-loan": "attention",
    "waiting": "hold",
    "travelling": "info",
    "in-transit": "info",
    "not-for-loan": "neutral",
    "damaged": "neutral",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A library's line in the table of a title. ``page`` of its copies, from 1."""

    id: int
    name: str
    hue: int
    letters: str
    kind: str
    words: str
    due_at: datetime | None
    location: str
    call_number: str
    total: int
    url: str
    is_open: bool = False
    is_home: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRow:
    """A copy as the public sees it."""

    kind: str
    words: str
    due_at: datetime | None
    shelf: str
    call_number: str
    enumchron: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """The copies of one library, a page of them."""

    library: str
    rows: Sequence[CopyRow]
    has_issues: bool
    has_notes: bool
    pages: Pages
    close_url: str = "?"


def places(now: TitleAvailability, names: Names, *, home: int | None) -> list[Shelf]:
    """The reader's own library first, then those with a copy, then by name."""
    shelves = [_shelf(place, names, home=home) for place in now.places]
    return sorted(
        shelves, key=lambda each: (not each.is_home, each.kind != "ok", each.name)
    )


def _shelf(place: Place, names: Names, *, home: int | None) -> Shelf:
    node = names.tree.units.get(place.library_id)
    name = names.tree.name(place.library_id)
    kind, words = _summary(place)
    return Shelf(
        id=place.library_id,
        name=name,
        hue=0 if node is None else node.hue,
        letters=letters_of(name),
        kind=kind,
        words=words,
        due_at=None if place.available else place.due_at,
        location=names.coded(List.LOCATION, place.location),
        call_number=place.call_number or place.shelf_class,
        total=place.total,
        url=f"?{urlencode({'library': place.library_id})}#copies",
        is_home=place.library_id == home,
    )


def _summary(place: Place) -> tuple[str, str]:
    if place.available:
        words = _("{available} of {total} on the shelf")
        return "ok", words.format(available=place.available, total=place.total)
    if place.reference == place.total:
        return "neutral", _("Read in the library")
    return "attention", _("Not on the shelf")


def chosen(request: HttpRequest, shelves: list[Shelf]) -> Shelf | None:
    """The library whose copies are to be shown: the one asked for, or the only one.

    Marks its line in ``shelves``.
    """
    asked = request.GET.get("library", "")
    if not asked and len(shelves) == 1:
        asked = str(shelves[0].id)
    for place, shelf in enumerate(shelves):
        if str(shelf.id) == asked:
            page = request.GET.get("page", "")
            number = int(page) if page.isascii() and page.isdigit() else 1
            last = -(-shelf.total // COPIES_ON_A_PAGE)
            opened = replace(shelf, is_open=True, page=max(1, min(number, last)))
            shelves[place] = opened
            return opened
    return None


def copies(found: Sequence[Copy], shelf: Shelf, names: Names) -> Copies:
    return Copies(
        library=shelf.name,
        rows=[_copy(copy, names) for copy in found],
        has_issues=any(copy.enumchron for copy in found),
        has_notes=any(copy.public_note for copy in found),
        pages=_pages(shelf),
    )


def _copy(copy: Copy, names: Names) -> CopyRow:
    parts = (
        names.coded(List.LOCATION, copy.location),
        names.coded(List.SUB_LOCATION, copy.sub_location),
        names.coded(List.COLLECTION, copy.collection),
    )
    return CopyRow(
        kind=KINDS.get(copy.status.state, "neutral"),
        words=_state(copy.status, names),
        due_at=copy.status.due_at,
        shelf=", ".join(part for part in parts if part),
        call_number=copy.call_number or copy.shelf_class,
        enumchron=copy.enumchron,
        note=copy.public_note,
    )


def _state(status: ItemStatus, names: Names) -> str:
    match status.state:
        case "available":
            return _("On the shelf")
        case "on-loan":
            return _("On loan")
        case "waiting":
            return _("Waiting for pick-up")
        case "travelling" | "in-transit":
            if status.towards_id is None:
                return _("On its way")
            place = names.tree.name(status.towards_id)
            return _("On its way to {library}").format(library=place)
        case "not-for-loan":
            return _("Read in the library")
        case _:
            return _("Not available")


def _pages(shelf: Shelf) -> Pages:
    def address(page: int) -> str:
        query = urlencode({"library": shelf.id, "page": page})
        return f"?{query}#copies"

    last = -(-shelf.total // COPIES_ON_A_PAGE)
    first_row = (shelf.page - 1) * COPIES_ON_A_PAGE + 1
    last_row = min(shelf.page * COPIES_ON_A_PAGE, shelf.total)
    return Pages(
        previous_url=address(shelf.page - 1) if shelf.page > 1 else "",
        next_url=address(shelf.page + 1) if shelf.page < last else "",
        told=f"{count(first_row)}–{count(last_row)} / {count(shelf.total)}",
    )
