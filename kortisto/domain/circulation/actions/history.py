"""Forget who borrowed what, as each patron has chosen (S35)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import QuerySet

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.domain.circulation.actions.forgetting_claims import let_loans_go
from kortisto.domain.circulation.events import HistoryForgotten
from kortisto.domain.circulation.models import Loan
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.settings import HISTORY_YEARS
from kortisto.domain.patrons.frozen import frozen_patrons, refuse_if_frozen
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission

AT_ONCE: Final = 1000


def forget_old_history(*, by: Actor, now: datetime) -> int:
    """Forget the patron of loans that have been kept long enough; how many.

    "For three years" forgets as many years after the return as the consortium has
    set; "never" forgets at check-in already and here what a change of choice left.
    """
    by.require(PatronPermission.EDIT)
    return sum(
        _forget(page, by=by, now=now)
        for loans in due_history(now)
        for page in _pages(loans)
    )


def due_history(now: datetime) -> "tuple[QuerySet[Loan], QuerySet[Loan]]":
    """Loans that were remembered long enough, and those of who wants none to be."""
    root = next(iter(organisation().units), None)
    years = organisation().setting(HISTORY_YEARS, root).value
    before = now - relativedelta(years=years)
    ended = Loan.objects.filter(returned_at__isnull=False, patron__isnull=False)
    ended = ended.exclude(patron__in=frozen_patrons())
    kept = Patron.objects.filter(history=Patron.History.FOREVER)
    old = ended.filter(returned_at__lt=before).exclude(patron_id__in=kept.values("pk"))
    return old, ended.filter(patron__history=Patron.History.NEVER)


def forget_history_of(patron_id: int, *, by: Actor, now: datetime) -> int:
    """Forget everything that a patron has returned, at once, because they ask.

    Raises Unfit while the processing of the data is restricted: it must be kept.
    """
    if not by.is_patron(patron_id):
        by.require(PatronPermission.EDIT)
    refuse_if_frozen(patron_id)
    loans = Loan.objects.filter(patron_id=patron_id, returned_at__isnull=False)
    return sum(_forget(page, by=by, now=now) for page in _pages(loans))


def _pages(loans: "QuerySet[Loan]") -> Iterator[list[int]]:
    """Keys, a page at a time; the caller makes each page leave ``loans``."""
    ordered = loans.order_by("returned_at", "pk")  # an index has them in this order
    while page := list(ordered.values_list("pk", flat=True)[:AT_ONCE]):
        yield page


@transaction.atomic
def _forget(loan_ids: list[int], *, by: Actor, now: datetime) -> int:
    let_loans_go(loan_ids)
    forgotten = Loan.objects.filter(pk__in=loan_ids).update(patron=None)
    publish(HistoryForgotten(loans=forgotten), by=by, at=now)
    return forgotten
