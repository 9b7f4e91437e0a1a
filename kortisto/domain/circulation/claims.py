"""What a claim means for the money. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from kortisto.domain.circulation.claim_settings import (
    FINE_WHEN_BROUGHT,
    FINE_WHEN_FOUND,
    NONE,
    TO_CLAIM,
)
from kortisto.domain.circulation.fines import Fine
from kortisto.domain.circulation.models import Claim
from kortisto.domain.org.settings import Setting

FINE_AFTER: Final[Mapping[str, Setting[str]]] = {
    Claim.Resolution.FOUND: FINE_WHEN_FOUND,
    Claim.Resolution.BROUGHT: FINE_WHEN_BROUGHT,
}
"""How the setting is called that says what a return costs, by resolution."""


def last_charged(
    decided: str, *, claimed_at: datetime, returned_at: datetime
) -> datetime | None:
    """Until when days are charged; None: there is no fine at all."""
    if decided == NONE:
        return None
    if decided == TO_CLAIM:
        return min(claimed_at, returned_at)
    return returned_at


def taken_off(why: str) -> Fine:
    """No fine, and the reason for "Why?"."""
    return Fine(0, {"taken_off": why})


def stopped(fine: Fine) -> Fine:
    """The same fine, which says that no day after the claim was charged."""
    return Fine(fine.cents, {**fine.trace, "claimed": True}) if fine.trace else fine
