"""A lost item is back: it is in order again, and so is the money."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.money import euros
from kortisto.domain.catalogue.events import ItemChanged
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.fines import fine_of
from kortisto.domain.circulation.events import LostItemFound
from kortisto.domain.circulation.loss_settings import FINE_WHEN_LOST, KEEP
from kortisto.domain.circulation.losses import (
    KEEP_CHARGE,
    REFUND,
    REFUND_AND_FINE,
    REFUND_AND_OLD_FINE,
    STOPS_FINES,
)
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.returns import Note, ReturnFacts
from kortisto.domain.fees.actions.charges import FineDue, accrue, let_grow_again
from kortisto.domain.fees.actions.replacement import replacement_of, take_back
from kortisto.domain.fees.models import Charge
from kortisto.domain.org.queries import organisation
from kortisto.domain.policies.queries import rules_in_force

NO_CHARGE: Final = "none"


@dataclass(frozen=True, slots=True)
class Find:
    """What the desk is told, and what was taken back: a charge and its cents.

    ``lost_at``: since when it was lost. ``last_charged``: no day after it costs
    anything, in a loan that went on.
    """

    notes: tuple[tuple[Note, dict[str, Any]], ...] = ()
    taken_back: tuple[int, int] | None = None
    lost_at: datetime | None = None
    last_charged: datetime | None = None


NOTHING_FOUND: Final = Find()


def found_again(
    configuration: int, facts: ReturnFacts, *, by: Actor, now: datetime
) -> Find:
    """Lift the status; do with the replacement charge what the rules say (FEE).

    Inside the check-in, which holds the item's row.
    """
    items = Item.objects.filter(pk=facts.item_id)
    lost_at = items.values_list("lost_at", flat=True).get()
    items.update(lost="", lost_at=None, changed_at=now)
    about = {"item_id": facts.item_id, "record_id": facts.record_id}
    publish(ItemChanged(**about), by=by, at=now)
    find, decided = _money(configuration, facts, by=by, now=now)
    publish(LostItemFound(**about, charge=decided), by=by, at=now)
    find = replace(find, lost_at=lost_at)
    if facts.loan_id is None or facts.lost not in STOPS_FINES:
        return find
    return replace(find, last_charged=_last_charged(facts, decided, lost_at))


def _last_charged(
    facts: ReturnFacts, decided: str, lost_at: datetime | None
) -> datetime | None:
    """None: every day until the return costs."""
    if decided == REFUND_AND_FINE:
        return None
    setting = organisation().setting(FINE_WHEN_LOST, facts.rules_library_id)
    if setting.value != KEEP and decided != REFUND_AND_OLD_FINE:
        return facts.due_at
    return lost_at


def _money(
    configuration: int, facts: ReturnFacts, *, by: Actor, now: datetime
) -> tuple[Find, str]:
    loan = _lost_by(facts)
    charge = None if loan is None else replacement_of(loan.pk)
    if loan is None or charge is None:
        return NOTHING_FOUND, NO_CHARGE
    matrix = rules_in_force(localdate(now), configuration)
    terms = matrix.terms(loan.rules_library_id, loan.category_id, loan.item_type_id)
    decided = terms.lost_refund
    if decided == KEEP_CHARGE:
        return Find(notes=((Note.CHARGE_KEPT, {}),)), decided
    trace = {**charge.trace, "found": localdate(now).isoformat()}
    cents = take_back(charge, trace=trace, by=by, now=now)
    if not cents:
        return NOTHING_FOUND, NO_CHARGE
    if loan.returned_at is not None and decided != REFUND:
        until = loan.returned_at if decided == REFUND_AND_OLD_FINE else now
        _fine_after_all(loan, charge, until=until, by=by, now=now)
    told = (Note.CHARGE_TAKEN_BACK, {"cents": euros(cents)})
    return Find(notes=(told,), taken_back=(charge.pk, cents)), decided


def _lost_by(facts: ReturnFacts) -> Loan | None:
    """The loan in which it was lost: the one that ends now, or the last that ended."""
    loans = Loan.objects.filter(item_id=facts.item_id).select_related("item")
    last = loans.order_by("-lent_at", "-pk").first()
    if last is None or last.pk == facts.loan_id:
        return last
    return last if last.ending == Loan.Ending.LOST else None


def _fine_after_all(
    loan: Loan, charge: Charge, *, until: datetime, by: Actor, now: datetime
) -> None:
    """The overdue fine of a loan that had ended with the loss."""
    fine = fine_of(loan, until=until)
    due = FineDue(
        loan_id=loan.pk,
        period=loan.renewals,
        patron_id=charge.patron_id,
        library_id=loan.library_id,
        item_id=loan.item_id,
        title=loan.title,
        cents=fine.cents,
        trace=fine.trace,
        final=True,
    )
    let_grow_again(loan.pk, loan.renewals)
    accrue([due], by=by, now=now)
