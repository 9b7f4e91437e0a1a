"""The collection as search documents, read from the database in pages."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import orjson
from django.db.models import Count, QuerySet, TextField
from django.db.models.functions import Cast

from kortisto.domain.catalogue.models import Item, Record
from kortisto.domain.catalogue.rows import DESCRIPTION_COLUMNS, description_of
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.queries import STATUS_COLUMNS, statuses
from kortisto.domain.org.models import Unit
from kortisto.domain.search.documents import (
    ItemFacts,
    RecordFacts,
    SearchDocument,
    document,
)

PAGE = 500  # records read at a time
_COLUMNS = ("pk", "suppressed", "first_public_at", *DESCRIPTION_COLUMNS)
_AS_TEXT = Cast("description", TextField())  # read by orjson in a third of the time

_ITEM_COLUMNS = (
    *STATUS_COLUMNS,
    "record_id",
    "barcode",
    "home_library_id",
    "library_id",
    "location",
    "collection",
    "earlier_loans",
)


def searchable_records() -> QuerySet[Record]:
    return Record.objects.filter(deleted_at=None)


def documents_of(record_ids: Collection[int]) -> list[SearchDocument]:
    """Documents of those of the records that exist: five statements for any number."""
    records = searchable_records().filter(pk__in=record_ids)
    return _documents(list(records.values(*_COLUMNS, described=_AS_TEXT)))


def all_documents(*, after: int = 0) -> Iterator[SearchDocument]:
    """Every title by id, read in pages so that memory stays small."""
    while page := _page_after(after):
        yield from _documents(page)
        if len(page) < PAGE:
            return
        after = page[-1]["pk"]


def documents_after(record_id: int, *, size: int = PAGE) -> list[SearchDocument]:
    """The documents of the next records by id."""
    return _documents(_page_after(record_id, size=size))


def _page_after(record_id: int, *, size: int = PAGE) -> list[dict[str, Any]]:
    records = searchable_records().filter(pk__gt=record_id).order_by("pk")
    return list(records.values(*_COLUMNS, described=_AS_TEXT)[:size])


def _documents(records: Sequence[Mapping[str, Any]]) -> list[SearchDocument]:
    items = _items_of([record["pk"] for record in records])
    return [_document(record, items.get(record["pk"], ())) for record in records]


def _document(
    columns: Mapping[str, Any], items: tuple[ItemFacts, ...]
) -> SearchDocument:
    facts = RecordFacts(
        record_id=columns["pk"],
        suppressed=columns["suppressed"],
        first_public_at=columns["first_public_at"],
        items=items,
    )
    return document(description_of(columns, orjson.loads(columns["described"])), facts)


def _items_of(record_ids: Sequence[int]) -> Mapping[int, tuple[ItemFacts, ...]]:
    """Items of the records with where they are now; withdrawn ones are left out."""
    rows = list(
        Item.objects.filter(record_id__in=record_ids, withdrawn="")
        .order_by("pk")
        .values(*_ITEM_COLUMNS)
    )
    now = statuses(rows)
    lent = _loans_of([row["id"] for row in rows])
    codes = dict(Unit.objects.values_list("id", "code"))
    found: dict[int, list[ItemFacts]] = defaultdict(list)
    for row in rows:
        found[row["record_id"]].append(
            _item(
                row,
                codes,
                is_available=now[row["id"]].available,
                loans=lent.get(row["id"], 0),
            )
        )
    return {record_id: tuple(items) for record_id, items in found.items()}


def _loans_of(item_ids: Sequence[int]) -> Mapping[int, int]:
    counted = (
        Loan.objects.filter(item_id__in=item_ids)
        .exclude(ending=Loan.Ending.UNDONE)
        .values_list("item_id")
        .annotate(loans=Count("pk"))
        .order_by()
    )
    return dict(counted)


def _item(
    row: Mapping[str, Any],
    codes: Mapping[int, str],
    *,
    is_available: bool,
    loans: int,
) -> ItemFacts:
    return ItemFacts(
        barcode=row["barcode"],
        home_library=codes[row["home_library_id"]],
        library=codes[row["library_id"]],
        is_available=is_available,
        location=row["location"],
        collection=row["collection"],
        loans=row["earlier_loans"] + loans,
    )
