"""Recall a loan: it is due sooner, because somebody else needs the item."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.days import written
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.core.versions import configuration_number
from kortisto.domain.circulation.actions.claims import about, locked_loan
from kortisto.domain.circulation.decisions import terms_of
from kortisto.domain.circulation.due import Due, due_when_recalled, end_of
from kortisto.domain.circulation.events import LoanRecalled, RecallTakenBack
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission as May
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.policies.parameters import RECALL_DAYS, RECALL_LEAST_DAYS


@dataclass(frozen=True, slots=True)
class Recall:
    """What a recall would do: the new due date, or every reason against it."""

    due: Due | None
    refusals: tuple[Refusal, ...]
    rules: dict[str, object]  # which row gave each value, for the trace


def decide_recall(loan: Loan, *, now: datetime) -> Recall:
    """Decide by the rules that the loan was made by. Nothing is written."""
    terms, calendar, _matrix = terms_of(
        configuration_number(),
        day=localdate(now),
        library_id=loan.rules_library_id,
        category_id=loan.category_id,
        item_type=loan.item_type_id,
    )
    if terms.recall_days is None:
        return Recall(None, (Refusal(Reason.NOT_RECALLED),), {})
    due = due_when_recalled(
        terms, calendar, lent_at=loan.lent_at, due_at=loan.due_at, now=now
    )
    refusals = []
    if loan.returned_at is not None:
        refusals.append(Refusal(Reason.NOT_ON_LOAN))
    if loan.claimed_at is not None:
        refusals.append(Refusal(Reason.LOAN_CLAIMED))
    if loan.recalled_at is not None:
        facts = {"due_on": written(localdate(loan.due_at))}
        refusals.append(Refusal(Reason.RECALLED, facts=facts))
    elif due.at >= loan.due_at:
        facts = {"due_on": written(due.on)}
        refusals.append(Refusal(Reason.DUE_NO_SOONER, facts=facts))
    rules = terms.trace(RECALL_DAYS, RECALL_LEAST_DAYS)
    return Recall(due, tuple(refusals), rules)


@transaction.atomic
def recall(loan_id: int, *, by: Actor, now: datetime) -> Loan:
    """Make it due sooner, as the rules say; its patron is told by the event.

    Raises Refused with every reason, NotPermitted, Loan.DoesNotExist.
    """
    by.require(May.RECALL)
    loan = locked_loan(loan_id)
    decided = decide_recall(loan, now=now)
    if decided.refusals or decided.due is None:
        raise Refused(list(decided.refusals))
    loan.due_at, loan.recalled_at = decided.due.at, now
    loan.trace = {
        **loan.trace,
        "rules": {**loan.trace.get("rules", {}), **decided.rules},
        "steps": [*loan.trace.get("steps", []), *decided.due.steps],
    }
    loan.save(update_fields=["due_at", "recalled_at", "trace"])
    told = LoanRecalled(**about(loan), due_at=loan.due_at.isoformat())
    publish(told, by=by, at=now)
    return loan


@transaction.atomic
def take_recall_back(loan_id: int, *, by: Actor, now: datetime) -> Loan:
    """Nobody needs it any more: it is due when it was before, or on the next open day.

    Libraries may have been closed meanwhile for the day that it had: then it is due
    when it can be brought back, and never sooner than its patron was told since.
    Raises Refused when it is not recalled (any more), NotPermitted.
    """
    by.require(May.RECALL)
    loan = locked_loan(loan_id)
    steps = list(loan.trace.get("steps", []))
    places = [place for place, step in enumerate(steps) if step[0] == "recalled"]
    if loan.recalled_at is None or not places:
        raise Refused([Refusal(Reason.NOT_RECALLED)])
    *_told, before = steps[places[-1]]
    was = datetime.fromisoformat(before)
    moved = any(step[0] == "moved" for step in steps[places[-1] :])
    due_at = _due_again(loan, was, told=loan.due_at if moved else None, now=now)
    steps = steps[: places[-1]]
    if due_at != was:
        days = [localdate(moment).isoformat() for moment in (was, due_at)]
        steps.append(["moved", *days])
    loan.due_at, loan.recalled_at = due_at, None
    loan.trace = {**loan.trace, "steps": steps}
    loan.save(update_fields=["due_at", "recalled_at", "trace"])
    told = RecallTakenBack(**about(loan), due_at=loan.due_at.isoformat())
    publish(told, by=by, at=now)
    return loan


def _due_again(
    loan: Loan, was: datetime, *, told: datetime | None, now: datetime
) -> datetime:
    """The date that it had, on a day when it can be brought back by the rules."""
    terms, calendar, _matrix = terms_of(
        configuration_number(),
        day=localdate(now),
        library_id=loan.rules_library_id,
        category_id=loan.category_id,
        item_type=loan.item_type_id,
    )
    day, due_at = localdate(was), was
    if terms.closed_days != "ignore":
        opens = calendar.soonest_open(day)
        due_at = was if opens == day else end_of(opens)
    return due_at if told is None else max(due_at, told)
