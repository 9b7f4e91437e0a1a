"""From saving a record to its being found by somebody else's search."""

import time
from collections.abc import Iterator

from django.utils import timezone

from bench.importing import wait_for_the_index
from bench.measure import Figures
from kortisto.core.actors import job_actor
from kortisto.domain.catalogue.actions.records import save_record
from kortisto.domain.catalogue.marc.record import Marc
from kortisto.domain.catalogue.marc.stored import from_text
from kortisto.domain.catalogue.models import Record
from kortisto.domain.catalogue.permissions import CataloguePermission
from kortisto.domain.search.ports import Query, Scope
from kortisto.domain.search.queries import find
from kortisto.testing.servers import process
from kortisto.testing.waiting import wait_until

CHANGES = 20
PATIENCE = 30  # seconds
EVERYTHING = Query(scope=Scope.STAFF)


def measure() -> Iterator[Figures]:
    by = job_actor(*CataloguePermission)
    times = []
    with process("work"):
        wait_for_the_index()
        for number, record in enumerate(Record.objects.order_by("pk")[:CHANGES]):
            word = f"tuoreus{time.time_ns()}x{number}"
            changed = _with_note(from_text(record.marc), word)
            save_record(
                record.pk, changed, version=record.version, by=by, now=timezone.now()
            )
            times.append(_until_found(word))
    yield Figures(
        "a changed record is found",
        tuple(times),
        target="≤ 2 s",
        note=f"{CHANGES} changes, one after another",
    )


def _with_note(marc: Marc, word: str) -> Marc:
    return Marc(marc.leader, (*marc.fields, ("500", "  ", (("a", word),))))


def _until_found(word: str) -> float:
    """In milliseconds."""
    seconds = wait_until(
        lambda: find(word, EVERYTHING).total > 0,
        otherwise="the change was never found",
        patience=PATIENCE,
    )
    return seconds * 1000
