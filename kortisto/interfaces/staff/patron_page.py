"""Everything on a patron's page, in a fixed number of questions (PAT-17)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.domain.circulation.claim_queries import claims_of_patron
from kortisto.domain.circulation.queries import history_of, loan_counts_of, loans_of
from kortisto.domain.fees.permissions import FeePermission
from kortisto.domain.fees.queries import (
    OpenCharge,
    credits_of,
    open_charges,
    owed_by,
)
from kortisto.domain.holds.actions.restoring import one_of_each, restorable
from kortisto.domain.holds.bundles import leading
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.places import places_of_patron
from kortisto.domain.holds.queue import OPEN
from kortisto.domain.notices.queries import messages_of
from kortisto.domain.patrons.actions.choices import reach_of
from kortisto.domain.patrons.actions.viewing import view_record
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.records import Dependant, PatronRecord, provenance_of
from kortisto.interfaces.staff.hold_forms import PickupForm, SuspendForm
from kortisto.interfaces.staff.hold_rows import hold_rows
from kortisto.interfaces.staff.job_words import actor_names
from kortisto.interfaces.staff.loan_rows import loan_rows
from kortisto.interfaces.staff.message_words import MessageLine, message_lines
from kortisto.interfaces.staff.patron_facts import (
    Origins,
    contact_facts,
    identity_facts,
)
from kortisto.interfaces.staff.patron_panel import panel_from
from kortisto.interfaces.staff.sent_messages import message_rows
from kortisto.interfaces.staff.taking_back import trace_of_fine
from kortisto.ui.parts import TraceLine

MOST_PAST: Final = 50  # past loans on the page
MOST: Final = 50  # loans, and holds, until all are asked for
MOST_OF_ALL: Final = 2000
MOST_SENT: Final = 5  # messages
WHOLE: Final = frozenset({"loans", "holds"})  # lists that can be asked for whole


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeRow:
    charge: OpenCharge
    trace: list[TraceLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class DependantRow:
    """Somebody the patron answers for. None: not for the guardian's ears (PAT-18)."""

    dependant: Dependant
    loans: int | None
    overdue: int
    owed_cents: int | None


def patron_context(
    patron_id: int, *, by: Actor, now: datetime, whole: str = ""
) -> dict[str, Any]:
    """``whole`` names the one list of ``WHOLE`` that is not shortened.

    Raises DoesNotExist, NotPermitted. The view is logged.
    """
    record = view_record(patron_id, by=by, now=now, page="patron")
    panel = panel_from(record, by=by, now=now)
    return {
        "panel": panel,
        "record": record,
        "patron": record.patron,
        "card": record.card,
        "messages_chosen": _messages(record),
        **_sent(patron_id),
        "dependants": _dependants(record.dependants, by=by, now=now),
        "actor": by,
        **_facts(record, now=now),
        **_loans(patron_id, by=by, now=now, whole=whole),
        **_holds(patron_id, by=by, now=now, whole=whole),
        **_money(patron_id, shown=panel.money is not None),
    }


def _facts(record: PatronRecord, *, now: datetime) -> dict[str, Any]:
    """The lines of the record, and names for everybody who wrote something."""
    known = provenance_of(record.patron.pk)
    names = actor_names(
        {
            *(one.actor for one in known.values()),
            *(note.author for note in (*record.staff_notes, *record.public_notes)),
            *(one.made_by for one in record.restrictions),
            *(card.given_by for card in record.old_cards),
        }
        - {""}
    )
    origins = Origins(record.patron, known, names)
    return {
        "names": names,
        "identity": identity_facts(record, origins),
        "contact": contact_facts(record, origins, today=localdate(now)),
    }


def _messages(record: PatronRecord) -> list[MessageLine]:
    protected = record.patron.is_protected
    return message_lines(record.ticks, reach_of(record.patron), protected=protected)


def _sent(patron_id: int) -> dict[str, Any]:
    """The latest messages to the patron, and whether there are others."""
    found = list(messages_of(patron_id)[: MOST_SENT + 1])
    return {
        "sent": message_rows(found[:MOST_SENT]),
        "sent_more": len(found) > MOST_SENT,
    }


def _loans(patron_id: int, *, by: Actor, now: datetime, whole: str) -> dict[str, Any]:
    """Long lists are shortened, unless one of them is asked for whole."""
    may_see_history = by.may(PatronPermission.SEE_HISTORY)
    past = history_of(patron_id)[:MOST_PAST] if may_see_history else ()
    loans = loans_of(patron_id).filter(claimed_at=None)[: _most("loans", whole)]
    return {
        "whole": whole,
        "loans": loan_rows(loans, now=now),
        "claimed": list(claims_of_patron(patron_id)[:MOST]),
        "may_see_history": may_see_history,
        "past": list(past),
    }


def _holds(patron_id: int, *, by: Actor, now: datetime, whole: str) -> dict[str, Any]:
    """Open holds with their places, and what could be brought back."""
    today = localdate(now)
    holds = leading(Hold.objects.filter(patron_id=patron_id, state__in=OPEN))
    fetched = holds.select_related("record", "pickup_library", "wanted_item")
    in_order = fetched.defer("record__marc").order_by("placed_at", "pk")
    shown = in_order[: _most("holds", whole)]
    cancelled = one_of_each(restorable(patron_id, now=now)).select_related("record")
    return {
        "holds": hold_rows(shown, places=places_of_patron(patron_id), today=today),
        "hold_count": holds.count(),
        "cancelled_holds": list(cancelled.defer("record__marc")[:MOST_PAST]),
        "suspending": SuspendForm(),
        "moving": PickupForm(initial=by.library_id),
    }


def _most(name: str, whole: str) -> int:
    return MOST_OF_ALL if name == whole else MOST


def _money(patron_id: int, *, shown: bool) -> dict[str, Any]:
    charges = open_charges(patron_id) if shown else []
    credits_ = credits_of(patron_id) if shown else []
    return {
        "charges": [
            ChargeRow(charge=charge, trace=trace_of_fine(charge.trace))
            for charge in charges
        ],
        "credit_cents": sum(credit.cents for credit in credits_),
        "money_key": uuid4().hex,
    }


def _dependants(
    dependants: Iterable[Dependant], *, by: Actor, now: datetime
) -> list[DependantRow]:
    """Each with as much as the guardian may be told."""
    some = list(dependants)
    lent = [one.link.dependant_id for one in some if one.sees_loans]
    counts = loan_counts_of(lent, now=now)
    owing = [one.link.dependant_id for one in some if one.sees_charges]
    sees_money = by.may(FeePermission.SEE)
    owed = owed_by(owing) if sees_money else {}
    rows = []
    for one in some:
        loans, overdue = counts.get(one.link.dependant_id, (0, 0))
        cents = owed.get(one.link.dependant_id, 0)
        told = one.sees_charges and sees_money
        rows.append(
            DependantRow(
                dependant=one,
                loans=loans if one.sees_loans else None,
                overdue=overdue,
                owed_cents=cents if told else None,
            )
        )
    return rows
