"""From a MARC record to the values of its rows: pure, and the only place for it.

Whose a control number is (CAT-6): a number belongs to the source that 003 names. A
record with a number but without 003 belongs to the source that the caller names
(``bare_source``): for an import, what the profile or the person says, else the name of
the file. So two files with the same bare number never overwrite one another, and the
same file read again meets its own records. A record without a number gets one here:
``K`` and a digest of its content without its items, of the consortium's own source:
the same content gets the same number every time. An existing 001 is never touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from typing import Any, Final

import msgspec
import orjson

from kortisto.domain.catalogue.describe import (
    Description,
    Identifier,
    IdentifierKind,
    describe,
    sort_key,
    work_key,
)
from kortisto.domain.catalogue.marc.items952 import ItemFields, without_items
from kortisto.domain.catalogue.marc.record import Field, Marc, is_data
from kortisto.domain.catalogue.marc.stored import to_text

# The columns' lengths; a test holds them against the models.
TITLE, AUTHOR, NUMBER, SOURCE = 500, 300, 60, 30
LANGUAGE, YKL, WORK_KEY, IDENTIFIER, MATERIAL = 3, 30, 200, 80, 20
BARCODE, CODE, CALL_NUMBER, CALL_NUMBER_SORT = 30, 20, 80, 120
MOST_CENTS: Final = 2_147_483_647

_DIGEST = 16  # hexadecimal digits
_YEARS = range(-9999, 10000)
_AGES = range(100)
_NOT_ALNUM = re.compile(r"[\W_]+")
_CONTROL_ESCAPE = "\\u00"  # how stored JSON writes a control character
_SURROGATE_ESCAPE = "\\ud"
_INVISIBLE = dict.fromkeys((*range(1, 32), 127), " ") | {0: None}

DESCRIBING: Final[Mapping[str, str]] = {
    "control_number": "control_number", "control_source": "control_source",
    "title": "title", "short_title": "title", "title_sort": "title",
    "responsibility": "responsibility", "material": "material", "year": "year",
    "ykl": "ykl", "is_juvenile": "juvenile", "age_limit": "age_limit",
    "is_fiction": "fiction",
}  # fmt: skip
"""Fields of a description, and the column of Record that mostly has the same value."""

DESCRIPTION_COLUMNS: Final = (*dict.fromkeys(DESCRIBING.values()), "author", "language")
"""The columns that ``description_of`` needs, beside ``description`` itself."""

_EMPTY: Final[Mapping[str, object]] = {"str": "", "bool": False}
_NOTHING: Final[Mapping[str, Any]] = {
    name: () if kind.startswith("tuple") else _EMPTY.get(kind)
    for name, kind in Description.__annotations__.items()
    if name not in DESCRIBING and name not in {"main_author", "languages"}
}
"""The other fields, as they are when the record says nothing."""


class RecordRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The columns of Record that follow from its MARC, cut to their lengths.

    ``marc`` and ``description_json`` are JSON text. ``description_json`` has the names
    of ``Description``: what is not empty, and of the fields in ``DESCRIBING`` those
    that differ from their column. ``description_of`` makes it whole again.
    """

    control_number: str
    control_source: str
    marc: str
    title: str
    title_sort: str
    responsibility: str
    author: str
    material: str
    language: str
    year: int | None
    ykl: str
    juvenile: bool
    fiction: bool | None
    age_limit: int | None
    work_key: str
    description_json: str
    identifiers: frozenset[tuple[str, str]]  # (kind, value), for RecordIdentifier

    def columns(self) -> dict[str, Any]:
        """By the names of Record's fields, the description as an object."""
        values = msgspec.structs.asdict(self)
        del values["identifiers"]
        values["description"] = orjson.loads(values.pop("description_json"))
        return values


def record_row(marc: Marc, *, own_source: str, bare_source: str) -> RecordRow:
    """The row of a record, numbered here when it has no control number.

    ``marc`` is the record without those items that have rows of their own.
    """
    marc = numbered(marc, own_source=own_source)
    text = to_text(marc)
    visible = _visible(marc, text)
    description = describe(visible)
    number = description.control_number
    source = description.control_source or bare_source
    language = description.languages[0] if description.languages else ""
    author = description.main_author
    title = description.title.strip() or f"[{number}]"
    columns: dict[str, Any] = {
        "control_number": bounded(number, NUMBER),
        "control_source": bounded(source, SOURCE),
        "title": title[:TITLE],
        "responsibility": description.responsibility[:TITLE],
        "author": author.name[:AUTHOR] if author else "",
        "material": description.material.value,
        "language": language[:LANGUAGE],
        "year": _within(_YEARS, description.year),
        "ykl": description.ykl[:YKL],
        "juvenile": description.is_juvenile,
        "fiction": description.is_fiction,
        "age_limit": _within(_AGES, description.age_limit),
    }
    return RecordRow(
        **columns,
        marc=text,
        title_sort=sort_key(description.title_sort)[:TITLE] or title[:TITLE],
        work_key=work_key(description)[:WORK_KEY],
        description_json=_as_json(description, columns),
        identifiers=_identifiers(description),
    )


