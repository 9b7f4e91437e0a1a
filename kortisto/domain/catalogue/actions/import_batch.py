"""Write one batch of an import: match, add, overlay, delete; items with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from kortisto.core.actors import Actor
from kortisto.core.bulk import insert_rows, reserve_ids, update_rows
from kortisto.core.events import Event, publish_many
from kortisto.domain.catalogue.actions.import_items import ItemWriter
from kortisto.domain.catalogue.events import (
    RecordAdded,
    RecordChanged,
    RecordDeleted,
)
from kortisto.domain.catalogue.hindrances import against_records
from kortisto.domain.catalogue.import_report import Counts
from kortisto.domain.catalogue.incoming import Agreed, Incoming, Turned
from kortisto.domain.catalogue.marc.record import Marc
from kortisto.domain.catalogue.matching import (
    Known,
    Match,
    Pair,
    decide,
    identifiers_to_match,
    known_by_ids,
    known_by_numbers,
    records_with,
)
from kortisto.domain.catalogue.models import (
    Item,
    Record,
    RecordIdentifier,
    RecordVersion,
)
from kortisto.domain.catalogue.profiles import Profile
from kortisto.domain.catalogue.rows import RecordRow, record_row, system_number

DESCRIBED: Final = (
    "control_number", "control_source", "marc", "title", "title_sort",
    "responsibility", "author", "material", "language", "year", "ykl", "juvenile",
    "fiction", "age_limit", "work_key",
)  # fmt: skip
"""Columns of Record that have the names of RecordRow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What all batches of one file share."""

    batch_id: int | None
    profile: Profile
    agreed: Agreed
    source: str
    by: Actor
    now: datetime


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """A record, or one item of it, that did not come in."""

    incoming: Incoming
    why: Turned
    candidates: tuple[int, ...] = ()
    item: str = ""  # its barcode, when the record itself came in


@dataclass(slots=True)
class Written:
    """What became of a batch."""

    counts: Counts = field(default_factory=Counts)
    turned: list[TurnedAway] = field(default_factory=list)


def write_batch(some: Sequence[Incoming], run: Run) -> Written:
    """Write the records in the caller's transaction.

    Records of one batch that are the same record by number or identifier are written
    one after the other, in the order of the file.
    """
    written = Written()
    for each in _rounds(some, overlay=run.profile.identifiers_overlay):
        _Round(run, written).write(each)
    return written


def _rounds(some: Iterable[Incoming], *, overlay: bool) -> Iterator[list[Incoming]]:
    """Parts in which no two records can be the same."""
    rounds: list[list[Incoming]] = []
    latest: dict[Pair, int] = {}
    for each in some:
        keys = {("#" + each.row.control_number, each.row.control_source)}
        if overlay:
            keys |= identifiers_to_match(each.row)
        at = max((latest.get(key, -1) for key in keys), default=-1) + 1
        for key in keys:
            latest[key] = at
        if at == len(rounds):
            rounds.append([])
        rounds[at].append(each)
    yield from rounds


class _Round:
    """Records that are all different from one another."""

    def __init__(self, run: Run, written: Written) -> None:
        self.run = run
        self.written = written
        self.counts = written.counts
        self.turned = written.turned
        self.added: list[tuple[int, RecordRow, bool]] = []
        self.changed: list[tuple[Known, RecordRow]] = []
        self.deleted: list[int] = []
        self.touched: set[int] = set()
        self.later: list[Incoming] = []
        self.events: list[Event] = []

    def write(self, some: Sequence[Incoming]) -> None:
        numbers = {(i.row.control_number, i.row.control_source) for i in some}
        self.by_number = known_by_numbers(numbers)
        matched = [identifiers_to_match(each.row) for each in some]
        self.with_identifier = records_with(set().union(*matched))
        candidates = {i for ids in self.with_identifier.values() for i in ids}
        overlay = self.run.profile.identifiers_overlay
        self.by_id = known_by_ids(candidates) if overlay else {}
        self.by_id |= {each.id: each for each in self.by_number.values()}
        self.items = ItemWriter(
            [item.row.barcode for each in some for item in each.items],
            agreed=self.run.agreed,
            now=self.run.now,
        )
        self.ids = iter(reserve_ids(Record, len(some) - len(self.by_number)))
        for each, pairs in zip(some, matched, strict=True):
            self._place(each, pairs)
        self._write_records()
        self.items.write(self.counts)
        events = [*self.events, *self.items.events]
        publish_many(events, by=self.run.by, at=self.run.now)
        if self.later:
            _Round(self.run, self.written).write(self.later)

    def _place(self, each: Incoming, pairs: frozenset[Pair]) -> None:
        """Decide what becomes of one record, and count it."""
        row = each.row
        met = set().union(*(self.with_identifier.get(pair, ()) for pair in pairs))
        by_number = self.by_number.get((row.control_number, row.control_source))
        match, known_id = decide(
            by_number, met, overlay=self.run.profile.identifiers_overlay
        )
        if match is Match.AMBIGUOUS:
            sentence = "Several records have its identifiers."
            why = Turned("ambiguous-match", sentence)
            self.turned.append(TurnedAway(each, why, tuple(sorted(met))))
            return
        if known_id in self.touched:  # by another record of the round
            self.later.append(each)
            return
        self._note(each, others=met - {known_id})
        known = None if known_id is None else self.by_id[known_id]
        if known is not None:
            self.touched.add(known.id)
        if each.is_deleted:
            self._delete(known)
            return
        record_id = next(self.ids) if known is None else known.id
        kept = self._take_items(each, record_id)
        row = self._final_row(each, known, kept)
        if known is None:
            self._add(record_id, row, pairs, hidden=each.hidden)
        elif known.marc == row.marc and not known.is_deleted:
            self.counts.unchanged += 1
        else:
            self._change(known, row)

    def _note(self, each: Incoming, *, others: set[int]) -> None:
        reasons = self.counts.reasons
        reasons.update({code for code, _sentence in each.notes})
        self.counts.repaired += each.repaired
        if others:
            reasons["possible-duplicate"] += 1

    def _take_items(self, each: Incoming, record_id: int) -> Marc | None:
        """Give the record's items to the writer; the record with those it refused."""
        refused = []
        for item in each.items:
            why = self.items.take(item, record_id)
            if why is not None:
                refused.append(item.field)
                self._turn_item(each, item.row.barcode, why)
        for own, why in each.turned_items:
            barcode = next((value for code, value in own[2] if code == "p"), "")
            self._turn_item(each, barcode, why)
        return each.marc.adding(*refused) if refused else None

    def _turn_item(self, each: Incoming, barcode: str, why: Turned) -> None:
        self.turned.append(TurnedAway(each, why, item=barcode or "?"))
        self.counts.items_rejected += 1
        self.counts.reasons[why.reason] += 1

    def _final_row(
        self, each: Incoming, known: Known | None, kept: Marc | None
    ) -> RecordRow:
        """The row, with items that were refused, under the number that we have."""
        row = each.row
        own = (row.control_number, row.control_source)
        stays = known is None or own == (known.control_number, known.control_source)
        if stays and kept is None:
            return row
        marc = each.marc if kept is None else kept
        if known is None or stays:
            return self._row(marc, row.control_source)
        return self._row(_under(known, marc), known.control_source)

    def _row(self, marc: Marc, bare_source: str) -> RecordRow:
        own = self.run.agreed.own_source
        return record_row(marc, own_source=own, bare_source=bare_source)

    def _add(
        self, record_id: int, row: RecordRow, pairs: frozenset[Pair], *, hidden: bool
    ) -> None:
        self.added.append((record_id, row, hidden))
        self.counts.added += 1
        self.events.append(RecordAdded(record_id=record_id))
        for pair in pairs:  # for the notes on those that follow
            self.with_identifier.setdefault(pair, set()).add(record_id)

    def _change(self, known: Known, row: RecordRow) -> None:
        self.changed.append((known, row))
        self.counts.changed += 1
        self.events.append(RecordChanged(record_id=known.id))

    def _delete(self, known: Known | None) -> None:
        """A record that its file calls deleted goes when nothing hangs on it."""
        if known is None or known.is_deleted:
            self.counts.unchanged += 1
            self.counts.reasons["deleted-and-not-here"] += 1
        elif (
            Item.objects.filter(record_id=known.id).exists()
            or against_records([known.id])[known.id]
        ):
            self.counts.unchanged += 1
            self.counts.reasons["deleted-but-in-use"] += 1
        else:
            self.deleted.append(known.id)
            self.counts.changed += 1
            self.counts.reasons["deleted"] += 1
            self.events.append(RecordDeleted(record_id=known.id))

    def _write_records(self) -> None:
        now, batch = self.run.now, self.run.batch_id
        source = self.run.source[:60]
        insert_rows(
            Record,
            ("id", *DESCRIBED, "description", "suppressed", "batch_id", "source",
             "first_public_at", "created_at", "changed_at"),
            (
                (record_id, *_described(row), row.description_json, hidden, batch,
                 source, None if hidden else now, now, now)
                for record_id, row, hidden in self.added
            ),
        )  # fmt: skip
        self._keep_versions()
        update_rows(
            Record,
            (*DESCRIBED, "description", "version", "batch_id", "source", "changed_at",
             "deleted_at"),
            (
                (*_described(row), row.description_json, known.version + 1, batch,
                 source, now, None, known.id)
                for known, row in self.changed
            ),
        )  # fmt: skip
        Record.objects.filter(pk__in=self.deleted).update(
            deleted_at=now, changed_at=now
        )
        self._write_identifiers()

    def _keep_versions(self) -> None:
        through, by, now = "import", self.run.by.label, self.run.now
        insert_rows(
            RecordVersion,
            ("record_id", "version", "marc", "replaced_at", "replaced_by", "through"),
            (
                (known.id, known.version, known.marc, now, by, through)
                for known, _row in self.changed
            ),
        )

    def _write_identifiers(self) -> None:
        changed = [known.id for known, _row in self.changed]
        if changed:
            RecordIdentifier.objects.filter(record_id__in=changed).delete()
        rows = [(record_id, row) for record_id, row, _hidden in self.added]
        rows += [(known.id, row) for known, row in self.changed]
        insert_rows(
            RecordIdentifier,
            ("record_id", "kind", "value"),
            ((i, *pair) for i, row in rows for pair in sorted(row.identifiers)),
        )


def _described(row: RecordRow) -> list[Any]:
    return [getattr(row, name) for name in DESCRIBED]


def _under(known: Known, marc: Marc) -> Marc:
    """The record under our own number; the number it came with goes to 035."""
    number, source = marc.value("001").strip(), marc.value("003").strip()
    renumbered = marc.replacing("001", ("001", known.control_number))
    if source:
        renumbered = renumbered.replacing("003", ("003", known.control_source))
        quoted = system_number(source, number)
        if quoted not in marc.subfields("035", "a"):
            renumbered = renumbered.adding(("035", "  ", (("a", quoted),)))
    return renumbered
