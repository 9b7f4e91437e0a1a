"""Take from forgotten loans what could lead back to whoever had borrowed (S35, GDP-1).

A loan that has lost its patron still tells the minute and the desk, at which others may
know who stood. The night leaves the day, the library, the category and the item, so
that statistics stay whole; a charge that is settled forgets its loan as well.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import localtime

from kortisto.core.actors import Actor
from kortisto.domain.circulation.models import Loan
from kortisto.domain.fees.actions.forgetting import forget_what_for
from kortisto.domain.fees.models import Charge
from kortisto.domain.patrons.permissions import PatronPermission

AT_ONCE: Final = 1000
AT_LEAST: Final = timedelta(
    days=1
)  # a return may be taken back, and its receipt printed
BLURRED: Final = (
    "lent_at",
    "due_at",
    "returned_at",
    "renewed_at",
    "lent_by",
    "returned_by",
    "trace",
)


def due_blurring(now: datetime) -> "QuerySet[Loan]":
    """Loans that know no patron any more and still tell the minute."""
    return Loan.objects.filter(
        patron=None, returned_at__lt=now - AT_LEAST
    ).exclude(lent_by="")  # fmt: skip


def blur_forgotten_loans(*, by: Actor, now: datetime) -> int:
    """Leave the day of each; how many. Also what settled charges say of them goes."""
    by.require(PatronPermission.EDIT)
    blurred = sum(_blur(page) for page in _pages(due_blurring(now)))
    forgotten = Loan.objects.filter(
        pk=OuterRef("loan_id"), patron=None, returned_at__lt=now - AT_LEAST
    )
    forget_what_for(Charge.objects.filter(Exists(forgotten)))
    return blurred


def _pages(loans: "QuerySet[Loan]") -> Iterator[list[Loan]]:
    """A page at a time; the caller makes each page leave ``loans``."""
    while page := list(loans.order_by("returned_at", "pk")[:AT_ONCE]):
        yield page


@transaction.atomic
def _blur(loans: list[Loan]) -> int:
    for loan in loans:
        loan.lent_at, loan.due_at = _morning(loan.lent_at), _evening(loan.due_at)
        loan.returned_at = _morning(loan.returned_at) if loan.returned_at else None
        loan.renewed_at, loan.trace = None, {}
        loan.lent_by = loan.returned_by = ""
    Loan.objects.bulk_update(loans, BLURRED)
    return len(loans)


def _morning(at: datetime) -> datetime:
    return datetime.combine(localtime(at).date(), time(), tzinfo=localtime(at).tzinfo)


def _evening(at: datetime) -> datetime:
    last = time(23, 59, 59)
    return datetime.combine(localtime(at).date(), last, tzinfo=localtime(at).tzinfo)
