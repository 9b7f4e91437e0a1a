"""Write records, with their items in 952, to a file of MARC."""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, TypeAlias, cast

from django.db.models import QuerySet
from typing_extensions import override

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.domain.catalogue.events import RecordsExported
from kortisto.domain.catalogue.marc.iso2709 import (
    CannotWriteError,
    TooLongForIso2709,
    to_iso2709,
)
from kortisto.domain.catalogue.marc.items952 import TAG, write_items
from kortisto.domain.catalogue.marc.jsonl import to_jsonl
from kortisto.domain.catalogue.marc.record import Marc
from kortisto.domain.catalogue.marc.sources import Format
from kortisto.domain.catalogue.marc.stored import from_text
from kortisto.domain.catalogue.marc.xml import (
    COLLECTION_END,
    COLLECTION_START,
    to_marcxml,
)
from kortisto.domain.catalogue.models import Item, Record
from kortisto.domain.catalogue.permissions import CataloguePermission
from kortisto.domain.catalogue.rows import ITEM_COLUMNS, ItemRow, item_fields

PAGE: Final = 1000  # records read at a time
_NAMES: Final = (
    "id",
    "record_id",
    "barcode",
    "home_library__code",
    "library__code",
    "item_type__code",
    *ITEM_COLUMNS,
)

Progress: TypeAlias = Callable[[int, "int | None"], None]


def _silent(_done: int, _total: int | None) -> None:
    """No progress is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to export; all live records with their items unless told otherwise.

    ``deleted``: deleted records too, with ``d`` in leader/05.
    """

    record_ids: Collection[int] | None = None
    items: bool = True
    deleted: bool = False


@dataclass(slots=True)
class ExportReport:
    """What was written, and what was not.

    ``too_long`` are ids of records that ISO 2709 cannot hold: they stand in
    ``side_file`` as MARCXML. ``unwritable`` says of the others why they are missing.
    """

    records: int = 0
    items: int = 0
    too_long: list[int] = field(default_factory=list)
    side_file: Path | None = None
    unwritable: dict[int, str] = field(default_factory=dict)

    @override
    def __str__(self) -> str:
        lines = [f"{self.records:,} records with {self.items:,} items were written."]
        if self.too_long:
            numbers = ", ".join(map(str, self.too_long[:20]))
            lines.append(
                f"{len(self.too_long)} records are too long for ISO 2709 and stand "
                f"in {self.side_file} as MARCXML: {numbers}"
            )
        for record_id, sentence in self.unwritable.items():
            lines.append(f"Record {record_id} was left out: {sentence}")
        return "\n".join(lines)


def export_records(
    form: Format | str,
    out: IO[bytes],
    *,
    by: Actor,
    now: datetime,
    progress: Progress = _silent,
    wanted: Wanted | None = None,
    packed: bool = False,
    side: Path | None = None,
) -> ExportReport:
    """Write records to an open file, read in pages so that memory stays small.

    ``packed`` by gzip. ``side`` is where records go as MARCXML that are too long for
    ISO 2709; without it they are left out and told of. What comes out is what came
    in, but for three things: leader/00-04, 09 and 12-16 are made anew, a record
    without 001 has ours (and our 003), and 952 fields are written from the items.
    Raises ValueError for an unknown form.
    """
    by.require(CataloguePermission.EXPORT)
    chosen = wanted or Wanted()
    report = ExportReport()
    total = _records(chosen).count()
    done = 0
    with _Writer(Format(form), out, packed=packed, side=side) as writer:
        for page in _pages(chosen):
            items = _items_of([record[0] for record in page]) if chosen.items else {}
            for record_id, text, deleted_at in page:
                own = items.get(record_id, ())
                marc = _whole(from_text(text), own, is_deleted=deleted_at is not None)
                writer.write(record_id, marc, report)
                report.items += len(own)
            done += len(page)
            progress(done, total)
        report.side_file = side if report.too_long else None
    event = RecordsExported(format=Format(form).value, records=report.records)
    publish(event, by=by, at=now)
    return report


def _records(wanted: Wanted) -> QuerySet[Record]:
    records = Record.objects.all()
    if not wanted.deleted:
        records = records.filter(deleted_at=None)
    if wanted.record_ids is not None:
        records = records.filter(pk__in=wanted.record_ids)
    return records


def _pages(wanted: Wanted) -> Iterator[Sequence[tuple[int, str, datetime | None]]]:
    last = 0
    records = _records(wanted).order_by("pk").values_list("pk", "marc", "deleted_at")
    while page := list(records.filter(pk__gt=last)[:PAGE]):
        yield page
        last = page[-1][0]


def _items_of(record_ids: Collection[int]) -> Mapping[int, Sequence[ItemRow]]:
    found: dict[int, list[ItemRow]] = defaultdict(list)
    items = Item.objects.filter(record_id__in=record_ids).order_by("pk")
    for row in items.values(*_NAMES):
        columns = cast("dict[str, Any]", row)
        found[columns["record_id"]].append(
            ItemRow(
                barcode=columns["barcode"],
                home_library=columns["home_library__code"],
                library=columns["library__code"],
                item_type=columns["item_type__code"],
                columns=columns,
            )
        )
    return found


def _whole(marc: Marc, items: Sequence[ItemRow], *, is_deleted: bool) -> Marc:
    """The record with its items behind those 952 fields that never became items."""
    if items:
        bare = Marc(marc.leader, ())
        fields = write_items(bare, [item_fields(item) for item in items]).fields
        marc = marc.replacing(TAG, *marc.all(TAG), *fields)
    if is_deleted:
        marc = Marc(f"{marc.leader[:5]}d{marc.leader[6:]}", marc.fields)
    return marc


class _Writer:
    """A file of records in one form, and the file beside it."""

    def __init__(
        self, form: Format, out: IO[bytes], *, packed: bool, side: Path | None
    ) -> None:
        self.form = form
        self._stack = ExitStack()
        self._out = out
        self._packed = packed
        self._side_path = side
        self._side: IO[bytes] | None = None

    def __enter__(self) -> _Writer:
        if self._packed:
            # no time in the header: the same records give the same bytes
            packing = gzip.GzipFile(fileobj=self._out, mode="wb", mtime=0)
            self._out = cast("IO[bytes]", self._stack.enter_context(packing))
        if self.form is Format.MARCXML:
            self._out.write(COLLECTION_START.encode())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            if self.form is Format.MARCXML:
                self._out.write(COLLECTION_END.encode())
            if self._side is not None:
                self._side.write(COLLECTION_END.encode())
        self._stack.close()

    def write(self, record_id: int, marc: Marc, report: ExportReport) -> None:
        try:
            self._out.write(_FORMS[self.form](marc))
        except TooLongForIso2709 as trouble:
            if self._beside(marc):
                report.too_long.append(record_id)
            else:
                report.unwritable[record_id] = str(trouble)
                return
        except CannotWriteError as trouble:
            report.unwritable[record_id] = str(trouble)
            return
        report.records += 1

    def _beside(self, marc: Marc) -> bool:
        try:
            text = to_marcxml(marc)
        except CannotWriteError:
            return False
        if self._side_path is None:
            return False
        if self._side is None:
            self._side = self._stack.enter_context(self._side_path.open("wb"))
            self._side.write(COLLECTION_START.encode())
        self._side.write(text.encode())
        return True


def _xml(marc: Marc) -> bytes:
    return to_marcxml(marc).encode()


_FORMS: Final[Mapping[Format, Callable[[Marc], bytes]]] = {
    Format.ISO2709: to_iso2709,
    Format.MARCXML: _xml,
    Format.JSONL: to_jsonl,
}
