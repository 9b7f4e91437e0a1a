"""MARC into catalogue and index: records a second."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from django.utils import timezone

from bench.measure import Figures
from kortisto.core import followers
from kortisto.core.actors import job_actor
from kortisto.core.followers import last_position
from kortisto.domain.catalogue.actions.exporting import Wanted, export_records
from kortisto.domain.catalogue.actions.importing import import_files
from kortisto.domain.catalogue.marc.iso2709 import to_iso2709
from kortisto.domain.catalogue.marc.parsed import Parsed
from kortisto.domain.catalogue.marc.record import Marc
from kortisto.domain.catalogue.marc.sources import open_records
from kortisto.domain.catalogue.models import Record
from kortisto.domain.catalogue.permissions import CataloguePermission
from kortisto.domain.search.follower import position_of
from kortisto.domain.search.queries import engine
from kortisto.testing.servers import process
from kortisto.testing.waiting import wait_until

RECORDS = 60_000  # the collection of one municipality
PATIENCE = 600  # seconds


def measure() -> Iterator[Figures]:
    """New records: those of the catalogue itself, under other control numbers."""
    by = job_actor(*CataloguePermission)
    ids = list(Record.objects.order_by("pk").values_list("pk", flat=True)[:RECORDS])
    with tempfile.TemporaryDirectory() as folder:
        taken, fresh = Path(folder) / "taken.mrc", Path(folder) / "fresh.mrc"
        started = time.perf_counter()
        with taken.open("wb") as out:
            export_records(
                "iso2709",
                out,
                by=by,
                now=timezone.now(),
                wanted=Wanted(record_ids=ids, items=False),
            )
        exported = time.perf_counter() - started
        yield Figures("export as ISO 2709", rate=len(ids) / exported)
        count = _renumber(taken, fresh, f"B{time.time_ns() // 10**9}")
        with process("work"):
            wait_for_the_index()
            wait_for_followers()
            started = time.perf_counter()
            import_files([fresh], profile="default", by=by, now=timezone.now())
            written = time.perf_counter() - started
            wait_for_the_index()
            found = time.perf_counter() - started
        yield Figures(
            f"import of {count:,} new records into the catalogue", rate=count / written
        )
        yield Figures(
            "the same, until the last one can be found",
            rate=count / found,
            target="≥ 2,000 records/s into catalogue and index",
            note="the importer and the worker, side by side",
        )


def wait_for_the_index() -> None:
    """Until the worker of this machine has followed the event log to its end.

    Raises RuntimeError when it takes longer than ``PATIENCE``.
    """
    wait_until(
        lambda: position_of(engine()) == last_position(),
        otherwise="the worker does not follow the event log",
        patience=PATIENCE,
    )


def wait_for_followers() -> None:
    """Until everything else that follows the log is at its end: nothing old is left."""
    wait_until(
        lambda: (
            {followers.position_of(each.name) for each in followers.followers()}
            == {last_position()}
        ),
        otherwise="a follower of the event log is left behind",
        patience=PATIENCE,
    )


def _renumber(source: Path, target: Path, prefix: str) -> int:
    count = 0
    with open_records(source) as records, target.open("wb") as out:
        for reading in records:
            if isinstance(reading, Parsed):
                out.write(to_iso2709(_as_new(reading.record, f"{prefix}{count}")))
                count += 1
    return count


def _as_new(record: Marc, number: str) -> Marc:
    """Without items and identifiers, so that nothing matches what is there."""
    bare = record.without("001", "020", "022", "024", "028", "035", "952")
    return Marc(bare.leader, (("001", number), *bare.fields))
