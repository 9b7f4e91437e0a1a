"""Holds: the longest queue of a consortium, and the longest pull list of a library."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from django.db import connection
from django.db.models import Min
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.lending import busiest_library, statements
from bench.measure import Figures, timed
from bench.patron_page import opened
from bench.web import Browser, logged_in, make_clerk
from kortisto.core.actors import Actor
from kortisto.domain.catalogue.models import Item, Record
from kortisto.domain.circulation.actions.cancel_hold import cancel_holds
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.place_hold import Wish, place_hold
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.fulfilment.actions.planning import plan_titles
from kortisto.domain.fulfilment.facts import on_the_shelf
from kortisto.domain.holds.models import Hold, Pull
from kortisto.domain.holds.reasons import HoldReason
from kortisto.domain.org.models import Unit
from kortisto.domain.patrons.models import Patron
from kortisto.testing.builders import chief
from kortisto.testing.servers import running

QUEUE: Final = 2000
TIMES: Final = 300
LIST: Final = 5000
PAGES: Final = 60
WARM_UP: Final = 10
EVERY_REASON: Final = frozenset(
    reason.value for reasons in (Reason, HoldReason) for reason in reasons
)


def measure() -> Iterator[Figures]:
    library = busiest_library()
    by = chief(library)
    yield from _longest_queue(library, by)
    yield from _longest_list(library)


def _longest_queue(library: Unit, by: Actor) -> Iterator[Figures]:
    """A title that 2,000 people wait for: one more, one less, a copy comes back."""
    record = on_the_shelf().filter(library=library).earliest("pk").record
    patrons = list(Patron.objects.order_by("pk")[: QUEUE + TIMES + 1])
    _wait(patrons[:QUEUE], [record] * QUEUE, library)
    placed: list[int] = []

    def place(patron: Patron) -> None:
        wish = Wish(record_id=record.pk, pickup_library_id=library.pk)
        done = place_hold(
            patron.pk, wish, by=by, now=timezone.now(), overriding=EVERY_REASON
        )
        placed.append(done.hold_id)

    with CaptureQueriesContext(connection) as asked:
        place(patrons[-1])
    times = timed(place, patrons[QUEUE:-1])
    yield Figures(
        f"a hold on a title with {QUEUE:,} holds",
        times[WARM_UP:],
        queries=statements(asked),
        target="p95 ≤ 60 ms",
    )
    with CaptureQueriesContext(connection) as asked:
        cancel_holds([placed.pop()], by=by, now=timezone.now())
    times = timed(lambda hold: cancel_holds([hold], by=by, now=timezone.now()), placed)
    yield Figures("the same cancelled", times[WARM_UP:], queries=statements(asked))
    yield from _comes_back(record, by)


def _comes_back(record: Record, by: Actor) -> Iterator[Figures]:
    """Returned, caught for the first who waits; then the title is planned anew."""
    copies = Item.objects.filter(record=record)
    barcodes = list(copies.values_list("barcode", flat=True))
    caught = timed(
        lambda barcode: checkin(barcode, by=by, now=timezone.now()), barcodes
    )
    yield Figures(
        f"a check-in that serves the first of {QUEUE:,}",
        caught,
        note=f"{len(barcodes)} copies",
    )
    planned = timed(
        lambda _: plan_titles([record.pk], now=timezone.now()), range(TIMES)
    )
    yield Figures("its plan made anew", planned, target="p95 ≤ 200 ms")


def _longest_list(library: Unit) -> Iterator[Figures]:
    """5,000 titles of a library's shelves, each waited for by somebody."""
    shelf = on_the_shelf().filter(library=library)
    first = shelf.values("record").annotate(first=Min("pk")).order_by("first")
    wanted = [row["record"] for row in first[:LIST]]
    records = Record.objects.filter(pk__in=wanted)
    patrons = list(Patron.objects.order_by("-pk")[:500])
    _wait([patrons[n % 500] for n in range(LIST)], list(records), library)
    whole = timed(lambda ids: plan_titles(ids, now=timezone.now()), [wanted])
    yield Figures(f"{LIST:,} titles planned at once", whole)
    make_clerk(library)
    rows = Pull.objects.filter(library=library).count()
    with running("staff") as server:
        browser = Browser(server.port)
        logged_in(browser, library)
        times = timed(lambda _: opened(browser, "/pulls/"), range(PAGES))
    yield Figures(
        f"a pull list of {rows:,} rows is opened",
        times[WARM_UP:],
        target="p95 ≤ 300 ms",
    )


def _wait(patrons: Sequence[Patron], records: Sequence[Record], library: Unit) -> None:
    """Holds as rows, a second apart: only what comes after them is timed."""
    start = timezone.now() - timedelta(days=1)
    waiting = set(
        Hold.objects.filter(
            state=Hold.State.QUEUED, record__in={record.pk for record in records}
        ).values_list("patron_id", "record_id")
    )
    Hold.objects.bulk_create(
        Hold(
            patron=patron,
            record=record,
            pickup_library=library,
            placed_at=start + timedelta(seconds=number),
            counts_from=start + timedelta(seconds=number),
        )
        for number, (patron, record) in enumerate(zip(patrons, records, strict=False))
        if (patron.pk, record.pk) not in waiting
    )
