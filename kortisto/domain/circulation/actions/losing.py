"""Something is lost or damaged: mark the item, end the loan, charge what it costs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.catalogue.events import ItemChanged
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.claims import (
    about,
    checked_note,
    locked_loan,
    open_claim_of,
    resolve,
)
from kortisto.domain.circulation.actions.fines import due_of, fine_of
from kortisto.domain.circulation.actions.forgetting_claims import let_loans_go
from kortisto.domain.circulation.claims import stopped, taken_off
from kortisto.domain.circulation.events import ItemMarked, LoanDamaged, LoanLost
from kortisto.domain.circulation.loss_settings import ENDS_LOAN, FINE_WHEN_LOST, KEEP
from kortisto.domain.circulation.losses import (
    DAMAGED,
    DAMAGED_OF,
    Lost,
    Mark,
    marked,
    priced,
)
from kortisto.domain.circulation.models import Claim, Loan
from kortisto.domain.circulation.permissions import LendingPermission as May
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.fees.actions.charges import accrue
from kortisto.domain.fees.actions.replacement import Replacement, charge_replacement
from kortisto.domain.holds.actions.journeys import release
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.models import Patron

MOST_CENTS: Final = 9_999_99


@dataclass(frozen=True, slots=True, kw_only=True)
class Compensation:
    """What the patron pays for it; nothing: lost or damaged without a charge."""

    cents: int = 0
    note: str = ""


def replacement_price(item: Item) -> int | None:
    """What a new one costs, as far as it is known."""
    return item.replacement_price_cents or item.price_cents


@transaction.atomic
def lose(
    loan_id: int,
    cost: Compensation,
    *,
    by: Actor,
    now: datetime,
    code: Lost = Lost.LOST,
) -> Loan:
    """The patron has lost it. An open claim is resolved so.

    The loan ends when the library has decided so. Raises Refused when it has ended
    already, NotPermitted, and ValueError for a sum or a note that cannot be.
    """
    by.require(May.MARK_ITEMS)
    note = _checked(cost)
    loan = locked_loan(loan_id)
    ends = organisation().setting(ENDS_LOAN, loan.rules_library_id).value
    stop_fine(loan, lost_at=now, ends=ends, by=by, now=now)
    _charge(loan, cost.cents, note, by=by, now=now)
    claim = None if loan.claimed_at is None else open_claim_of(loan.pk)
    if claim is not None:  # before the loan's patron may be forgotten
        resolve(claim, Claim.Resolution.LOST, by=by, now=now)
    if ends:
        _end(loan, by=by, now=now)
    elif claim is not None:
        loan.claimed_at = None
        loan.save(update_fields=["claimed_at"])
    set_statuses(loan.item_id, {"lost": code.value}, by=by, now=now)
    told = LoanLost(**about(loan), lost=code.value, ended=ends)
    publish(told, by=by, at=now)
    return loan


@transaction.atomic
def damage(loan_id: int, cost: Compensation, *, by: Actor, now: datetime) -> Loan:
    """It came back damaged, or the patron says so; the loan goes on or has ended.

    Raises Refused when the loan does not know its patron any more and a charge is
    asked for, NotPermitted, and ValueError for a sum or a note that cannot be.
    """
    by.require(May.MARK_ITEMS)
    note = _checked(cost)
    item_id = Loan.objects.values_list("item_id", flat=True).get(pk=loan_id)
    Item.objects.select_for_update(no_key=True).get(pk=item_id)
    loan = Loan.objects.select_for_update(no_key=True).get(pk=loan_id)
    if cost.cents and loan.patron_id is None:
        raise Refused([Refusal(Reason.PATRON_FORGOTTEN)])
    _charge(loan, cost.cents, note, by=by, now=now)
    set_statuses(item_id, {"damaged": DAMAGED}, by=by, now=now)
    publish(LoanDamaged(**about(loan)), by=by, at=now)
    return loan


@transaction.atomic
def mark_item(item_id: int, mark: Mark, *, by: Actor, now: datetime) -> Item:
    """Missing, to be searched for, damaged, in order again. Nobody pays anything.

    What is not in order waits for nobody: a hold that it was set aside for is back in
    its place in the queue. Raises Refused for what is on loan: its patron has it or
    has lost it.
    """
    by.require(May.MARK_ITEMS)
    item = Item.objects.select_for_update(no_key=True).get(pk=item_id)
    lent = Loan.objects.filter(item=item, returned_at=None).exists()
    if lent and mark not in DAMAGED_OF:
        raise Refused([Refusal(Reason.ITEM_IS_LENT)])
    set_statuses(item_id, marked(mark), by=by, now=now)
    if mark is not Mark.IN_ORDER:
        release(item_id, by=by, now=now)
    told = ItemMarked(item_id=item.pk, record_id=item.record_id, mark=mark.value)
    publish(told, by=by, at=now)
    item.refresh_from_db()
    return item


def _checked(cost: Compensation) -> str:
    if not 0 <= cost.cents <= MOST_CENTS:
        raise ValueError(_("The sum cannot be less than nothing, or that large."))
    return checked_note(cost.note)


def stop_fine(
    loan: Loan, *, lost_at: datetime, ends: bool, by: Actor, now: datetime
) -> None:
    """It grows no more: up to the loss, or the day of a claim, or there is none."""
    decided = organisation().setting(FINE_WHEN_LOST, loan.rules_library_id).value
    if decided != KEEP:
        fine = taken_off("lost")
    else:
        fine = fine_of(loan, until=loan.claimed_at or lost_at)
        fine = fine if loan.claimed_at is None else stopped(fine)
    accrue([due_of(loan, fine, final=ends)], by=by, now=now)


def _charge(loan: Loan, cents: int, note: str, *, by: Actor, now: datetime) -> None:
    if not cents:
        return
    assert loan.patron_id is not None  # noqa: S101 - checked by the action
    new = Replacement(
        loan_id=loan.pk,
        period=loan.renewals,
        patron_id=loan.patron_id,
        owner_id=loan.item.home_library_id,
        item_id=loan.item_id,
        title=loan.title,
        cents=cents,
        note=note,
        trace=priced(cents, replacement_price(loan.item)),
    )
    charge_replacement(new, by=by, now=now)


def _end(loan: Loan, *, by: Actor, now: datetime) -> None:
    assert loan.patron_id is not None  # noqa: S101 - an open loan knows its patron
    choice = Patron.objects.values_list("history", flat=True).get(pk=loan.patron_id)
    loan.returned_at = max(now, loan.lent_at)
    loan.returned_by = by.label
    loan.returned_library_id = by.library_id
    loan.ending = Loan.Ending.LOST
    if choice == Patron.History.NEVER:
        loan.patron = None
        let_loans_go([loan.pk])
    loan.save()


def set_statuses(
    item_id: int, values: dict[str, str], *, by: Actor, now: datetime
) -> None:
    """Write statuses of an item, each with since when."""
    item = Item.objects.get(pk=item_id)
    changed = {
        name: code for name, code in values.items() if getattr(item, name) != code
    }
    if not changed:
        return
    for name, code in changed.items():
        setattr(item, name, code)
        setattr(item, f"{name}_at", now if code else None)
    item.changed_at = now
    columns = [*changed, *(f"{name}_at" for name in changed), "changed_at"]
    item.save(update_fields=columns)
    publish(ItemChanged(item_id=item.pk, record_id=item.record_id), by=by, at=now)
