"""Take back a check-out or a check-in within its window. With its own events."""

from datetime import datetime, timedelta

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.models import UndoStep
from kortisto.core.refusals import Refusal, Refused
from kortisto.core.undo import UndoReason, latest, may_undo, too_late, undoes
from kortisto.domain.catalogue.events import ItemChanged
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.claims import reopen
from kortisto.domain.circulation.actions.losing import stop_fine
from kortisto.domain.circulation.events import LoanUndone, ReturnUndone
from kortisto.domain.circulation.losses import STOPS_FINES
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission as May
from kortisto.domain.fees.actions.charges import take_back_fine
from kortisto.domain.fees.actions.replacement import charge_again
from kortisto.domain.holds.actions.journeys import clear, release, wait_again
from kortisto.domain.holds.bundles import lock_bundles
from kortisto.domain.holds.events import CaptureUndone
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.holds.queue import TRAPPED
from kortisto.domain.holds.reasons import HoldReason
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.settings import UNDO_MINUTES


@transaction.atomic
def undo_checkout(loan_id: int, *, by: Actor, now: datetime) -> None:
    """End a loan as if it had never been: it counts nowhere, and nobody pays.

    Raises Refused when the window has closed, or the loan has ended, been renewed or
    claimed.
    A hold that the loan had answered waits for the patron again.
    """
    by.require(May.UNDO)
    loan = Loan.objects.select_for_update(no_key=True).get(pk=loan_id)
    minutes = organisation().setting(UNDO_MINUTES, loan.library_id).value
    until = loan.lent_at + timedelta(minutes=minutes)
    if loan.returned_at is not None or loan.renewals or loan.claimed_at is not None:
        raise Refused([Refusal(UndoReason.HAPPENED_SINCE)])
    if now > until:
        raise Refused([too_late(until)])
    loan.returned_at = max(now, loan.lent_at)
    loan.returned_by = by.label
    loan.returned_library_id = by.library_id
    loan.ending = Loan.Ending.UNDONE
    loan.patron = None
    loan.save()
    take_back_fine(loan.pk, loan.renewals, by=by, now=now)
    wait_again(loan.item_id, filled_at=loan.lent_at, by=by, now=now)
    publish(
        LoanUndone(loan_id=loan.pk, item_id=loan.item_id, record_id=loan.record_id),
        by=by,
        at=now,
    )


@undoes("checkin")
def undo_checkin(step: UndoStep, *, by: Actor, now: datetime) -> Loan:
    """Open the loan again, with the patron it had.

    The fine of the return is taken back, and so is what the item was sent or set
    aside for. A claim that the return had resolved stands again, and so does the
    charge for a lost item. Raises Refused when
    the item has been lent since. Called by ``core.undo.undo``, inside its transaction.
    """
    loans = Loan.objects.filter(pk=step.subject_id)
    item_id = loans.values_list("item_id", flat=True).get()
    item = Item.objects.select_for_update(no_key=True).get(pk=item_id)
    loan = loans.select_for_update(no_key=True).get()
    lent_since = Loan.objects.filter(item=item, returned_at=None).exists()
    if lent_since or loan.ending != Loan.Ending.RETURNED:
        raise Refused([Refusal(UndoReason.HAPPENED_SINCE)])
    loan.returned_at = None
    loan.returned_by = ""
    loan.returned_library_id = None
    loan.ending = ""
    loan.patron_id = step.data["patron_id"]
    loan.save()
    item.library_id = step.data["item_library_id"]
    lost_at = datetime.fromisoformat(step.data.get("lost_at") or now.isoformat())
    if step.data["lost"]:
        item.lost, item.lost_at, item.changed_at = step.data["lost"], lost_at, now
        lost_again = ItemChanged(item_id=item.pk, record_id=item.record_id)
        publish(lost_again, by=by, at=now)
    item.save(update_fields=["library", "lost", "lost_at", "changed_at"])
    release(item.pk, by=by, now=now)
    for left in Hold.objects.filter(item=item, state=Hold.State.UNCLEARED):
        clear(left.pk, by=by, now=now)  # it is not on the hold shelf any more
    take_back_fine(loan.pk, loan.renewals, by=by, now=now)
    if item.lost in STOPS_FINES:
        stop_fine(loan, lost_at=lost_at, ends=False, by=by, now=now)
    if step.data.get("taken_back") is not None:
        charge_again(*step.data["taken_back"], by=by, now=now)
    if step.data.get("claim") is not None:
        claim_id, note = step.data["claim"]
        reopen(claim_id, note, loan, by=by, now=now)
    publish(
        ReturnUndone(loan_id=loan.pk, item_id=loan.item_id, record_id=loan.record_id),
        by=by,
        at=now,
    )
    return loan


@undoes("capture")
def undo_capture(step: UndoStep, *, by: Actor, now: datetime) -> Hold:
    """A copy was set aside by mistake: the hold is back at its place in the queue.

    The check-in stands. The copy is what it was before: on its shelf, or on the journey
    that had ended here. A message that has not been sent is not sent any more; who has
    got one is told that the copy does not wait (``notices``). Raises Refused when
    somebody has acted since: the copy was lent, sent on or has arrived elsewhere, the
    hold was ended, or its patron has asked for more time. Called by ``core.undo.undo``,
    inside its transaction.
    """
    item_id, at = step.data["item"], step.data["at"]
    item = Item.objects.select_for_update(no_key=True).get(pk=item_id)
    lock_bundles([step.subject_id])
    hold = Hold.objects.select_for_update(no_key=True).filter(pk=step.subject_id)
    held = hold.filter(item=item_id, state__in=TRAPPED).first()
    if held is None:
        raise Refused([Refusal(UndoReason.HAPPENED_SINCE)])
    journeys = Transit.objects.filter(item=item_id, arrived_at=None, cancelled_at=None)
    came_here = held.pickup_library_id == at
    leaving = held.state == Hold.State.TRAVELLING
    still_here = journeys.filter(origin=at).exists() if leaving else came_here
    if item.library_id != at or by.library_id != at or not still_here:
        named = {"library": organisation().name(at)}
        raise Refused([Refusal(HoldReason.COPY_IS_ELSEWHERE, facts=named)])
    if held.extended_at is not None:
        raise Refused([Refusal(HoldReason.PATRON_HAS_ACTED)])
    release(item_id, by=by, now=now)
    Transit.objects.filter(pk=step.data["arrived"]).update(arrived_at=None)
    # A check-out that read the item before must look again (its guard).
    Item.objects.filter(pk=item_id).update(changed_at=now)
    undone = CaptureUndone(hold_id=held.pk, item_id=item_id, record_id=held.record_id)
    publish(undone, by=by, at=now)
    return held


def capture_to_undo(hold_id: int, *, by: Actor, now: datetime) -> UndoStep | None:
    """The step by which a page offers it; None: too late, or not where the copy is."""
    step = latest("capture", hold_id)
    if step is None or may_undo(step, now=now) or step.data.get("at") != by.library_id:
        return None
    trapped = Hold.objects.filter(
        pk=hold_id, item=step.data["item"], state__in=TRAPPED, extended_at=None
    )
    return step if trapped.exists() else None
