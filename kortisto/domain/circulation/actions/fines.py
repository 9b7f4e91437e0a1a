"""Overdue fines: at night for all, at renewal and check-in for one. One formula."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.database import on_postgresql
from kortisto.core.versions import configuration_number
from kortisto.domain.circulation.facts import Snapshot
from kortisto.domain.circulation.fines import Fine, overdue_fine
from kortisto.domain.circulation.losses import STOPS_FINES
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission as May
from kortisto.domain.fees.actions.charges import FineDue, accrue
from kortisto.domain.org.queries import organisation
from kortisto.domain.policies.queries import rules_in_force

PAGE: Final = 500


def fine_until(
    *,
    configuration: int,
    rules_library_id: int,
    category_id: int,
    item_type_id: int,
    due_at: datetime,
    until: datetime,
    replacement_price_cents: int | None,
) -> Fine:
    """The fine of one loan period, by the rules in force on its due date.

    A tariff raised later never reaches days of a loan that was already due (FEE-3).
    """
    matrix = rules_in_force(localdate(due_at), configuration)
    return overdue_fine(
        matrix.terms(rules_library_id, category_id, item_type_id),
        organisation(configuration).calendar(rules_library_id),
        due_at=due_at,
        until=until,
        replacement_price_cents=replacement_price_cents,
    )


def fine_of(loan: Loan, *, until: datetime, configuration: int | None = None) -> Fine:
    """The fine of a loan's last period up to a moment. Once read, give the number."""
    number = configuration_number() if configuration is None else configuration
    return fine_until(
        configuration=number,
        rules_library_id=loan.rules_library_id,
        category_id=loan.category_id,
        item_type_id=loan.item_type_id,
        due_at=loan.due_at,
        until=until,
        replacement_price_cents=loan.item.replacement_price_cents,
    )


def due_of(loan: Loan, fine: Fine, *, final: bool = False) -> FineDue:
    """What is posted of the running period of a loan that knows its patron."""
    assert loan.patron_id is not None  # noqa: S101 - callers ask for such loans
    return FineDue(
        loan_id=loan.pk,
        period=loan.renewals,
        patron_id=loan.patron_id,
        library_id=loan.library_id,
        item_id=loan.item_id,
        title=loan.title,
        cents=fine.cents,
        trace=fine.trace,
        final=final,
    )


def settle_period(snapshot: Snapshot, *, by: Actor, now: datetime) -> None:
    """Post the final fine of the loan period that a renewal ends."""
    loan, item = snapshot.loan, snapshot.item
    assert loan is not None  # noqa: S101 - only open loans are renewed
    fine = fine_until(
        configuration=snapshot.configuration,
        rules_library_id=loan.rules_library_id,
        category_id=loan.category_id,
        item_type_id=item.item_type_id,
        due_at=loan.due_at,
        until=now,
        replacement_price_cents=item.replacement_price_cents,
    )
    due = FineDue(
        loan_id=loan.id,
        period=loan.renewals,
        patron_id=loan.patron_id,
        library_id=loan.library_id,
        item_id=item.id,
        title=item.title[:200],
        cents=fine.cents,
        trace=fine.trace,
        final=True,
    )
    accrue([due], by=by, now=now)


def accrue_fines(
    *,
    by: Actor,
    now: datetime,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Bring the fine of every overdue open loan to today's sum; how many changed.

    Loans are taken page by page, each page a short transaction of its own, so that a
    desk never waits. A loan whose row somebody holds is left out: whoever holds it
    posts its fine. So is one that its patron says is not with them, or has lost. Safe
    to run twice, and at any time of day.
    """
    by.require(May.LEND)
    after: tuple[datetime, int] | None = None
    changed = seen = 0
    while True:
        with transaction.atomic():
            loans = _overdue_page(after, now=now)
            if not loans:
                return changed
            changed += accrue(_fines_of(loans, now=now), by=by, now=now)
        after = (loans[-1].due_at, loans[-1].pk)
        seen += len(loans)
        if progress is not None:
            progress(seen)


def _overdue_page(after: tuple[datetime, int] | None, *, now: datetime) -> list[Loan]:
    loans = Loan.objects.filter(returned_at=None, due_at__lt=now, claimed_at=None)
    loans = loans.exclude(item__lost__in=STOPS_FINES)
    if on_postgresql():
        loans = loans.select_for_update(of=("self",), skip_locked=True, no_key=True)
    if after is not None:
        due_at, loan_id = after
        loans = loans.filter(due_at__gte=due_at).exclude(due_at=due_at, pk__lte=loan_id)
    return list(loans.select_related("item").order_by("due_at", "pk")[:PAGE])


def _fines_of(loans: Sequence[Loan], *, now: datetime) -> list[FineDue]:
    configuration = configuration_number()
    due = []
    for loan in loans:
        fine = fine_of(loan, until=now, configuration=configuration)
        if fine.cents and loan.patron_id is not None:
            due.append(due_of(loan, fine))
    return due
