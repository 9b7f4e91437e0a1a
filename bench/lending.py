"""Check-out and check-in as actions, beside the same statements by the driver."""

import random
from collections.abc import Iterator

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.measure import Figures, timed
from bench.raw import raw_checkout
from kortisto.core.actors import Actor, ActorKind, Channel
from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.fines import accrue_fines
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.org.models import Unit
from kortisto.domain.patrons.models import Card

TIMES = 3000
WARM_UP = 200
EVERYTHING = frozenset(reason.value for reason in Reason)


def clerk(library: Unit) -> Actor:
    permissions = (permission.value for permission in LendingPermission)
    return Actor(
        kind=ActorKind.STAFF,
        id=0,
        library_id=library.pk,
        channel=Channel.STAFF,
        everywhere=frozenset(permissions),
    )


def busiest_library() -> Unit:
    return Item.objects.select_related("library").earliest("pk").library


def pairs(library: Unit, count: int, *, seed: int) -> list[tuple[str, str]]:
    """Cards and barcodes that can be lent: free items, patrons in good standing."""
    chance = random.Random(seed)
    lent = Loan.objects.filter(returned_at=None).values("item_id")
    free = (
        Item.objects.filter(library=library, lost="", withdrawn="", not_for_loan="")
        .exclude(pk__in=lent)
        .filter(record__age_limit=None)
        .values_list("barcode", flat=True)
    )
    barcodes = list(free[: count * 3])
    cards = list(
        Card.objects.filter(active=True, patron__card_lost=False)
        .order_by("pk")
        .values_list("number", flat=True)[: count * 3]
    )
    chance.shuffle(barcodes)
    chance.shuffle(cards)
    return list(zip(cards, barcodes, strict=False))[:count]


def measure() -> Iterator[Figures]:
    library = busiest_library()
    by = clerk(library)
    work = pairs(library, TIMES + WARM_UP, seed=1)
    done: list[str] = []

    def lend(pair: tuple[str, str]) -> None:
        card, barcode = pair
        try:
            checkout(card, barcode, by=by, now=timezone.now(), overriding=EVERYTHING)
        except Refused:
            return
        done.append(barcode)

    def take_back(barcode: str) -> None:
        checkin(barcode, by=by, now=timezone.now())

    timed(lend, work[:WARM_UP])
    with CaptureQueriesContext(connection) as asked:
        lend(work[WARM_UP])
    out = timed(lend, work[WARM_UP + 1 :])
    yield Figures(
        "check-out as an action",
        out,
        rate=len(out) / sum(out) * 1000,
        queries=statements(asked),
        target="p50 ≤ 1.5 ms, ≤ 4 statements, ≤ 2 × the driver",
        note=f"{len(done)} of {len(work)} lent, the rest refused",
    )
    with CaptureQueriesContext(connection) as asked:
        take_back(done.pop())
    back = timed(take_back, done[WARM_UP:])
    yield Figures(
        "check-in as an action",
        back,
        rate=len(back) / sum(back) * 1000,
        queries=statements(asked),
    )
    for barcode in done[:WARM_UP]:
        take_back(barcode)
    again = pairs(library, TIMES + WARM_UP, seed=2)
    raw = raw_checkout(library.pk)
    timed(raw, again[:WARM_UP])
    times = timed(raw, again[WARM_UP:])
    yield Figures(
        "the same check-out statements by the driver alone",
        times,
        rate=len(times) / sum(times) * 1000,
    )
    for _card, barcode in again:
        take_back(barcode)


def measure_fines() -> Iterator[Figures]:
    """One night's fines for every overdue loan there is."""
    by = clerk(busiest_library())
    overdue = Loan.objects.filter(returned_at=None, due_at__lt=timezone.now()).count()
    times = timed(lambda now: accrue_fines(by=by, now=now), [timezone.now()])
    yield Figures(
        f"fines for {overdue:,} overdue loans",
        times,
        rate=overdue / max(sum(times), 1) * 1000,
        target="100,000 in ≤ 60 s",
        note=f"{Loan.objects.filter(returned_at=None).count():,} open loans in all",
    )


def statements(asked: CaptureQueriesContext) -> int:
    """Statements that read or write; what opens and ends a transaction is no work."""
    words = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return sum(not query["sql"].startswith(words) for query in asked)
