"""What has happened in the collection. Ids only: what is true now is asked."""

from dataclasses import dataclass

from kortisto.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAdded(Event):
    """A record came into the catalogue."""

    record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChanged(Event):
    """A record says something else than before, or was brought back."""

    record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDeleted(Event):
    """A record was taken out of use; its row stays, to be restored."""

    record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAdded(Event):
    """An item was added to a record."""

    item_id: int
    record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChanged(Event):
    """An item's data or status was changed by hand or by an import."""

    item_id: int
    record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRemoved(Event):
    """An item was removed. Its row is gone: ``barcode`` says which it was."""

    item_id: int
    record_id: int
    barcode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFinished(Event):
    """An import came to its end; the batch has the counts."""

    batch_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsExported(Event):
    """Records were written to a file, in one of the formats."""

    format: str
    records: int
