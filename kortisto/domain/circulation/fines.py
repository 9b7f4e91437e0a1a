"""How much an overdue loan costs. Pure; the same at night, at renewal and check-in."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kortisto.domain.circulation.due import HELSINKI
from kortisto.domain.org.rules import OpeningCalendar
from kortisto.domain.policies.rules import Terms


@dataclass(frozen=True, slots=True)
class Fine:
    """The whole fine of one loan period up to a day, and why it is so much."""

    cents: int
    trace: dict[str, Any]


NO_FINE = Fine(0, {})


def overdue_fine(
    terms: Terms,
    calendar: OpeningCalendar,
    *,
    due_at: datetime,
    until: datetime,
    replacement_price_cents: int | None = None,
) -> Fine:
    """The fine for the days after the due date, the day of ``until`` included.

    A return on the due date costs nothing. Closed days cost nothing when the rule
    says so. Grace days cost nothing while they last; once they have run out they are
    charged too when ``grace_included`` is set. One ``fine_cents`` is charged for each
    ``fine_every_days``, at the start or at the end of them; never more altogether
    than ``fine_max_cents``, nor than the replacement price when the rule says so
    (REQUIREMENTS FEE-3, CIR-4).
    """
    first, last = _day(due_at), _day(until)
    if last <= first or not terms.fine_cents:
        return NO_FINE
    calendar_days = (last - first).days
    days = (
        calendar_days
        if terms.fine_counts_closed_days
        else calendar.open_days(first, last)
    )
    charged = days
    if terms.grace_days:
        if days <= terms.grace_days:
            charged = 0
        elif not terms.grace_included:
            charged = days - terms.grace_days
    if charged <= 0:
        return NO_FINE
    every = max(terms.fine_every_days, 1)
    times = charged // every if terms.fine_charged_at == "end" else -(-charged // every)
    if not times:
        return NO_FINE
    full = times * terms.fine_cents
    caps = [full]
    if terms.fine_max_cents is not None:
        caps.append(terms.fine_max_cents)
    if terms.fine_cap_replacement_price and replacement_price_cents is not None:
        caps.append(replacement_price_cents)
    cents = min(caps)
    trace: dict[str, Any] = {
        "due_on": first.isoformat(),
        "until": last.isoformat(),
        "days": charged,
        "closed_days_left_out": calendar_days - days,
        "grace_days": terms.grace_days,
        "every_days": terms.fine_every_days,
        "cents_each": terms.fine_cents,
        "cap_cents": cents if cents < full else None,
        "cents": cents,
    }
    return Fine(cents, trace)


def _day(moment: datetime) -> date:
    return moment.astimezone(HELSINKI).date()
