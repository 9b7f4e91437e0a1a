"""Ask about rounds and baskets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from kortisto.domain.circulation.models import Loan
from kortisto.domain.delivery.models import (
    Basket,
    BasketItem,
    DeliveryPatron,
    DeliveryRound,
)
from kortisto.domain.delivery.rules import next_day

KEPT: Final = timedelta(days=30)  # what was picked for a day and never lent


@dataclass(frozen=True, slots=True, kw_only=True)
class OnRound:
    """Somebody on a round: how much is picked and lent for the day."""

    patron_id: int
    identifier: str
    wanted: int
    picked: int
    lent: int


def rounds(*, library: int | None = None) -> QuerySet[DeliveryRound]:
    """Those that have not ended, with how many patrons each has."""
    found = DeliveryRound.objects.filter(ended_on=None).select_related("library")
    if library is not None:
        found = found.filter(library=library)
    served = Q(patrons__patron__binned_at=None)
    return found.annotate(served=Count("patrons", filter=served)).order_by(
        "library__name_fi", "name", "pk"
    )


def goes_on(round_: DeliveryRound, today: date) -> date:
    """The next day of a round, today included."""
    return next_day(round_.first_on, round_.every_weeks, today)


def on_round(round_id: int, day: date) -> list[OnRound]:
    """Everybody on a round by hold identifier, with the basket of a day."""
    people = (
        DeliveryPatron.objects.filter(round=round_id, patron__binned_at=None)
        .select_related("patron")
        .order_by("patron__hold_identifier", "pk")
    )
    counts = _counts(round_id, day)
    return [
        OnRound(
            patron_id=one.patron_id,
            identifier=one.patron.hold_identifier,
            wanted=one.items,
            picked=counts.get(one.patron_id, (0, 0))[0],
            lent=counts.get(one.patron_id, (0, 0))[1],
        )
        for one in people
    ]


def _counts(round_id: int, day: date) -> Mapping[int, tuple[int, int]]:
    baskets = Basket.objects.filter(for_on=day, patron__delivery__round=round_id)
    rows = baskets.values_list("patron_id").annotate(
        picked=Count("lines"), lent=Count("lines__loan")
    )
    return {patron_id: (picked, lent) for patron_id, picked, lent in rows}


def lines_of(patron_id: int) -> Sequence[BasketItem]:
    """What lies in baskets for a patron, and what of them is still on loan."""
    lines = BasketItem.objects.filter(basket__patron=patron_id)
    open_lines = lines.filter(Q(loan=None) | Q(loan__returned_at=None))
    return list(
        open_lines.select_related("basket", "item__record", "loan")
        .defer("item__record__marc", "item__record__description")
        .order_by("basket__for_on", "pk")
    )


def had_before(patron_id: int, record_id: int) -> bool:
    """Whether a loan that still knows its patron says so: as they chose it."""
    return Loan.objects.filter(patron=patron_id, record=record_id).exists()


def baskets_to_forget(now: datetime) -> QuerySet[Basket]:
    """Those of which all has come back, and those that nobody lent for a month."""
    lines = BasketItem.objects.filter(basket=OuterRef("pk"))
    not_back = lines.filter(loan__returned_at=None).exclude(loan=None)
    waits = lines.filter(loan=None)
    old = Basket.objects.filter(for_on__lt=(now - KEPT).date())
    over = Basket.objects.filter(for_on__lt=now.date()).exclude(Exists(waits))
    return (old | over).exclude(Exists(not_back))
