"""What a file holds, made ready to be matched and written: pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from kortisto.domain.catalogue.marc.accept import Problem, Severity, problems
from kortisto.domain.catalogue.marc.items952 import TAG, ItemFields, read_items
from kortisto.domain.catalogue.marc.parsed import Parsed, Rejected
from kortisto.domain.catalogue.marc.record import DataField, Marc
from kortisto.domain.catalogue.marc.stored import from_text
from kortisto.domain.catalogue.rows import (
    BARCODE,
    CODE,
    ItemRow,
    RecordRow,
    item_row,
    numbered,
    record_row,
    visible,
)

CODED: Final = {
    "location": "location",
    "sub_location": "sub-location",
    "collection": "collection",
    "not_for_loan": "not-for-loan",
    "lost": "lost",
    "damaged": "damaged",
    "withdrawn": "withdrawn",
    "restricted": "restricted",
}
"""Columns of an item whose codes are agreed on, and the lists of the codes."""


@dataclass(frozen=True, slots=True)
class Turned:
    """Why a record or an item does not come in. ``reason`` is a public code."""

    reason: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What the consortium knows when the import begins; codes in capitals.

    With ``makes_codes`` an unknown item type or code is no reason against an item.
    """

    own_source: str
    bare_source: str
    libraries: Collection[str]
    item_types: Collection[str]
    codes: Collection[tuple[str, str]]  # list, code as written
    makes_codes: bool
    default_type: str = ""


@dataclass(frozen=True, slots=True)
class IncomingItem:
    row: ItemRow
    field: DataField


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A record of a file with its items. ``notes``: public code and sentence."""

    offset: int
    row: RecordRow
    items: tuple[IncomingItem, ...]
    turned_items: tuple[tuple[DataField, Turned], ...]
    notes: tuple[tuple[str, str], ...]
    repaired: bool
    is_deleted: bool
    hidden: bool

    @property
    def marc(self) -> Marc:
        """The record as it is stored, without the items that come in."""
        return from_text(self.row.marc)


def incoming(parsed: Parsed, agreed: Agreed) -> Incoming | Rejected:
    """A record ready to be written, or why it cannot be one.

    952 fields that give no item stay in the record: nothing is lost, and the same
    file brings them in once the reason is gone.
    """
    found = problems(parsed.record)
    if found and found[0].severity is Severity.REJECT:
        return Rejected(found[0].code, found[0].sentence, parsed.offset, b"")
    marc = numbered(parsed.record, own_source=agreed.own_source)
    taken: list[IncomingItem] = []
    turned: list[tuple[DataField, Turned]] = []
    if any(field[0] == TAG for field in marc.fields):
        for field, item in zip(marc.data(TAG), read_items(visible(marc)), strict=True):
            against = _against(item, agreed)
            if against is None:
                taken.append(IncomingItem(item_row(_typed(item, agreed)), field))
            else:
                turned.append((field, against))
        rest = [field for field, _why in turned]
        kept = [field for field in marc.all(TAG) if len(field) == 2]
        marc = marc.replacing(TAG, *kept, *rest)
    return Incoming(
        offset=parsed.offset,
        row=record_row(
            marc, own_source=agreed.own_source, bare_source=agreed.bare_source
        ),
        items=tuple(taken),
        turned_items=tuple(turned),
        notes=_notes(parsed, found),
        repaired=bool(parsed.notes)
        or any(each.severity is Severity.REPAIR for each in found),
        is_deleted=marc.leader[5:6] == "d",
        hidden="1" in marc.subfields("942", "n"),
    )


def _notes(parsed: Parsed, found: Collection[Problem]) -> tuple[tuple[str, str], ...]:
    notes = [(note.code, note.sentence) for note in parsed.notes]
    return (*notes, *((each.code, each.sentence) for each in found))


def _typed(item: ItemFields, agreed: Agreed) -> ItemFields:
    if item.item_type:
        return item
    values = {name: getattr(item, name) for name in ItemFields.__dataclass_fields__}
    return ItemFields(**(values | {"item_type": agreed.default_type}))


def _against(item: ItemFields, agreed: Agreed) -> Turned | None:
    """The first reason why a 952 field gives no item."""
    return next(_reasons(item, agreed), None)


def _reasons(item: ItemFields, agreed: Agreed) -> Iterator[Turned]:
    if not item.barcode:
        yield Turned("no-barcode", "The item has no barcode.")
    if len(item.barcode) > BARCODE:
        sentence = f"A barcode has at most {BARCODE} characters."
        yield Turned("barcode-too-long", sentence)
    for library in dict.fromkeys((item.home_library, item.library or "")):
        if library.upper() not in agreed.libraries and (
            library or not item.home_library
        ):
            sentence = f"There is no library with the code {library[:40]!r}."
            yield Turned("unknown-library", sentence)
    kind = item.item_type or agreed.default_type
    if not kind:
        yield Turned("no-item-type", "The item says no item type (952 $y).")
    elif len(kind) > CODE:
        yield Turned("bad-code", f"The item type {kind[:40]!r} is too long.")
    elif not agreed.makes_codes and kind.upper() not in agreed.item_types:
        sentence = f"There is no item type with the code {kind!r}."
        yield Turned("unknown-item-type", sentence)
    yield from _wrong_codes(item, agreed)


def _wrong_codes(item: ItemFields, agreed: Agreed) -> Iterator[Turned]:
    for column, list_ in CODED.items():
        code = getattr(item, column)
        if not code:
            continue
        if len(code) > CODE:
            yield Turned("bad-code", f"The code {code[:40]!r} ({list_}) is too long.")
        elif not agreed.makes_codes and (list_, code) not in agreed.codes:
            sentence = f"The list {list_!r} has no code {code!r}."
            yield Turned("unknown-code", sentence)
