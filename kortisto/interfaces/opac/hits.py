"""Titles in a list: what stands on one row, and what can be had of it now."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kortisto.domain.catalogue.models import Record
from kortisto.domain.circulation.availability import (
    NOTHING,
    TitleAvailability,
    availability_of,
)
from kortisto.interfaces.opac.words import Names, language_name, material_kind
from kortisto.ui.covers import cover_of
from kortisto.ui.formats import day
from kortisto.ui.parts import KIND_ICONS, MATERIAL_ICONS, Availability
from kortisto.ui.templatetags.ui import availability_words, material_icon

NAMED: Final = 3  # libraries named on a row; the rest are counted
_COLUMNS: Final = (
    "id",
    "title",
    "responsibility",
    "author",
    "material",
    "language",
    "year",
    "age_limit",
)
NEEDS_NO_ITEMS: Final = frozenset({"EKIRJA", "EAANIKIRJA", "VERKKO", "ARTIKKELI"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleRow:
    """One title of a list, ready to be written."""

    id: int
    url: str
    title: str
    author: str
    material: str
    kind: str
    language: str
    year: int | None
    age_limit: int | None
    cover: SafeString
    picture: SafeString  # the icon of the material
    now: SafeString  # what can be had of it now; empty when nobody asked
    where: str = ""
    queue: int = 0
    reserve_url: str = ""  # empty when no copy could fill a hold


def rows(
    ids: Sequence[int], names: Names, *, home: int | None = None
) -> list[TitleRow]:
    """Titles in the order of the ids: three statements for any number of them.

    Those that have gone since the index was written are left out. ``home``: the
    library named first.
    """
    records = {
        row["id"]: row
        for row in Record.objects.filter(
            pk__in=ids, deleted_at=None, suppressed=False
        ).values(*_COLUMNS)
    }
    now = availability_of(records) if records else {}
    return [
        _row(records[i], now.get(i, NOTHING), names, home=home)
        for i in ids
        if i in records
    ]


def plain_rows(ids: Sequence[int], names: Names) -> list[TitleRow]:
    """The same without availability: one statement."""
    records = Record.objects.filter(pk__in=ids, deleted_at=None, suppressed=False)
    found = {row["id"]: row for row in records.values(*_COLUMNS)}
    return [_row(found[i], None, names, home=None) for i in ids if i in found]


def _row(
    record: dict[str, object],
    now: TitleAvailability | None,
    names: Names,
    *,
    home: int | None,
) -> TitleRow:
    title, author = str(record["title"]), str(record["author"])
    material = str(record["material"])
    kind = material_kind(material)
    online = now is not None and not now.total and material in NEEDS_NO_ITEMS
    year, age = record["year"], record["age_limit"]
    return TitleRow(
        id=int(str(record["id"])),
        url=reverse("record", args=[record["id"]]),
        title=title,
        author=author or str(record["responsibility"]),
        material=names.material(material),
        kind=kind,
        language=language_name(str(record["language"])),
        year=year if isinstance(year, int) else None,
        age_limit=age if isinstance(age, int) and age else None,
        cover=drawn_cover(title, author, kind),
        picture=drawn_picture(kind),
        now=drawn_badge(_state(now, online=online), _words(now, online=online)),
        where="" if now is None else where(now, names, home=home),
        queue=0 if now is None else now.queue,
        reserve_url=""
        if now is None or not now.holdable
        else reverse("reserve", args=[record["id"]]),
    )


def _state(now: TitleAvailability | None, *, online: bool) -> str:
    if now is None:
        return ""
    if now.available or online:
        return "ok"
    return "attention" if now.total else "neutral"


def _words(now: TitleAvailability | None, *, online: bool) -> str:
    if now is None:
        return ""
    if online:
        return _("Online or as a part of another title")
    if (
        now.total
        and not now.available
        and all(place.reference == place.total for place in now.places)
    ):
        return _("To be read in the library")
    return availability_words(Availability(available=now.available, total=now.total))


def where(now: TitleAvailability, names: Names, *, home: int | None) -> str:
    """In which libraries a copy is on the shelf; or when the first comes back."""
    here = sorted(
        (place for place in now.places if place.available),
        key=lambda place: (place.library_id != home, -place.available),
    )
    if here:
        told = [names.tree.name(place.library_id) for place in here[:NAMED]]
        if len(here) > NAMED:
            told.append(_("{number} more").format(number=len(here) - NAMED))
        return ", ".join(told)
    if now.due_at is not None:
        return _("The first is due back on {day}").format(day=day(now.due_at))
    return ""


@lru_cache(maxsize=4096)
def drawn_cover(title: str, author: str, kind: str) -> SafeString:
    """The cover of a title: drawn once in the life of a process."""
    values = {
        "cover": cover_of(title, author),
        "icon": MATERIAL_ICONS.get(kind, "book"),
    }
    return SafeString(get_template("ui/components/cover.html").render(values))


@lru_cache(maxsize=32)
def drawn_picture(kind: str) -> SafeString:
    return material_icon(kind)


@lru_cache(maxsize=1024)
def drawn_badge(state: str, words: str) -> SafeString:
    """A state in words: few of them fill every list."""
    if not words:
        return SafeString("")
    values = {
        "kind": state,
        "word": words,
        "icon": "clock" if state == "attention" else KIND_ICONS[state],
        "css": "",
    }
    return SafeString(get_template("ui/components/badge.html").render(values))
