"""Move the due date of a loan: the library is closed then, or decides it for many."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.domain.circulation.events import LoanDueMoved, LoanRulesMoved
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


@transaction.atomic
def move_rules(
    loan_id: int, *, before: int, after: int, why: str, by: Actor, now: datetime
) -> bool:
    """Let an open loan follow the rules and the calendar of another library.

    Its due date stays. False when it has come back or follows others already.
    """
    by.require(LendingPermission.SET_DUE_DATE)
    loan = Loan.objects.select_for_update(no_key=True).get(pk=loan_id)
    if loan.returned_at is not None or loan.rules_library_id != before:
        return False
    loan.rules_library_id = after
    loan.save(update_fields=["rules_library"])
    publish(
        LoanRulesMoved(
            loan_id=loan.pk,
            item_id=loan.item_id,
            record_id=loan.record_id,
            library_id=after,
            why=why,
        ),
        by=by,
        at=now,
    )
    return True
