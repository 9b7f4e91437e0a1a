"""Lend an item."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.database import on_postgresql
from kortisto.core.refusals import Refusal, Refused, refuse
from kortisto.domain.circulation import facts
from kortisto.domain.circulation.actions import writing
from kortisto.domain.circulation.decisions import Decision, decide_checkout
from kortisto.domain.circulation.facts import Snapshot
from kortisto.domain.circulation.permissions import LendingPermission as May
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.patrons.permissions import reads_notes

ATTEMPTS: Final = 5


class TooBusy(DatabaseError):
    """Others changed the same patron or item again and again: nothing was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """A loan that stands after a check-out.

    ``already`` says that the same patron had it before and nothing was changed.
    ``notices`` are told and stopped nothing; ``overridden`` were set aside.
    """

    loan_id: int
    item_id: int
    record_id: int
    patron_id: int
    barcode: str
    title: str
    due_at: datetime
    already: bool = False
    notices: tuple[Refusal, ...] = ()
    overridden: tuple[Refusal, ...] = field(default=())


def checkout(
    card: str,
    barcode: str,
    *,
    by: Actor,
    now: datetime,
    overriding: Collection[str] = (),
    due_on: date | None = None,
) -> Lent:
    """Lend an item to the patron of a card.

    Raises Refused with every reason that was not set aside, NotPermitted, ValueError
    for a chosen due date before today. The same item scanned again for the
    same patron changes nothing and is no refusal: two scans make one loan.
    """
    by.require(May.LEND)
    today = localdate(now)
    if due_on is not None:
        by.require(May.SET_DUE_DATE)
        if due_on < today:
            message = "a due date cannot be in the past"
            raise ValueError(message)
    for _attempt in range(ATTEMPTS):
        try:
            lent = _lend(
                card,
                barcode,
                by=by,
                now=now,
                today=today,
                overriding=overriding,
                due_on=due_on,
            )
        except IntegrityError:  # another desk was faster: look again, say why
            continue
        if lent is not None:
            return lent
    raise TooBusy


def _lend(
    card: str,
    barcode: str,
    *,
    by: Actor,
    now: datetime,
    today: date,
    overriding: Collection[str],
    due_on: date | None,
) -> Lent | None:
    """Look, decide, write. None when the facts changed before the writing."""
    if on_postgresql() and not connection.in_atomic_block:
        return _look_decide_write(
            card, barcode, by=by, now=now, today=today, over=overriding, due_on=due_on
        )
    with transaction.atomic():
        return _look_decide_write(
            card, barcode, by=by, now=now, today=today, over=overriding, due_on=due_on
        )


def _look_decide_write(
    card: str,
    barcode: str,
    *,
    by: Actor,
    now: datetime,
    today: date,
    over: Collection[str],
    due_on: date | None,
) -> Lent | None:
    assert by.library_id is not None  # noqa: S101 - lending needs a working library
    snapshot = facts.for_checkout(card, barcode, today=today)
    loan = snapshot.loan
    theirs = loan is not None and loan.patron_id == snapshot.patron.id
    if loan is not None and theirs and not loan.claimed:
        return _lent(snapshot, loan.id, loan.due_at, already=True)
    decision = decide_checkout(
        snapshot,
        library_id=by.library_id,
        today=today,
        now=now,
        due_on=due_on,
        sees_notes=reads_notes(by),
    )
    overridden = refuse(decision.refusals, by=by, overriding=over)
    loan_id = writing.start_loan(
        snapshot,
        decision,
        by=by,
        now=now,
        overridden=tuple(refusal.reason.value for refusal in overridden),
    )
    if loan_id is None:
        return None
    return _lent(
        snapshot, loan_id, decision.due.at, decision=decision, overridden=overridden
    )


def _lent(
    snapshot: Snapshot,
    loan_id: int,
    due_at: datetime,
    *,
    already: bool = False,
    decision: Decision | None = None,
    overridden: tuple[Refusal, ...] = (),
) -> Lent:
    refusals = () if decision is None else decision.refusals
    return Lent(
        loan_id=loan_id,
        item_id=snapshot.item.id,
        record_id=snapshot.item.record_id,
        patron_id=snapshot.patron.id,
        barcode=snapshot.item.barcode,
        title=snapshot.item.title,
        due_at=due_at,
        already=already,
        notices=tuple(refusal for refusal in refusals if refusal.notice),
        overridden=overridden,
    )


def checkout_box(
    card: str, barcodes: Collection[str], *, by: Actor, now: datetime
) -> list[Lent | tuple[str, Refused]]:
    """Lend a box of items one by one; what is refused stays out, the rest is lent.

    The answers are in the order of the barcodes. A card that nobody has refuses all.
    """
    answers: list[Lent | tuple[str, Refused]] = []
    for barcode in barcodes:
        try:
            answers.append(checkout(card, barcode, by=by, now=now))
        except Refused as refused:
            if any(
                reason.reason in {Reason.UNKNOWN_CARD, Reason.OLD_CARD}
                for reason in refused.refusals
            ):
                raise
            answers.append((barcode, refused))
    return answers
