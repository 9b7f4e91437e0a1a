"""Bring files of MARC records, with items in 952, into the catalogue (S7, S8)."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

from django.conf import settings
from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.bulk import refresh_statistics
from kortisto.core.events import publish
from kortisto.core.jobs import enqueue
from kortisto.core.models import Job
from kortisto.domain.catalogue.actions.import_batch import (
    Run,
    TurnedAway,
    Written,
    write_batch,
)
from kortisto.domain.catalogue.events import ImportFinished
from kortisto.domain.catalogue.import_report import COUNTED, FileReport, ImportReport
from kortisto.domain.catalogue.incoming import Agreed, Incoming, incoming
from kortisto.domain.catalogue.marc.parsed import Parsed, Reading, Rejected
from kortisto.domain.catalogue.marc.sources import (
    Format,
    RecordSource,
    UnreadableSource,
    open_records,
)
from kortisto.domain.catalogue.models import (
    CodedValue,
    ImportBatch,
    Item,
    ItemType,
    Record,
    RecordIdentifier,
    RecordVersion,
)
from kortisto.domain.catalogue.permissions import CataloguePermission
from kortisto.domain.catalogue.profiles import Profile, profile
from kortisto.domain.catalogue.queries import own_source
from kortisto.domain.catalogue.rejects import RejectFile
from kortisto.domain.org.models import Unit

BATCH: Final = 500  # records in one transaction
JOB: Final = "catalogue.import"
_FORM_ENDING: Final = re.compile(
    r"(\.(mrc|marc|mrk|iso|iso2709|xml|marcxml|json|jsonl|dat|bin))?(\.gz)?$",
    re.IGNORECASE,
)

Progress: TypeAlias = Callable[[int, "int | None"], None]
"""Called with the records done and how many there may be in all."""

T = TypeVar("T")


def _silent(_done: int, _total: int | None) -> None:
    """No progress is wanted."""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How to go about an import.

    ``rejects``: the folder for what is turned away, by default beside the database.
    A dry run counts everything and changes nothing; records that occur twice are
    counted as if each came alone.
    """

    dry_run: bool = False
    batch_size: int = BATCH
    rejects: Path | None = None
    stopped: Callable[[], bool] = _never  # asked between batches


def import_files(
    paths: Sequence[Path],
    *,
    by: Actor,
    now: datetime,
    profile: Profile | str | None = None,
    progress: Progress = _silent,
    manner: Manner | None = None,
) -> ImportReport:
    """Import files one after the other; the report has the counts of each.

    Each batch of records is one short transaction: what is killed in the middle has
    its finished batches, and running the same files again is harmless. A file that
    is no MARC at all is told in the report. Raises UnknownProfile, OSError.
    """
    by.require(CataloguePermission.IMPORT)
    chosen = _profile(profile)
    return _Import(chosen, by=by, now=now, manner=manner or Manner()).run(
        paths, progress
    )


def _profile(named: Profile | str | None) -> Profile:
    return named if isinstance(named, Profile) else profile(named)