def _within(numbers: range, number: int | None) -> int | None:
    """A number that a column can hold. A range would be gone through to find None."""
    return number if number is not None and number in numbers else None


def _as_json(description: Description, columns: Mapping[str, Any]) -> str:
    """What the columns do not say."""
    kept = {name: value for name in _NOTHING if (value := getattr(description, name))}
    for name, column in DESCRIBING.items():
        value = getattr(description, name)
        if value != columns[column]:
            kept[name] = value
    if description.languages != _of_column(columns["language"]):
        kept["languages"] = description.languages
    return msgspec.json.encode(kept).decode()


def description_of(columns: Mapping[str, Any], kept: Mapping[str, Any]) -> Description:
    """The description of a stored record: what ``describe`` said of its MARC.

    ``columns`` are ``DESCRIPTION_COLUMNS``, ``kept`` the column ``description``. It
    takes a tenth of the time of describing the record anew.
    """
    told = {name: columns[column] for name, column in DESCRIBING.items()}
    told["languages"] = _of_column(columns["language"])
    whole = {**_NOTHING, **told, **kept}
    people = whole["contributors"] or _only_author(columns["author"])
    main = people[0] if people and people[0].get("is_main") else None
    whole |= {"contributors": people, "main_author": main}
    return msgspec.convert(whole, Description)


def _of_column(language: str) -> tuple[str, ...]:
    return (language,) if language else ()


def _only_author(name: str) -> list[dict[str, Any]]:
    """Of a record that only its columns describe."""
    return [{"name": name, "kind": "person", "is_main": True}] if name else []


