"""Items by the state that is derived for them, asked from the database."""

from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.models import Loan
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.holds.queue import KEEPS_ITS_ITEM

ITEM_STATES: Final = (
    "available",
    "on-loan",
    "waiting",
    "processing",
    "travelling",
    "uncleared",
    "in-transit",
    "not-for-loan",
    "damaged",
    "lost",
    "withdrawn",
)


def items_in_state(items: QuerySet[Item], state: str) -> QuerySet[Item]:
    """Those of the items that ``queries.statuses`` would give this state.

    Raises KeyError for a state that there is not.
    """
    loan = Exists(Loan.objects.filter(item=OuterRef("pk"), returned_at=None))
    if state == "on-loan":
        return items.filter(loan)
    items = items.filter(~loan)
    if state == "withdrawn":
        return items.exclude(withdrawn="")
    items = items.filter(withdrawn="")
    if state == "lost":
        return items.exclude(lost="")
    return items.filter(_elsewhere_or_here(state), lost="")


def _elsewhere_or_here(state: str) -> Q:
    """The states of an item that is not lent, lost or withdrawn."""
    holds = Hold.objects.filter(item=OuterRef("pk"))
    moving = Q(
        Exists(
            Transit.objects.filter(
                item=OuterRef("pk"), arrived_at=None, cancelled_at=None
            )
        )
    )
    trapped = Q(Exists(holds.filter(state__in=KEEPS_ITS_ITEM)))
    here = ~trapped & ~moving
    return {
        "waiting": Q(Exists(holds.filter(state=Hold.State.WAITING))),
        "processing": Q(Exists(holds.filter(state=Hold.State.PROCESSING))),
        "travelling": Q(Exists(holds.filter(state=Hold.State.TRAVELLING))),
        "uncleared": Q(Exists(holds.filter(state=Hold.State.UNCLEARED))),
        "in-transit": moving & ~trapped,
        "not-for-loan": here & ~Q(not_for_loan=""),
        "damaged": here & Q(not_for_loan="") & ~Q(damaged=""),
        "available": here & Q(not_for_loan="", damaged=""),
    }[state]
