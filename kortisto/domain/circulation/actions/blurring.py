"""Take from forgotten loans what could lead back to whoever had borrowed (S35, GDP-1).

A loan that has lost its patron still tells the minute and the desk, at which others may
know who stood. The night leaves the day, the library, the category and the item, so
that statistics stay whole; a charge that is settled forgets its loan as well.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from random import SystemRandom
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import localtime

from kortisto.core.actors import Actor
from kortisto.core.bulk import update_rows
from kortisto.core.models import UndoStep
from kortisto.domain.circulation.actions.emptying import empty_events_of
from kortisto.domain.circulation.models import Loan
from kortisto.domain.fees.actions.forgetting import forget_what_for
from kortisto.domain.fees.models import Charge
from kortisto.domain.patrons.permissions import PatronPermission

AT_ONCE: Final = 1000
AT_LEAST: Final = timedelta(
    days=1
)  # a return may be taken back, and its receipt printed


def due_blurring(now: datetime) -> "QuerySet[Loan]":
    """Loans that know no patron any more and still tell the minute.

    Not those whose return, of an earlier day as it may be, can still be taken back.
    """
    open_again = UndoStep.objects.filter(
        kind="checkin", subject_id=OuterRef("pk"), until__gte=now, undone_at=None
    )
    blurred = {"patron": None, "returned_at__lt": now - AT_LEAST}
    return Loan.objects.filter(~Exists(open_again), **blurred).exclude(lent_by="")


def blur_forgotten_loans(*, by: Actor, now: datetime) -> int:
    """Leave the day of each; how many. Also what settled charges say of them goes."""
    by.require(PatronPermission.EDIT)
    forgotten = Loan.objects.filter(
        pk=OuterRef("loan_id"), patron=None, returned_at__lt=now - AT_LEAST
    )
    forget_what_for(Charge.objects.filter(Exists(forgotten)))
    return sum(_blur(page, by=by, now=now) for page in _pages(due_blurring(now)))


def _pages(loans: "QuerySet[Loan]") -> Iterator[list[Loan]]:
    """A page at a time; the caller makes each page leave ``loans``."""
    while page := list(loans.order_by("returned_at", "pk")[:AT_ONCE]):
        yield page


@transaction.atomic
def _blur(loans: list[Loan], *, by: Actor, now: datetime) -> int:
    empty_events_of([loan.pk for loan in loans], by=by, now=now)
    for loan in loans:
        loan.lent_at, loan.due_at = _morning(loan.lent_at), _evening(loan.due_at)
        loan.returned_at = _morning(loan.returned_at) if loan.returned_at else None
        loan.renewed_at = loan.claimed_at = loan.recalled_at = None
        loan.trace = {}
        loan.lent_by = loan.returned_by = ""
    _shuffle(loans)
    columns = [field.column for field in COLUMNS]
    rows = ([*_values(loan), loan.pk] for loan in loans)
    update_rows(Loan, columns, rows)
    return len(loans)


def _shuffle(loans: list[Loan]) -> None:
    """Let loans change numbers; one that a charge still names keeps its own."""
    named = Charge.objects.filter(loan_id__in=[loan.pk for loan in loans])
    kept = set(named.values_list("loan_id", flat=True))
    free = [loan for loan in loans if loan.pk not in kept]
    numbers = [loan.pk for loan in free]
    SystemRandom().shuffle(numbers)
    for loan, number in zip(free, numbers, strict=True):
        loan.pk = number


def _values(loan: Loan) -> list[Any]:
    return [getattr(loan, field.attname) for field in COLUMNS]


COLUMNS: Final = tuple(
    field
    for field in Loan._meta.concrete_fields  # noqa: SLF001 -- every one but the number
    if not field.primary_key
)


def _morning(at: datetime) -> datetime:
    return datetime.combine(localtime(at).date(), time(), tzinfo=localtime(at).tzinfo)


def _evening(at: datetime) -> datetime:
    last = time(23, 59, 59)
    return datetime.combine(localtime(at).date(), last, tzinfo=localtime(at).tzinfo)
