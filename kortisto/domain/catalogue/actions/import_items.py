"""Items of an import: found by barcode, added or changed with their record."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from kortisto.core.bulk import insert_rows, reserve_ids, update_rows
from kortisto.core.events import Event
from kortisto.core.versions import configuration_changed
from kortisto.domain.catalogue.events import ItemAdded, ItemChanged
from kortisto.domain.catalogue.import_report import Counts
from kortisto.domain.catalogue.incoming import CODED, Agreed, IncomingItem, Turned
from kortisto.domain.catalogue.models import CodedValue, Item, ItemType
from kortisto.domain.catalogue.queries import items_by_barcodes
from kortisto.domain.catalogue.rows import CARRIED_STATE, ItemRow, status_times
from kortisto.domain.org.models import Unit

COLUMNS: Final = (
    "location", "sub_location", "collection", "coded_location", "shelf_class",
    "heading", "call_number", "call_number_sort", "enumchron", "copy_number", "uri",
    "parts", "parts_note", "public_note", "staff_note", "acquired_on",
    "acquired_from", "price_cents", "replacement_price_cents", "replacement_price_on",
    "restricted", "not_for_loan", "lost", "damaged", "withdrawn", "last_seen_at",
    "last_borrowed_at", "earlier_loans", "earlier_renewals", "extra",
)  # fmt: skip
UPDATED: Final = tuple(name for name in COLUMNS if name not in CARRIED_STATE)
STATUS_TIMES: Final = (
    "restricted_at", "not_for_loan_at", "lost_at", "damaged_at", "withdrawn_at",
)  # fmt: skip


class ItemWriter:
    """The items of some records, taken one by one and written together."""

    def __init__(
        self, barcodes: Collection[str], *, agreed: Agreed, now: datetime
    ) -> None:
        self.now = now
        self.agreed = agreed
        self.known = items_by_barcodes(barcodes) if barcodes else {}
        self.libraries = _libraries() if barcodes else {}
        self.types = _types() if barcodes else {}
        self.new: list[tuple[int, ItemRow]] = []
        self.changed: list[tuple[Item, ItemRow]] = []
        self.taken: set[str] = set()
        self.events: list[Event] = []

    def take(self, item: IncomingItem, record_id: int) -> Turned | None:
        """Take an item of a record, or say why not."""
        barcode = item.row.barcode.upper()
        known = self.known.get(barcode)
        if known is not None and known.record_id != record_id:
            sentence = f"Record {known.record_id} has an item with this barcode."
            return Turned("barcode-of-another-record", sentence)
        if barcode in self.taken:
            return Turned("barcode-twice", "The barcode occurs twice in the file.")
        self.taken.add(barcode)
        if known is None:
            self.new.append((record_id, item.row))
        elif self._differs(known, item.row):
            self.changed.append((known, item.row))
        return None

    def _differs(self, known: Item, row: ItemRow) -> bool:
        home = self.libraries[row.home_library.upper()]
        kind = self.types.get(row.item_type.upper())
        return (known.home_library_id, known.item_type_id) != (home, kind) or any(
            getattr(known, name) != row.columns[name] for name in UPDATED
        )

    def write(self, counts: Counts) -> None:
        """Write them after their records."""
        if self.agreed.makes_codes and (self.new or self.changed):
            self._make_codes()
        ids = reserve_ids(Item, len(self.new))
        insert_rows(
            Item,
            ("id", "record_id", "barcode", "home_library_id", "library_id",
             "item_type_id", *COLUMNS, *STATUS_TIMES, "created_at", "changed_at"),
            (
                [item_id, record_id, *self._values(row)]
                for item_id, (record_id, row) in zip(ids, self.new, strict=True)
            ),
        )  # fmt: skip
        update_rows(
            Item,
            ("home_library_id", "item_type_id", *UPDATED, "changed_at"),
            ([*self._updated(row), known.pk] for known, row in self.changed),
        )
        self.events += [
            ItemAdded(item_id=item_id, record_id=record_id)
            for item_id, (record_id, _row) in zip(ids, self.new, strict=True)
        ]
        self.events += [
            ItemChanged(item_id=known.pk, record_id=known.record_id)
            for known, _row in self.changed
        ]
        counts.items_added += len(self.new)
        counts.items_changed += len(self.changed)

    def _values(self, row: ItemRow) -> list[Any]:
        since = status_times(row, self.now)
        return [
            row.barcode,
            self.libraries[row.home_library.upper()],
            self.libraries[row.library.upper()],
            self.types[row.item_type.upper()],
            *(row.columns[name] for name in COLUMNS),
            *(since[name] for name in STATUS_TIMES),
            self.now,
            self.now,
        ]

    def _updated(self, row: ItemRow) -> list[Any]:
        return [
            self.libraries[row.home_library.upper()],
            self.types[row.item_type.upper()],
            *(row.columns[name] for name in UPDATED),
            self.now,
        ]

    def _make_codes(self) -> None:
        """Item types and codes that nobody has named yet get their code as a name."""
        rows = [row for _id, row in self.new] + [row for _item, row in self.changed]
        missing = {
            row.item_type for row in rows if row.item_type.upper() not in self.types
        }
        for code in sorted(missing):
            if code.upper() not in self.types:
                made = ItemType.objects.create(code=code, name_fi=code)
                self.types[code.upper()] = made.pk
        if missing:
            configuration_changed()
        wanted = {
            (list_, row.columns[column])
            for row in rows
            for column, list_ in CODED.items()
            if row.columns[column]
        }
        for list_, code in sorted(wanted - set(self.agreed.codes)):
            CodedValue.objects.get_or_create(
                list=list_, code=code, defaults={"name_fi": code}
            )


def _libraries() -> dict[str, int]:
    rows = Unit.objects.filter(kind=Unit.Kind.LIBRARY).values_list("code", "pk")
    return {code.upper(): pk for code, pk in rows}


def _types() -> dict[str, int]:
    return {code.upper(): pk for code, pk in ItemType.objects.values_list("code", "pk")}
