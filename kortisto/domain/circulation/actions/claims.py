"""A patron says that a loan is not with them: note it, look for it, resolve it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.core.text import tidy
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.fines import due_of, fine_of
from kortisto.domain.circulation.claim_settings import FINE_MEANWHILE, NONE
from kortisto.domain.circulation.claims import stopped, taken_off
from kortisto.domain.circulation.due import end_of
from kortisto.domain.circulation.events import (
    ClaimedItemSought,
    ClaimReopened,
    ClaimResolved,
    LoanClaimed,
)
from kortisto.domain.circulation.models import Claim, Loan
from kortisto.domain.circulation.permissions import LendingPermission as May
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.fees.actions.charges import accrue
from kortisto.domain.org.queries import organisation

LONGEST_NOTE: Final = 300  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClaim:
    """What a patron says. ``library_id``: where it is looked for.

    ``told_on`` is the day they said it, when that was earlier: a call, a letter.
    """

    kind: str
    library_id: int
    note: str = ""
    told_on: date | None = None


@transaction.atomic
def claim(loan_id: int, new: NewClaim, *, by: Actor, now: datetime) -> Claim:
    """Note that a loan is not with its patron: from now on nothing of it is overdue.

    Raises Refused when the loan has ended or is claimed already, NotPermitted, and
    ValueError for a kind that there is not, a note that is too long, and a day that
    has not come or is before the loan began.
    """
    by.require(May.LEND)
    loan = locked_loan(loan_id)
    if loan.claimed_at is not None:
        raise Refused([Refusal(Reason.LOAN_CLAIMED)])
    kind, note = Claim.Kind(new.kind), checked_note(new.note)
    loan.claimed_at = _moment(loan, new.told_on, by=by, now=now)
    loan.save(update_fields=["claimed_at"])
    assert loan.patron_id is not None  # noqa: S101 - an open loan knows its patron
    made = Claim.objects.create(
        loan=loan,
        patron_id=loan.patron_id,
        kind=kind,
        note=note,
        library_id=new.library_id,
        claimed_at=loan.claimed_at,
        made_at=now,
        made_by=by.label,
    )
    settle_meanwhile(loan, by=by, now=now)
    told = LoanClaimed(**about(loan), claim=kind.value)
    publish(told, by=by, at=now)
    return made


def checked_note(text: str) -> str:
    """What is noted about a loan, tidied. Raises ValueError when it is too long."""
    note = tidy(text)
    if len(note) > LONGEST_NOTE:
        raise ValueError(
            _("The note has at most {most} characters.").format(most=LONGEST_NOTE)
        )
    return note


def locked_loan(loan_id: int) -> Loan:
    """An open loan, whose item and row nobody else changes until the end.

    Raises Refused (not-on-loan), Loan.DoesNotExist.
    """
    item_id = Loan.objects.values_list("item_id", flat=True).get(pk=loan_id)
    Item.objects.select_for_update(no_key=True).get(pk=item_id)
    loan = Loan.objects.select_for_update(no_key=True).get(pk=loan_id)
    if loan.returned_at is not None:
        raise Refused([Refusal(Reason.NOT_ON_LOAN)])
    return loan


def _moment(loan: Loan, told_on: date | None, *, by: Actor, now: datetime) -> datetime:
    if told_on is None or told_on == localdate(now):
        return now
    by.require(May.BACKDATE)
    if told_on > localdate(now):
        raise ValueError(_("The day cannot be in the future."))
    moment = end_of(told_on)
    if moment < loan.lent_at:
        raise ValueError(_("The item was lent only after that day."))
    return moment


def settle_meanwhile(loan: Loan, *, by: Actor, now: datetime) -> None:
    """Bring the fine of a claimed loan to what the library has decided."""
    assert loan.claimed_at is not None  # noqa: S101 - the caller has claimed it
    decided = organisation().setting(FINE_MEANWHILE, loan.rules_library_id).value
    fine = (
        taken_off("claimed")
        if decided == NONE
        else stopped(fine_of(loan, until=loan.claimed_at))
    )
    accrue([due_of(loan, fine)], by=by, now=now)


@transaction.atomic
def looked_in_vain(claim_id: int, *, by: Actor, now: datetime) -> Claim:
    """It does not stand where it should. Raises Claim.DoesNotExist, NotPermitted."""
    by.require(May.LEND)
    found = Claim.objects.select_for_update(no_key=True).get(
        pk=claim_id, resolved_at=None
    )
    found.looks, found.looked_at = found.looks + 1, now
    found.save(update_fields=["looks", "looked_at"])
    assert found.loan is not None  # noqa: S101 - an open claim knows its loan
    publish(ClaimedItemSought(**about(found.loan)), by=by, at=now)
    return found


@transaction.atomic
def withdraw_claim(claim_id: int, *, by: Actor, now: datetime) -> None:
    """The patron has it after all: the loan goes on as if nothing had been said.

    The next night counts its fine, if there is one. Raises Claim.DoesNotExist.
    """
    by.require(May.LEND)
    loan_id = Claim.objects.values_list("loan_id", flat=True).get(
        pk=claim_id, resolved_at=None
    )
    assert loan_id is not None  # noqa: S101 - an open claim knows its loan
    loan = locked_loan(loan_id)
    found = open_claim_of(loan_id)
    loan.claimed_at = None
    loan.save(update_fields=["claimed_at"])
    resolve(found, Claim.Resolution.WITHDRAWN, by=by, now=now)


def open_claim_of(loan_id: int) -> Claim:
    """The claim of a loan that is claimed, locked."""
    return Claim.objects.select_for_update(no_key=True).get(
        loan_id=loan_id, resolved_at=None
    )


def resolve(
    found: Claim, resolution: Claim.Resolution, *, by: Actor, now: datetime
) -> None:
    """Close a claim, inside the transaction of what has resolved it.

    When its loan has forgotten the patron already, the claim forgets the loan.
    """
    assert found.loan_id is not None  # noqa: S101 - an open claim knows its loan
    loan = Loan.objects.get(pk=found.loan_id)
    found.resolution, found.resolved_at, found.resolved_by = resolution, now, by.label
    if loan.patron_id is None:
        found.loan, found.note = None, ""
    found.save()
    told = ClaimResolved(**about(loan), resolution=resolution.value)
    publish(told, by=by, at=now)


def reopen(claim_id: int, note: str, loan: Loan, *, by: Actor, now: datetime) -> None:
    """What had resolved the claim was undone, and its loan is open again."""
    Claim.objects.filter(pk=claim_id).update(
        loan=loan, note=note, resolution="", resolved_at=None, resolved_by=""
    )
    settle_meanwhile(loan, by=by, now=now)
    publish(ClaimReopened(**about(loan)), by=by, at=now)


def about(loan: Loan) -> dict[str, int]:
    """What every event of a loan names."""
    return {"loan_id": loan.pk, "item_id": loan.item_id, "record_id": loan.record_id}
