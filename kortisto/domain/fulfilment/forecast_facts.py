"""Read what a forecast follows from: as many statements for any queue."""

from datetime import date, datetime
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate

from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.waiting_facts import Copies, waits_of
from kortisto.domain.fulfilment.forecasting import ForecastFacts
from kortisto.domain.fulfilment.journeys import journeys_from
from kortisto.domain.fulfilment.settings import nearest_first
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.holds.queue import KEEPS_ITS_ITEM, active_on
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.van_queries import van_network

LOANS_SEEN: Final = 100  # the latest that have ended
FEW: Final = 5  # loans of a title that tell too little: then those of its type of item
LONGEST_LOAN: Final = 365  # days; what was lost and found tells nothing of loans


def facts_of_hold(hold: Hold, *, now: datetime) -> ForecastFacts | None:
    """For a hold of a queue; None for one that is no more in it, or rests."""
    wait = waits_of(hold.patron_id, now=now, hold_id=hold.pk).get(hold.pk)
    if wait is None or wait.is_suspended or not wait.has_begun or wait.stands_back:
        return None
    queue = Hold.objects.filter(active_on(localdate(now)), record=hold.record_id)
    return _facts(
        hold.record_id,
        hold.pickup_library_id,
        before=wait.place - 1 - wait.passed_over,
        resting=wait.passed_over,
        queue=queue.count() if hold.wanted_item_id is None else 0,
        copies=wait.copies,
        now=now,
    )


def facts_of_wish(
    record_id: int, pickup_library_id: int, *, now: datetime
) -> ForecastFacts:
    """For a hold on a title that would be placed now, behind all others."""
    today = localdate(now)
    queued = Hold.objects.filter(record=record_id, state=Hold.State.QUEUED)
    counted = queued.aggregate(
        every=Count("pk"), active=Count("pk", filter=active_on(today))
    )
    return _facts(
        record_id,
        pickup_library_id,
        before=counted["active"],
        resting=counted["every"] - counted["active"],
        queue=counted["active"] + 1,
        copies=_copies(record_id, now=now),
        now=now,
    )


def _copies(record_id: int, *, now: datetime) -> Copies:
    loans = Loan.objects.filter(item=OuterRef("pk"), returned_at=None)
    kept = Hold.objects.filter(item=OuterRef("pk"), state__in=KEEPS_ITS_ITEM)
    moving = Transit.objects.filter(
        item=OuterRef("pk"), arrived_at=None, cancelled_at=None
    )
    counted = _lendable(record_id).aggregate(
        total=Count("pk"),
        lent=Count("pk", filter=Exists(loans)),
        overdue=Count(
            "pk",
            filter=Exists(loans.filter(Q(due_at__lt=now) | ~Q(claimed_at=None))),
        ),
        free=Count("pk", filter=~Exists(loans) & ~Exists(kept) & ~Exists(moving)),
    )
    return Copies(**counted)


def _lendable(record_id: int) -> QuerySet[Item]:
    return Item.objects.filter(
        record=record_id,
        withdrawn="",
        lost="",
        damaged="",
        restricted="",
        not_for_loan="",
    )


def _facts(
    record_id: int,
    pickup_library_id: int,
    *,
    before: int,
    resting: int,
    queue: int,
    copies: Copies,
    now: datetime,
) -> ForecastFacts:
    """``queue``: active holds, before it and behind; 0: it is never passed."""
    at = dict(
        _lendable(record_id)
        .order_by()
        .values_list("library_id")
        .annotate(copies=Count("pk"))
    )
    total = copies.total - copies.ordered
    return ForecastFacts(
        before=before,
        resting=resting,
        copies=total,
        free=copies.free,
        overdue=copies.overdue,
        loans=_loans_seen(record_id),
        journey=_journey(at, pickup_library_id, localdate(now)),
        passes=_passes(queue, total),
    )


def _journey(at: dict[int, int], pickup: int, today: date) -> tuple[int, int]:
    """The shortest and the longest in days, from where the copies are."""
    journey = journeys_from(organisation(), van_network(), today)
    days = [(journey(origin, pickup).arrives_on - today).days for origin in at]
    return (min(days), max(days)) if days else (0, 0)


def _passes(holds: int, copies: int) -> int:
    """By how many later ones a hold of so long a queue may be passed."""
    rule = nearest_first()
    if rule is None or not rule.applies(holds=holds, copies=copies):
        return 0
    return rule.passes


def _loans_seen(record_id: int) -> tuple[int, ...]:
    """The days that the latest loans of the title lasted; of its type, where few."""
    ended = Loan.objects.filter(
        returned_at__isnull=False, ending=Loan.Ending.RETURNED
    ).order_by("-pk")
    rows = list(
        ended.filter(record=record_id).values_list("lent_at", "returned_at")[
            :LOANS_SEEN
        ]
    )
    if len(rows) < FEW:
        kind = _lendable(record_id).order_by("pk").values_list("item_type_id").first()
        if kind is not None:
            alike = ended.filter(item_type=kind[0])
            rows = list(alike.values_list("lent_at", "returned_at")[:LOANS_SEEN])
    days = [(back - lent).days for lent, back in rows if back is not None]
    return tuple(sorted(each for each in days if each <= LONGEST_LOAN))
