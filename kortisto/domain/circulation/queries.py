"""Questions about loans. Nothing here writes."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from django.db.models import Count, Q, QuerySet

from kortisto.core.sql import one_row
from kortisto.domain.circulation.models import Loan
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.holds.queue import KEEPS_ITS_ITEM

PAGE = 50


def open_loans() -> QuerySet[Loan]:
    return Loan.objects.filter(returned_at=None)


def loans_of(patron_id: int) -> QuerySet[Loan]:
    """A patron's open loans, the first due first."""
    return open_loans().filter(patron_id=patron_id).order_by("due_at", "pk")


def claimed_loans_of(patron_id: int) -> QuerySet[Loan]:
    """Those of them that the patron says are not with them."""
    return loans_of(patron_id).filter(claimed_at__isnull=False)


def history_of(patron_id: int) -> QuerySet[Loan]:
    """What a patron has returned and has chosen to keep, the latest first."""
    ended = Loan.objects.filter(patron_id=patron_id, returned_at__isnull=False)
    return ended.exclude(ending=Loan.Ending.UNDONE).order_by("-lent_at", "-pk")


def overdue_loans(*, now: datetime) -> QuerySet[Loan]:
    """Open loans past their due time, the longest overdue first.

    One that its patron says is not with them is never overdue.
    """
    late = open_loans().filter(due_at__lt=now, claimed_at=None)
    return late.order_by("due_at", "pk")


def loan_of_item(item_id: int) -> Loan | None:
    return open_loans().filter(item_id=item_id).first()


COUNTS = """
    SELECT COUNT(*),
      COUNT(CASE WHEN due_at < %(now)s AND claimed_at IS NULL THEN 1 END),
      COUNT(claimed_at),
      (SELECT COUNT(*) FROM claim WHERE patron_id = %(patron)s)
    FROM loan WHERE patron_id = %(patron)s AND returned_at IS NULL
"""


def loan_counts(patron_id: int, *, now: datetime) -> dict[str, int]:
    """How many open ``loans`` a patron has, and how many are ``overdue``.

    ``claimed``: how many are said not to be with them. ``claims``: how often the
    patron has said so, as far as it is remembered.
    """
    row = one_row(COUNTS, {"patron": patron_id, "now": now}) or (0, 0, 0, 0)
    return dict(zip(("loans", "overdue", "claimed", "claims"), row, strict=True))


def loan_counts_of(
    patron_ids: Collection[int], *, now: datetime
) -> dict[int, tuple[int, int]]:
    """How many open loans each of the patrons has and how many are overdue.

    One statement; who has none is not in the answer.
    """
    counted = (
        open_loans()
        .filter(patron_id__in=patron_ids)
        .values_list("patron_id")
        .annotate(
            loans=Count("pk"),
            overdue=Count("pk", filter=Q(due_at__lt=now, claimed_at=None)),
        )
        .order_by()
    )
    return {patron_id: (loans, overdue) for patron_id, loans, overdue in counted}


@dataclass(frozen=True, slots=True)
class ItemStatus:
    """Where an item is, derived and never stored (promise 4 of the design).

    ``state`` is one of lost, withdrawn, on-loan, waiting, processing (came
    back for a hold when nobody worked), travelling, uncleared (on a
    hold shelf, for nobody any more), in-transit, not-for-loan, damaged, available.
    ``due_at`` only for items on loan, ``towards_id`` only for those on their way.
    ``claimed``: on loan, but said not to be with the patron, and so never due.
    """

    state: str
    due_at: datetime | None = None
    towards_id: int | None = None
    loan_id: int | None = None
    claimed: bool = False

    @property
    def available(self) -> bool:
        return self.state == "available"


class StatusRow(TypedDict):
    """What of an item's row its status depends on (``.values(*STATUS_COLUMNS)``)."""

    id: int
    lost: str
    withdrawn: str
    not_for_loan: str
    damaged: str


STATUS_COLUMNS = tuple(StatusRow.__annotations__)


def statuses(items: Iterable[StatusRow]) -> dict[int, ItemStatus]:
    """The status of each item, in three statements for any number of them.

    ``items`` are rows with at least ``STATUS_COLUMNS``.
    """
    rows = list(items)
    ids = [row["id"] for row in rows]
    loans = {
        item_id: ItemStatus(
            "on-loan",
            due_at=due_at if claimed_at is None else None,
            loan_id=loan_id,
            claimed=claimed_at is not None,
        )
        for item_id, loan_id, due_at, claimed_at in open_loans()
        .filter(item_id__in=ids)
        .values_list("item_id", "id", "due_at", "claimed_at")
    }
    trapped: Mapping[int | None, str] = dict(
        Hold.objects.filter(item_id__in=ids, state__in=KEEPS_ITS_ITEM).values_list(
            "item_id", "state"
        )
    )
    travelling = dict(
        Transit.objects.filter(
            item_id__in=ids, arrived_at=None, cancelled_at=None
        ).values_list("item_id", "destination_id")
    )
    return {row["id"]: _status(row, loans, trapped, travelling) for row in rows}


def _status(
    row: StatusRow,
    loans: dict[int, ItemStatus],
    trapped: Mapping[int | None, str],
    travelling: dict[int, int],
) -> ItemStatus:
    item_id = row["id"]
    if item_id in loans:
        return loans[item_id]
    if row["withdrawn"] or row["lost"]:
        return ItemStatus("withdrawn" if row["withdrawn"] else "lost")
    if item_id in trapped or item_id in travelling:
        state = trapped.get(item_id, "in-transit")
        return ItemStatus(state, towards_id=travelling.get(item_id))
    if row["not_for_loan"]:
        return ItemStatus("not-for-loan")
    return ItemStatus("damaged" if row["damaged"] else "available")
