"""Void a loan that was made to the wrong person: it vanishes from their account."""

from datetime import datetime, timedelta

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.core.undo import too_late
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.events import LoanVoided
from kortisto.domain.circulation.models import Claim, Loan
from kortisto.domain.circulation.permissions import LendingPermission as May
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.circulation.settings import VOID_HOURS
from kortisto.domain.fees.actions.replacement import take_back_all
from kortisto.domain.holds.actions.journeys import wait_again
from kortisto.domain.org.queries import organisation


def against_voiding(loan: Loan, *, now: datetime) -> list[Refusal]:
    """Every reason why a loan cannot be voided now."""
    refusals = []
    if loan.patron_id is None:  # undone, voided, or forgotten as the patron chose
        refusals.append(Refusal(Reason.NOBODYS_LOAN))
    hours = organisation().setting(VOID_HOURS, loan.library_id).value
    until = loan.lent_at + timedelta(hours=hours)
    if now > until:
        refusals.append(too_late(until))
    return refusals


@transaction.atomic
def void_loan(loan_id: int, *, by: Actor, now: datetime) -> Loan:
    """The loan counts nowhere and nobody pays for it; the item is on loan to nobody.

    Returned or not, its patron does not find it any more, nor what it cost, nor a
    claim about it. A hold of theirs that it had answered goes back to its place in
    the queue. What has been paid becomes a credit. Raises Refused with every reason,
    NotPermitted, Loan.DoesNotExist.
    """
    by.require(May.VOID)
    item_id = Loan.objects.values_list("item_id", flat=True).get(pk=loan_id)
    Item.objects.select_for_update(no_key=True).get(pk=item_id)
    loan = Loan.objects.select_for_update(no_key=True).get(pk=loan_id)
    against = against_voiding(loan, now=now)
    if against:
        raise Refused(against)
    was_open = loan.returned_at is None
    Claim.objects.filter(loan=loan).delete()
    take_back_all(loan.pk, trace={"taken_off": "voided"}, by=by, now=now)
    if was_open:
        loan.returned_at = max(now, loan.lent_at)
        loan.returned_by = by.label
        loan.returned_library_id = by.library_id
    loan.ending = Loan.Ending.VOIDED
    loan.patron = None
    loan.save()
    wait_again(item_id, filled_at=loan.lent_at, by=by, now=now, in_queue=True)
    voided = LoanVoided(
        loan_id=loan.pk, item_id=item_id, record_id=loan.record_id, was_open=was_open
    )
    publish(voided, by=by, at=now)
    return loan
