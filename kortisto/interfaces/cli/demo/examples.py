"""Find, in what was built, the items and patrons that the first steps speak of."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet

from kortisto.core.actors import Actor
from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.due import HELSINKI
from kortisto.domain.circulation.models import Loan
from kortisto.domain.fees.actions.charges import charge
from kortisto.domain.holds.models import Hold
from kortisto.domain.patrons.actions.cards import replace_card
from kortisto.domain.patrons.actions.change import set_flags
from kortisto.domain.patrons.actions.register import register
from kortisto.domain.patrons.actions.restrictions import restrict
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.new_patron import NewGuardian, NewPatron
from kortisto.interfaces.cli.demo.open_library import (
    OPEN_LIBRARY,
    DemoDoor,
    open_the_library,
)
from kortisto.interfaces.cli.demo.people import hold_identifier_of
from kortisto.interfaces.cli.demo.wishes import make_wishes
from kortisto.interfaces.cli.demo.world import World

DESK_LIBRARY: Final = "MLI"


@dataclass(frozen=True, slots=True)
class Examples:
    """Cards and barcodes to type."""

    patron: str  # with a PIN, loans and a charge
    child: str
    lost_card: str
    restricted: str
    old_card: str
    free: tuple[str, ...]  # barcodes on the shelf of the desk's library
    film: str  # for grown-ups only
    overdue: str
    waiting: str  # on a hold shelf for somebody
    door: DemoDoor


def arrange(
    world: World, units: dict[str, int], *, by: Actor, now: datetime
) -> Examples:
    """Register a few patrons by the ordinary actions and give them something to do."""
    library = units[DESK_LIBRARY]
    clerk = Actor(
        kind=by.kind,
        library_id=library,
        channel=by.channel,
        everywhere=by.everywhere,
    )
    free = _free(library)
    patron = _register(
        clerk, library, "0010001001", "Lumme", "Kaisa", (1984, 5, 17), now=now
    )
    for item, days in zip(free, (36, 25), strict=False):
        _lend("0010001001", item, days, world, by=clerk)
    for item in _shelf(library).filter(item_type__code="PIKA10")[:1]:
        _lend("0010001001", item, 6, world, by=clerk)  # never renewed
    charge(patron.pk, "NEW_CARD", 300, key="demo-card", by=clerk, now=now)
    child = _register(
        clerk,
        library,
        "0010001002",
        "Lumme",
        "Otso",
        (2016, 3, 2),
        guardian=patron.pk,
        now=now,
    )
    lost = _register(
        clerk, library, "0010001003", "Hämäläinen", "Reijo", (1961, 9, 30), now=now
    )
    set_flags(lost.pk, {"card_lost": True}, by=clerk, now=now)
    restricted = _register(
        clerk, library, "0010001004", "Tiusanen", "Ritva", (1972, 1, 8), now=now
    )
    restrict(restricted.pk, "Soita laskutukseen", by=clerk, now=now)
    charge(restricted.pk, "ODUE", 1950, key="demo-ban", by=clerk, now=now)
    charge(restricted.pk, "LOST", 1200, key="demo-lost", by=clerk, now=now)
    Patron.objects.filter(pk=restricted.pk).update(
        expires_on=world.today - timedelta(days=12),
        registered_on=world.today - timedelta(days=1200),
    )
    replaced = _register(
        clerk, library, "0010001005", "Ekholm", "Göran", (1955, 11, 2), now=now
    )
    replace_card(replaced.pk, "0010001006", by=clerk, now=now)
    banned = _register(
        clerk, library, "0010001007", "Ruuskanen", "Veikko", (1999, 6, 24), now=now
    )
    token = open_the_library(
        units[OPEN_LIBRARY],
        grown_up=patron,
        banned=banned,
        child=child,
        by=clerk,
        now=now,
    )
    make_wishes(patron, replaced, by=clerk, now=now)
    return Examples(
        patron="0010001001",
        child="0010001002",
        lost_card="0010001003",
        restricted="0010001004",
        old_card="0010001005",
        free=tuple(item.barcode for item in free[4:8]),
        film=_first(_shelf(library).filter(record__age_limit__gte=16)),
        overdue=_overdue(library, now),
        waiting=_waiting(),
        door=DemoDoor(
            token=token, welcome="0010001001", banned="0010001007", child="0010001002"
        ),
    )


def _register(
    clerk: Actor,
    library: int,
    card: str,
    surname: str,
    first_names: str,
    born: tuple[int, int, int],
    *,
    now: datetime,
    guardian: int | None = None,
) -> Patron:
    guardians = (NewGuardian(patron_id=guardian),) if guardian else ()
    return register(
        NewPatron(
            card_number=card,
            surname=surname,
            first_names=first_names,
            category="LAPSI" if guardians else "HENKILO",
            home_library_id=library,
            born_on=date(*born),
            hold_identifier=hold_identifier_of(int(card)),
            guardians=guardians,
        ),
        by=clerk,
        now=now - timedelta(days=400),
    )


def _shelf(library: int) -> "QuerySet[Item]":
    """Items of a library that are on its shelf and that nobody waits for."""
    out = Loan.objects.filter(item=OuterRef("pk"), returned_at=None)
    wanted = Hold.objects.filter(
        record=OuterRef("record_id"), state__in=["queued", "travelling", "waiting"]
    )
    return (
        Item.objects.filter(
            library=library, home_library=library, lost="", not_for_loan=""
        )
        .filter(~Exists(out), ~Exists(wanted))
        .order_by("pk")
    )


def _free(library: int) -> list[Item]:
    books = _shelf(library).filter(
        record__material="KIRJA",
        record__language="fin",
        record__juvenile=False,
        item_type__code="28VRK",
    )
    return list(books[:8])


def _lend(card: str, item: Item, days: int, world: World, *, by: Actor) -> None:
    """Lend an item so many days ago. What the rules refuse is left out."""
    then = datetime.combine(
        world.today - timedelta(days=days), time(13, 20), tzinfo=HELSINKI
    )
    Item.objects.filter(pk=item.pk).update(last_borrowed_at=then)
    try:
        checkout(card, item.barcode, by=by, now=then)
    except Refused:
        return


def _first(items: "QuerySet[Item]") -> str:
    return items.values_list("barcode", flat=True).first() or ""


def _overdue(library: int, now: datetime) -> str:
    loans = Loan.objects.filter(returned_at=None, library=library)
    late = loans.filter(due_at__lt=now - timedelta(days=5), category__code="HENKILO")
    return late.order_by("pk").values_list("barcode", flat=True).first() or ""


def _waiting() -> str:
    holds = Hold.objects.filter(state="waiting", item__isnull=False).order_by("pk")
    return holds.values_list("item__barcode", flat=True).first() or ""
