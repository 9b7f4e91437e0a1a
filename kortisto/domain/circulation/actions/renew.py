"""Give a loan a later due date. The same rules at every door (CIR-30)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection, transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor, ActorKind, NotPermitted
from kortisto.core.database import on_postgresql
from kortisto.core.refusals import Refusal, Refused, refuse
from kortisto.domain.circulation import facts
from kortisto.domain.circulation.actions import writing
from kortisto.domain.circulation.actions.checkout import ATTEMPTS, TooBusy
from kortisto.domain.circulation.actions.fines import settle_period
from kortisto.domain.circulation.decisions import decide_renewal
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission as May
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.patrons.permissions import reads_notes

SCANNED_AGAIN: Final = frozenset({Reason.TOO_SOON, Reason.DUE_NO_LATER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """A loan after renewal. ``unchanged``: it was too soon, and that is no failure."""

    loan_id: int
    title: str
    due_at: datetime
    renewals: int
    unchanged: bool = False
    notices: tuple[Refusal, ...] = ()


def renew(
    loan_id: int,
    *,
    by: Actor,
    now: datetime,
    overriding: Collection[str] = (),
) -> Renewed:
    """Renew an open loan.

    Staff need the permission to lend; a patron may renew their own loans only, which
    the action checks itself. Raises Refused with every reason, NotPermitted. A loan
    made or renewed today answers with its due date unchanged instead of a refusal
    when it is only too soon, and nobody asked to set that aside (CIR-32).
    """
    if by.kind is not ActorKind.PATRON:
        by.require(May.LEND)
    today = localdate(now)
    for _attempt in range(ATTEMPTS):
        renewed = _renew(loan_id, by=by, now=now, today=today, over=overriding)
        if renewed is not None:
            return renewed
    raise TooBusy


def _renew(
    loan_id: int, *, by: Actor, now: datetime, today: date, over: Collection[str]
) -> Renewed | None:
    if on_postgresql() and not connection.in_atomic_block:
        snapshot = facts.for_loan(loan_id, today=today)
        if snapshot is None or snapshot.loan is None or snapshot.loan.due_at >= now:
            return _decide_and_write(loan_id, by=by, now=now, today=today, over=over)
    with transaction.atomic():
        # An overdue period ends with a fine: hold the loan's row until it is posted.
        Loan.objects.select_for_update(no_key=True).filter(pk=loan_id).first()
        return _decide_and_write(loan_id, by=by, now=now, today=today, over=over)


def _decide_and_write(
    loan_id: int, *, by: Actor, now: datetime, today: date, over: Collection[str]
) -> Renewed | None:
    snapshot = facts.for_loan(loan_id, today=today)
    if snapshot is None or snapshot.loan is None:
        raise Refused([Refusal(Reason.NOT_ON_LOAN)])
    loan = snapshot.loan
    if by.kind is ActorKind.PATRON and by.id != loan.patron_id:
        raise NotPermitted(May.LEND)
    decision = decide_renewal(
        snapshot,
        today=today,
        now=now,
        unattended=by.kind in {ActorKind.PATRON, ActorKind.DEVICE},
        sees_notes=reads_notes(by),
    )
    begun_on = localdate(loan.renewed_at or loan.lent_at)
    binding = {r.reason for r in decision.refusals if not r.notice}
    if begun_on == today and binding and binding <= SCANNED_AGAIN.difference(over):
        return Renewed(
            loan_id=loan.id,
            title=snapshot.item.title,
            due_at=loan.due_at,
            renewals=loan.renewals,
            unchanged=True,
        )
    overridden = refuse(decision.refusals, by=by, overriding=over)
    if loan.due_at < now:
        settle_period(snapshot, by=by, now=now)
    written = writing.renew_loan(
        snapshot,
        decision,
        by=by,
        now=now,
        overridden=tuple(refusal.reason.value for refusal in overridden),
    )
    if not written:
        return None
    return Renewed(
        loan_id=loan.id,
        title=snapshot.item.title,
        due_at=decision.due.at,
        renewals=loan.renewals + 1,
        notices=tuple(refusal for refusal in decision.refusals if refusal.notice),
    )


def renew_many(
    loan_ids: Collection[int], *, by: Actor, now: datetime
) -> list[Renewed | tuple[int, Refused]]:
    """Renew each loan that can be; a refusal of one never stops the others."""
    answers: list[Renewed | tuple[int, Refused]] = []
    for loan_id in loan_ids:
        try:
            answers.append(renew(loan_id, by=by, now=now))
        except Refused as refused:
            answers.append((loan_id, refused))
    return answers