class _Import:
    """One run of the importer."""

    def __init__(
        self, chosen: Profile, *, by: Actor, now: datetime, manner: Manner
    ) -> None:
        self.profile = chosen
        self.by = by
        self.now = now
        self.manner = manner
        self.agreed = _agreed(chosen)
        self.report = ImportReport(batch_id=None)
        self.done = 0
        self.batches, self.refresh_at = 0, 1
        self.bytes_before = self.bytes_in_all = 0

    def run(self, paths: Sequence[Path], progress: Progress) -> ImportReport:
        started = time.monotonic()
        self.progress = progress
        self.bytes_in_all = sum(path.stat().st_size for path in paths)
        batch = self._begin(paths)
        folder = self.manner.rejects or Path(settings.MEDIA_ROOT) / "imports"
        name = f"import-{batch.pk or f'{self.now:%Y%m%d-%H%M%S}-dry'}"
        with RejectFile(folder, name) as self.rejects:
            for path in paths:
                if not self.report.stopped:
                    self._file(path, batch)
            if self.rejects.used:
                self.report.reject_file = str(self.rejects.reasons)
        self.report.took = timedelta(seconds=time.monotonic() - started)
        self._end(batch)
        progress(self.done, self.done)
        return self.report

    def _begin(self, paths: Sequence[Path]) -> ImportBatch:
        batch = ImportBatch(
            file_names=[path.name for path in paths],
            profile=self.profile.name,
            asked_by=self.by.label,
            started_at=self.now,
        )
        if not self.manner.dry_run:
            batch.save()
            self.report.batch_id = batch.pk
        return batch

    def _file(self, path: Path, batch: ImportBatch) -> None:
        report = FileReport(path.name)
        self.report.files.append(report)
        bare = self.profile.bare_source or _FORM_ENDING.sub("", path.name)
        run = Run(
            batch_id=batch.pk,
            profile=self.profile,
            agreed=replace(self.agreed, bare_source=bare),
            source=path.name,
            by=self.by,
            now=self.now,
        )
        try:
            with open_records(path) as source:
                for some in _by(self.manner.batch_size, source):
                    self._batch(some, run, batch, source=source)
                    if self.manner.stopped():
                        self.report.stopped = True
                        break
        except UnreadableSource as trouble:
            report.trouble = trouble.sentence
            report.counts.reasons[trouble.reason] += 1
        self.bytes_before += path.stat().st_size

    def _batch(
        self,
        some: Sequence[Reading],
        run: Run,
        batch: ImportBatch,
        *,
        source: RecordSource,
    ) -> None:
        ready: list[Incoming] = []
        rejected: list[tuple[Rejected, Parsed | None]] = []
        for reading in some:
            if isinstance(reading, Rejected):
                rejected.append((reading, None))
                continue
            made = incoming(reading, run.agreed)
            if isinstance(made, Rejected):
                rejected.append((made, reading))
            else:
                ready.append(made)
        counts = self.report.files[-1].counts
        with transaction.atomic():
            written = write_batch(ready, run)
            written.counts.read = len(some)
            written.counts.rejected = len(rejected)
            self._count_turned(written, rejected)
            counts.add(written.counts)
            self._count(batch)
            if self.manner.dry_run:
                transaction.set_rollback(True)
        if not self.manner.dry_run:
            self._refresh_statistics()
        for reject, parsed in rejected:
            self._keep_reject(reject, parsed, form=source.format)
        for each in written.turned:
            self._keep_turned(each)
        self.done += len(some)
        self.progress(self.done, self._estimate(source))

    def _refresh_statistics(self) -> None:
        """After the first batch, the fourth, the sixteenth ..."""
        self.batches += 1
        if self.batches == self.refresh_at:
            self.refresh_at *= 4
            refresh_statistics(Record, RecordIdentifier, RecordVersion, Item)

    def _count_turned(
        self, written: Written, rejected: Iterable[tuple[Rejected, Parsed | None]]
    ) -> None:
        counts = written.counts
        counts.reasons.update(each.reason for each, _parsed in rejected)
        for each in written.turned:
            if not each.item:
                counts.rejected += 1
                counts.reasons[each.why.reason] += 1

    def _count(self, batch: ImportBatch) -> None:
        """Keep the counts with each batch, so that a killed import tells how far."""
        if self.manner.dry_run:
            return
        total = self.report.total
        values = {name: n for name in COUNTED if (n := getattr(total, name))}
        values.pop("items_rejected", None)
        reasons = dict(total.reasons)
        ImportBatch.objects.filter(pk=batch.pk).update(**values, reasons=reasons)

    def _estimate(self, source: RecordSource) -> int | None:
        """How many records there are, told from the bytes that they have taken."""
        taken = self.bytes_before + source.position
        return max(self.done, self.done * self.bytes_in_all // taken) if taken else None

    def _keep_reject(
        self, reject: Rejected, parsed: Parsed | None, *, form: Format
    ) -> None:
        line: dict[str, Any] = self._line(reject.offset, reject.reason, reject.sentence)
        if parsed is None:
            self.rejects.raw(reject.raw, form)
        else:
            line["control_number"] = _plain(parsed.record.value("001"))
            self.rejects.record(parsed.record, line)
        self.rejects.reason(line)

    def _keep_turned(self, each: TurnedAway) -> None:
        line: dict[str, Any] = self._line(
            each.incoming.offset, each.why.reason, each.why.sentence
        )
        line["control_number"] = each.incoming.row.control_number
        if each.item:
            line["item"] = _plain(each.item)
        else:
            line["candidates"] = list(each.candidates)
            self.rejects.record(each.incoming.marc, line)
        self.rejects.reason(line)

    def _line(self, offset: int, reason: str, sentence: str) -> dict[str, Any]:
        file = self.report.files[-1].name
        return {
            "file": _plain(file),
            "offset": offset,
            "reason": reason,
            "sentence": _plain(sentence),
        }

    def _end(self, batch: ImportBatch) -> None:
        if self.manner.dry_run:
            return
        with transaction.atomic():
            ImportBatch.objects.filter(pk=batch.pk).update(
                finished_at=self.now + self.report.took,
                reject_file=self.report.reject_file[-300:],
                reasons=dict(self.report.total.reasons),
            )
            publish(ImportFinished(batch_id=batch.pk), by=self.by, at=self.now)


def _plain(text: str) -> str:
    """Text that JSON can hold: halves of characters become question marks."""
    return text.encode("utf-8", "replace").decode()


def _by(size: int, things: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(things)
    while some := list(islice(rest, size)):
        yield some


def _agreed(chosen: Profile) -> Agreed:
    """What is known when the import begins; own names in capitals."""
    libraries = Unit.objects.filter(kind=Unit.Kind.LIBRARY)
    return Agreed(
        own_source=own_source(),
        bare_source=chosen.bare_source,
        libraries=frozenset(
            code.upper() for code in libraries.values_list("code", flat=True)
        ),
        item_types=frozenset(
            code.upper() for code in ItemType.objects.values_list("code", flat=True)
        ),
        codes=frozenset(CodedValue.objects.values_list("list", "code")),
        makes_codes=chosen.makes_codes,
        default_type=chosen.item_type,
    )


def keep_upload(name: str, chunks: Iterable[bytes]) -> Path:
    """Keep a file that somebody sent, in a folder of its own, under its own name."""
    folder = Path(settings.MEDIA_ROOT) / "imports" / secrets.token_hex(8)
    folder.mkdir(parents=True)
    safe = "".join(c for c in Path(name).name if c.isalnum() or c in "-_. ")[-100:]
    path = folder / (safe.strip(" .") or "records")
    with path.open("wb") as file:
        for chunk in chunks:
            file.write(chunk)
    return path


@transaction.atomic
def ask_for_import(
    paths: Sequence[Path], *, by: Actor, now: datetime, profile: str | None = None
) -> Job:
    """Let a worker import kept uploads. The job's result is ``as_json`` of the report.

    Raises UnknownProfile.
    """
    by.require(CataloguePermission.IMPORT)
    arguments = {
        "paths": [str(path) for path in paths],
        "profile": _profile(profile).name,
        "asked_by": asdict(_who(by)),
    }
    return enqueue(JOB, arguments, by=by, run_after=now, max_attempts=3)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asked for a job, as far as its log needs to know."""

    kind: str
    id: int | None
    library_id: int | None


def _who(by: Actor) -> Asker:
    return Asker(by.kind.value, by.id, by.library_id)


def as_json(report: ImportReport) -> dict[str, Any]:
    """The report as a job's result: numbers, and the counts of each file."""
    return {
        "batch_id": report.batch_id,
        "reject_file": report.reject_file,
        "stopped": report.stopped,
        "files": [
            {
                "name": each.name,
                "trouble": each.trouble,
                **{name: getattr(each.counts, name) for name in COUNTED},
                "reasons": dict(each.counts.reasons),
            }
            for each in report.files
        ],
    }
