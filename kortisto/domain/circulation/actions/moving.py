"""Move the due date of a loan: the library is closed then, or decides it for many."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.domain.circulation.events import LoanDueMoved
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission


@transaction.atomic
def move_due_date(
    loan_id: int,
    *,
    before: datetime,
    after: datetime,
    why: str,
    by: Actor,
    now: datetime,
) -> bool:
    """Give an open loan another due date, if it still has the one that was seen.

    False when it has come back or got another date meanwhile: that one stays. The
    loan's trace keeps what the date was.
    """
    by.require(LendingPermission.SET_DUE_DATE)
    loan = Loan.objects.select_for_update(no_key=True).get(pk=loan_id)
    if loan.returned_at is not None or loan.due_at != before:
        return False
    steps = loan.trace.get("steps", [])
    days = [localdate(moment).isoformat() for moment in (before, after)]
    loan.trace = {**loan.trace, "steps": [*steps, ["moved", *days]]}
    loan.due_at = after
    loan.save(update_fields=["due_at", "trace"])
    publish(
        LoanDueMoved(
            loan_id=loan.pk,
            item_id=loan.item_id,
            record_id=loan.record_id,
            before=before.isoformat(),
            due_at=after.isoformat(),
            why=why,
        ),
        by=by,
        at=now,
    )
    return True
