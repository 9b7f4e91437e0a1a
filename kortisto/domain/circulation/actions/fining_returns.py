"""The fine of a loan that ends: how much, and written to the account."""

from datetime import datetime

from kortisto.core.actors import Actor
from kortisto.domain.circulation.actions.fines import fine_until
from kortisto.domain.circulation.claims import (
    FINE_AFTER,
    last_charged,
    stopped,
    taken_off,
)
from kortisto.domain.circulation.fines import Fine
from kortisto.domain.circulation.models import Claim
from kortisto.domain.circulation.returns import ReturnFacts
from kortisto.domain.fees.actions.charges import FineDue, accrue
from kortisto.domain.org.queries import organisation


def fine_of(
    configuration: int,
    facts: ReturnFacts,
    resolution: Claim.Resolution | None,
    *,
    until: datetime,
) -> Fine:
    """How much, up to a moment; nothing, or less, when it had been claimed."""
    if resolution is None or facts.claimed_at is None:
        return _fine_until(configuration, facts, until)
    setting = FINE_AFTER[resolution]
    tree = organisation(configuration)
    decided = tree.setting(setting, facts.rules_library_id).value
    last = last_charged(decided, claimed_at=facts.claimed_at, returned_at=until)
    if last is None:
        return taken_off(resolution.value)
    fine = _fine_until(configuration, facts, last)
    return fine if last == until else stopped(fine)


def _fine_until(configuration: int, facts: ReturnFacts, until: datetime) -> Fine:
    assert facts.due_at is not None  # noqa: S101 - an open loan has all of these
    assert facts.rules_library_id is not None  # noqa: S101
    assert facts.category_id is not None  # noqa: S101
    return fine_until(
        configuration=configuration,
        rules_library_id=facts.rules_library_id,
        category_id=facts.category_id,
        item_type_id=facts.item_type_id,
        due_at=facts.due_at,
        until=until,
        replacement_price_cents=facts.replacement_price_cents,
    )


def post(facts: ReturnFacts, fine: Fine, *, by: Actor, now: datetime) -> None:
    """Write it to the patron's account, for good."""
    assert facts.loan_id is not None  # noqa: S101 - only loans are fined
    assert facts.patron_id is not None  # noqa: S101
    assert facts.lent_library_id is not None  # noqa: S101
    due = FineDue(
        loan_id=facts.loan_id,
        period=facts.renewals,
        patron_id=facts.patron_id,
        library_id=facts.lent_library_id,
        item_id=facts.item_id,
        title=facts.title[:200],
        cents=fine.cents,
        trace=fine.trace,
        final=True,
    )
    accrue([due], by=by, now=now)
