"""The page of a patron who has very much: as it opens, and with everything shown."""

import time
from collections.abc import Iterator
from datetime import date, timedelta
from http import HTTPStatus

from django.utils import timezone

from bench.lending import busiest_library
from bench.measure import Figures, timed
from bench.web import Browser, logged_in, make_clerk
from kortisto.core.actors import job_actor
from kortisto.core.permissions import all_permissions
from kortisto.domain.catalogue.models import Item, Record
from kortisto.domain.circulation.models import Loan
from kortisto.domain.holds.models import Hold
from kortisto.domain.notices.models import Notice, Transport
from kortisto.domain.org.models import Unit
from kortisto.domain.patrons.actions.register import register
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.new_patron import NewPatron
from kortisto.domain.policies.models import RuleVersion
from kortisto.testing.servers import running

MANY, TIMES, WARM_UP = 500, 60, 5
TARGET = "p95 ≤ 150 ms"


def measure() -> Iterator[Figures]:
    library = busiest_library()
    make_clerk(library)
    patron = somebody_with_much(library)
    page = f"/patrons/{patron.pk}/"
    with running("staff") as server:
        browser = Browser(server.port)
        logged_in(browser, library)
        holds = Hold.objects.filter(patron=patron).count()  # one on each title at most
        for name, address, target in (
            (
                f"patron page with {MANY} loans, {MANY} messages and {holds} holds",
                page,
                TARGET,
            ),
            ("the same with every loan shown", f"{page}?whole=loans", ""),
        ):
            times = timed(lambda asked: opened(browser, asked), [address] * TIMES)
            yield Figures(name, times[WARM_UP:], target=target)


def opened(browser: Browser, address: str) -> None:
    status, _page = browser.get(address)
    if status != HTTPStatus.OK:
        message = f"the page answered {status}"
        raise RuntimeError(message)


def somebody_with_much(library: Unit) -> Patron:
    """A new patron each time; loans and holds as rows: the page only reads them."""
    now, stamp = timezone.now(), time.time_ns() // 10**6
    wanted = NewPatron(
        card_number=f"M{stamp}",
        surname="Mitattava",
        first_names="Paljon",
        category="HENKILO",
        home_library_id=library.pk,
        born_on=date(1984, 5, 17),
    )
    by, again = job_actor(*all_permissions()), {"same-person"}
    patron = register(wanted, by=by, now=now, confirmed=again)
    titles = list(Record.objects.order_by("pk")[:MANY])
    _lend(patron, library, titles, stamp)
    Hold.objects.bulk_create(
        Hold(
            patron=patron,
            record=titles[n],
            pickup_library=library,
            placed_at=now,
            counts_from=now,
        )
        for n in range(min(MANY, len(titles)))
    )
    _write(patron)
    return patron


def _write(patron: Patron) -> None:
    """Messages of every state, as long as they are in life."""
    now = timezone.now()
    Notice.objects.bulk_create(
        Notice(
            patron=patron,
            kind="pin-changed",
            about=f"event:{number}",
            day=now.date(),
            transport=Transport.EMAIL,
            address="paljon@posti.example",
            language="fi",
            subject="Kirjastokorttisi tunnusluku on vaihdettu",
            text="Hei,\n\n" + "kirjastokorttisi tunnusluku vaihdettiin. " * 20,
            state=Notice.State.SENT,
            created_at=now,
            sent_at=now,
        )
        for number in range(MANY)
    )


def _lend(patron: Patron, library: Unit, titles: list[Record], stamp: int) -> None:
    now = timezone.now()
    like = Item.objects.select_related("item_type").earliest("pk")
    items = Item.objects.bulk_create(
        Item(
            record=titles[n % len(titles)],
            barcode=f"M{stamp}-{n}",
            home_library=library,
            library=library,
            item_type=like.item_type,
        )
        for n in range(MANY)
    )
    Loan.objects.bulk_create(
        Loan(
            patron=patron,
            item_id=item.pk,
            record_id=item.record_id,
            title=item.record.title,
            barcode=item.barcode,
            library=library,
            rules_library=library,
            category=patron.category,
            item_type=like.item_type,
            rule_version=RuleVersion.objects.latest("number").number,
            lent_at=now,
            due_at=now + timedelta(days=28),
        )
        for item in items
    )
