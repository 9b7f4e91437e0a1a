"""Everything on a patron's page, in a fixed number of questions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.domain.circulation.queries import history_of, loans_of
from kortisto.domain.fees.queries import OpenCharge, credits_of, open_charges
from kortisto.domain.holds.models import Hold
from kortisto.domain.patrons.models import Card
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.records import dependants_of, guardians_of
from kortisto.interfaces.staff.loan_rows import loan_rows
from kortisto.interfaces.staff.patron_panel import panel_of
from kortisto.interfaces.staff.taking_back import trace_of_fine
from kortisto.ui.parts import TraceLine

MOST_PAST: Final = 50  # past loans on the page
HELD: Final = (Hold.State.QUEUED, Hold.State.TRAVELLING, Hold.State.WAITING)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeRow:
    charge: OpenCharge
    trace: list[TraceLine]


def patron_context(patron_id: int, *, by: Actor, now: datetime) -> dict[str, Any]:
    """Raises DoesNotExist, NotPermitted. The view is logged."""
    today = localdate(now)
    panel = panel_of(patron_id, by=by, now=now, page="patron")
    cards = list(Card.objects.filter(patron_id=patron_id).order_by("-active", "-pk"))
    may_see_history = by.may(PatronPermission.SEE_HISTORY)
    past = history_of(patron_id)[:MOST_PAST] if may_see_history else ()
    charges = open_charges(patron_id) if panel.money is not None else []
    credits_ = credits_of(patron_id) if panel.money is not None else []
    holds = Hold.objects.filter(patron_id=patron_id, state__in=HELD)
    return {
        "panel": panel,
        "patron": panel.patron,
        "cards": cards,
        "card": next((card for card in cards if card.active), None),
        "loans": loan_rows(loans_of(patron_id), now=now),
        "may_see_history": may_see_history,
        "past": list(past),
        "charges": [
            ChargeRow(charge=charge, trace=trace_of_fine(charge.trace))
            for charge in charges
        ],
        "credit_cents": sum(credit.cents for credit in credits_),
        "money_key": uuid4().hex,
        "holds": list(
            holds.select_related("record", "pickup_library").order_by("placed_at")
        ),
        "guardians": list(guardians_of(patron_id, today)),
        "dependants": [each.link.dependant for each in dependants_of(patron_id, today)],
        "actor": by,
    }