def numbered(marc: Marc, *, own_source: str) -> Marc:
    """The record with a control number; 003 is added with it where there is none."""
    if marc.value("001").strip():
        return marc
    bare = marc.without("001")
    content = to_text(without_items(bare)).encode()
    digest = blake2b(content, digest_size=_DIGEST // 2).hexdigest()
    with_number = Marc(bare.leader, (("001", f"K{digest.upper()}"), *bare.fields))
    if marc.value("003").strip():
        return with_number
    return with_number.without("003").adding(("003", own_source))


def _visible(marc: Marc, text: str) -> Marc:
    """The record without what no column can hold: NUL and halves of characters.

    Other control characters become blanks. ``text`` is the record's stored form.
    """
    if _CONTROL_ESCAPE not in text and _SURROGATE_ESCAPE not in text:
        return marc
    return Marc(_clean(marc.leader), tuple([_clean_field(f) for f in marc.fields]))


def _clean(text: str) -> str:
    return text.translate(_INVISIBLE).encode("utf-8", "ignore").decode()


def _clean_field(field: Field) -> Field:
    if is_data(field):
        pairs = tuple([(_clean(code), _clean(value)) for code, value in field[2]])
        return (field[0], field[1], pairs)
    return (field[0], _clean(field[1]))


def visible(marc: Marc) -> Marc:
    """The record as columns may hold it; the same one when nothing is odd in it."""
    return _visible(marc, to_text(marc))


def bounded(text: str, longest: int) -> str:
    """The text, or its start and a digest of the whole: never equal by cutting."""
    if len(text) <= longest:
        return text
    digest = blake2b(text.encode(), digest_size=_DIGEST // 2).hexdigest()
    return f"{text[: longest - _DIGEST - 1]}#{digest}"


def _identifiers(description: Description) -> frozenset[tuple[str, str]]:
    """Valid numbers only, and the record's own number as others quote it in 035."""
    found = {
        (each.kind.value, bounded(_compared(each), IDENTIFIER))
        for each in description.identifiers
        if each.is_valid
    }
    if description.control_source:
        own = system_number(description.control_source, description.control_number)
        found.add((IdentifierKind.SYSTEM_NUMBER.value, own))
    return frozenset(pair for pair in found if pair[1])


def system_number(source: str, number: str) -> str:
    """A control number as 035 has it: ``(FI-MELINDA)001234``."""
    return bounded(f"({source}){number}", IDENTIFIER)


def _compared(identifier: Identifier) -> str:
    """A publisher number is its letters and digits, ``|``, and those of its label."""
    if identifier.kind is not IdentifierKind.PUBLISHER_NUMBER:
        return identifier.value
    return publisher_number(identifier.value, identifier.qualifier)


def publisher_number(number: str, label: str) -> str:
    """028 $a and $b for comparing."""
    bare = _NOT_ALNUM.sub("", number).upper()
    return f"{bare}|{_NOT_ALNUM.sub('', label).upper()}" if bare else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """The columns of Item that follow from a 952 field; units and type by code.

    Text that a column cannot hold whole stands in ``extra["whole"]`` too, subfields
    without a column in ``extra``: ``item_fields`` gives the field back as it was.
    """

    barcode: str
    home_library: str
    library: str
    item_type: str
    columns: Mapping[str, Any]


ITEM_TEXTS: Final[Mapping[str, int]] = {
    "location": CODE, "sub_location": CODE, "collection": CODE,
    "coded_location": CODE, "call_number": CALL_NUMBER, "enumchron": 80,
    "copy_number": CODE, "uri": 300, "parts_note": 200, "public_note": 1000,
    "staff_note": 1000, "acquired_from": 80, "restricted": CODE,
    "not_for_loan": CODE, "lost": CODE, "damaged": CODE, "withdrawn": CODE,
}  # fmt: skip
_AS_THEY_ARE = (
    "acquired_on",
    "replacement_price_on",
    "last_seen_at",
    "last_borrowed_at",
)
_MONEY = ("price_cents", "replacement_price_cents")
ITEM_COLUMNS: Final = (
    *ITEM_TEXTS,
    *_AS_THEY_ARE,
    *_MONEY,
    "earlier_loans",
    "earlier_renewals",
    "extra",
)
"""What of Item ``item_fields`` needs in ``ItemRow.columns``."""

_WITHOUT_COLUMN: Final[Mapping[str, Callable[[Any], object]]] = {
    "class_source": str,
    "stock_number": str,
    "item_number": str,
    "hold_count": int,
    "due_on": date.isoformat,
}

CARRIED_STATE = frozenset(
    {
        "lost", "damaged", "withdrawn", "not_for_loan", "restricted",
        "last_seen_at", "last_borrowed_at", "earlier_loans", "earlier_renewals",
    }
)  # fmt: skip
"""What lending and staff change: an import sets it for a new item and never later."""


def item_row(item: ItemFields) -> ItemRow:
    """The values for an item. Without $b it is at home."""
    columns: dict[str, Any] = {n: getattr(item, n)[:m] for n, m in ITEM_TEXTS.items()}
    columns |= {name: getattr(item, name) for name in _AS_THEY_ARE}
    whole = {
        name: getattr(item, name)
        for name, longest in ITEM_TEXTS.items()
        if len(getattr(item, name)) > longest
    }
    extra: dict[str, Any] = {
        name: written(value)
        for name, written in _WITHOUT_COLUMN.items()
        if (value := getattr(item, name))
    }
    for name in _MONEY:
        cents = getattr(item, name)
        columns[name] = cents if cents is None or cents <= MOST_CENTS else None
        if columns[name] != cents:
            whole[name] = cents
    if item.extra:
        extra["subfields"] = [list(pair) for pair in item.extra]
    if whole:
        extra["whole"] = whole
    return ItemRow(
        barcode=item.barcode,
        home_library=item.home_library,
        library=item.library or item.home_library,
        item_type=item.item_type,
        columns=columns
        | {
            "shelf_class": item.shelf_class[:40],
            "heading": item.heading[:40],
            "call_number_sort": sort_key(item.call_number)[:CALL_NUMBER_SORT],
            "parts": item.parts,
            "earlier_loans": item.loan_count,
            "earlier_renewals": item.renewal_count,
            "extra": extra,
        },
    )


def item_fields(row: ItemRow) -> ItemFields:
    """The 952 field of an item: what ``item_row`` was made of, as it is today."""
    extra = row.columns["extra"] or {}
    values = {name: row.columns[name] for name in (*ITEM_TEXTS, *_AS_THEY_ARE, *_MONEY)}
    for name, whole in extra.get("whole", {}).items():
        cut = whole[: ITEM_TEXTS[name]] if name in ITEM_TEXTS else None
        if values[name] == cut:  # unless it has been changed since
            values[name] = whole
    for name in _WITHOUT_COLUMN:
        if name in extra:
            values[name] = extra[name]
    if "due_on" in extra:
        values["due_on"] = date.fromisoformat(extra["due_on"])
    return ItemFields(
        **values,
        barcode=row.barcode,
        home_library=row.home_library,
        library=row.library,
        item_type=row.item_type,
        loan_count=row.columns["earlier_loans"],
        renewal_count=row.columns["earlier_renewals"],
        extra=tuple((code, value) for code, value in extra.get("subfields", ())),
    )


def status_times(row: ItemRow, now: datetime) -> dict[str, datetime | None]:
    """Since when an item that comes in has its statuses: since now."""
    return {
        f"{name}_at": now if row.columns[name] else None
        for name in ("lost", "damaged", "withdrawn", "not_for_loan", "restricted")
    }
