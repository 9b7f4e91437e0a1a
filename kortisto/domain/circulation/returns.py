"""What happens to an item that comes back. Pure: facts in, a plan and notes out."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

FLOAT_FULL, BALANCE, ROTATION = (
    "float-full",
    "balance",
    "rotation",
)  # of ``Transit.Reason``
TRANSFER: Final = "transfer"
SENT_TO_FLOAT: Final = frozenset({FLOAT_FULL, BALANCE})
SENT_TO_STAY: Final = SENT_TO_FLOAT | {TRANSFER}
NOT_YET_OUT: Final = frozenset({"-1", "-2"})  # not for loan: ordered, received


class Note(TextChoices):
    """What the desk is told at a check-in; the value is public."""

    NOT_ON_LOAN = "not-on-loan", _("The item was not on loan. Last seen is now.")
    ALREADY_BACK = "already-back", _("The item was checked in a moment ago.")
    OVERDUE = "overdue", _("The item was overdue: {fine}.")
    SEND_HOME = "send-home", _("Send to {library}.")
    FLOAT_FULL_LACKS = (
        "float-full-lacks",
        _(
            "As many such items float here as may ({most}). "
            "Send to {library}, which has too few of its own."
        ),
    )
    FLOAT_FULL_HOME = (
        "float-full-home",
        _("As many such items float here as may ({most}). Send home to {library}."),
    )
    BALANCE = "balance", _("For the balance of the collections: send to {library}.")
    ROTATES = "rotates", _("Its rotating collection is at {library}: send it there.")
    MOVED_HERE = (
        "moved-here",
        _("It was moved here: it stays until somebody borrows it."),
    )
    FLOATS = "floats", _("It was sent here to float: it stays.")
    HOLD_HERE = "hold-here", _("A patron waits for this: put it on the hold shelf.")
    HOLD_ELSEWHERE = "hold-elsewhere", _("A patron waits for this at {library}: send.")
    CLEARED = "cleared", _("The item is off the hold shelf: nobody collects it.")
    ARRIVED = "arrived", _("The item has arrived.")
    COUNT_PARTS = "count-parts", _("Are all {parts} parts there? {note}")
    CLAIM_RESOLVED = (
        "claim-resolved",
        _("The patron had said that it is not with them. Now noted: {how}."),
    )
    WAS_LOST = "was-lost", _("The item was marked as lost and has been found.")
    CHARGE_TAKEN_BACK = (
        "charge-taken-back",
        _(
            "The replacement charge of {cents} was taken off. "
            "What was paid is a credit."
        ),
    )
    CHARGE_KEPT = (
        "charge-kept",
        _("The replacement charge stays, as the library has decided."),
    )
    NOT_FOR_LOAN = "not-for-loan", _("The item is not for loan.")
    DAMAGED = "damaged", _("The item is marked as damaged.")
    WITHDRAWN = "withdrawn", _("The item has been withdrawn.")
    RESTRICTED = "restricted", _("The use of the item is restricted.")
    OWES = "owes", _("The patron owes {owed}.")


class Going(StrEnum):
    """Where the item goes from the desk."""

    SHELF = "shelf"
    HOLD_SHELF = "hold-shelf"
    AWAY = "away"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnFacts:
    """All that a check-in looks at, read once."""

    item_id: int
    barcode: str
    record_id: int
    title: str
    item_type_id: int
    home_library_id: int
    library_id: int  # where it was last seen
    parts: int = 1
    parts_note: str = ""
    lost: str = ""
    not_for_loan: str = ""
    damaged: str = ""
    withdrawn: str = ""
    restricted: str = ""
    enumchron: str = ""
    replacement_price_cents: int | None = None
    last_seen_at: datetime | None = None
    loan_id: int | None = None
    patron_id: int | None = None
    patron_history: str = "default"
    lent_at: datetime | None = None
    due_at: datetime | None = None
    renewals: int = 0
    rules_library_id: int | None = None
    category_id: int | None = None
    lent_library_id: int | None = None
    claimed_at: datetime | None = None  # since when it is said not to be with them
    fine_charge_id: int | None = None  # of the running period
    owed_cents: int = 0
    hold_id: int | None = None  # trapped by this item
    hold_state: str = ""
    hold_pickup_id: int | None = None
    uncleared_hold_id: int | None = None  # ended while the item lay on its shelf
    transit_id: int | None = None
    transit_to: int | None = None
    transit_reason: str = ""  # of ``Transit.Reason``
    collection: str = ""
    dispatch_from: int | None = None  # the library from whose shelf it is to be sent
    dispatch_to: int | None = None
    rotates_at: int | None = None  # where its rotating collection is now
    next_hold_id: int | None = None  # the first of the queue that this item can fill
    next_pickup_id: int | None = None
    next_category_id: int | None = None  # of the patron who placed it
    next_home_id: int | None = None  # home library of that patron


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Where the item goes, and what is written for it."""

    going: Going
    destination_id: int | None = None
    trap_hold_id: int | None = None  # a queued hold that this item now fills
    hold_arrived_id: int | None = None  # a travelling hold whose item is here
    arrived: bool = False  # the journey ends
    depart: bool = False  # a new journey starts
    reason: str = ""  # why there: of ``Transit.Reason``
    trace: dict[str, Any] = field(default_factory=dict)  # what was looked at
    floats: bool = False  # it stays only because it floats
    limited: bool = False  # limits of floating were looked at
    notes: tuple[tuple[Note, dict[str, Any]], ...] = field(default=())


def may_fill_holds(facts: ReturnFacts) -> bool:
    """Withdrawn, not-for-loan, damaged and restricted items trap nothing (HLD-7).

    A lost one that has been found does, and so does one that was only ordered or
    received until now.
    """
    kept_back = facts.not_for_loan and facts.not_for_loan not in NOT_YET_OUT
    return not (facts.withdrawn or kept_back or facts.damaged or facts.restricted)


def plan_for(facts: ReturnFacts, *, at: int, return_rule: str, floats: bool) -> Plan:
    """Where an item goes from library ``at`` (CIR-20, HLD-7).

    A trapped hold comes first, then the queue, then the rotating collection that the
    item belongs to, what staff planned for the balance, and the return rule: ``home``
    or ``lending`` sends it there, ``float`` (or a floating library) keeps it here. What
    was sent here to float stays.
    """
    arrived = facts.transit_id is not None and facts.transit_to == at
    if facts.hold_id is not None and facts.hold_pickup_id is not None:
        return _to_hold(facts, facts.hold_pickup_id, at=at)
    fills = may_fill_holds(facts)
    if facts.next_hold_id is not None and facts.next_pickup_id is not None and fills:
        plan = _to_hold(facts, facts.next_pickup_id, at=at)
        return Plan(
            going=plan.going,
            destination_id=plan.destination_id,
            trap_hold_id=facts.next_hold_id,
            arrived=facts.transit_id is not None,
            depart=plan.destination_id is not None,
            notes=plan.notes,
        )
    if facts.rotates_at is not None and facts.rotates_at != at:
        return _sent(facts, facts.rotates_at, Note.ROTATES, reason=ROTATION)
    dispatched = facts.dispatch_from == at and facts.rotates_at is None
    if dispatched and facts.dispatch_to is not None:
        return _sent(facts, facts.dispatch_to, Note.BALANCE, reason=BALANCE)
    home = facts.home_library_id
    if return_rule == "lending" and facts.lent_library_id is not None:
        home = facts.lent_library_id
    rotates = facts.rotates_at == at
    stays = rotates or (arrived and facts.transit_reason in SENT_TO_STAY)
    floating = floats or return_rule == "float"
    if stays or floating or home == at:
        told: list[tuple[Note, dict[str, Any]]] = (
            [(Note.ARRIVED, {})] if arrived else []
        )
        if stays and not rotates and home != at:
            moved = facts.transit_reason == TRANSFER
            told.append((Note.MOVED_HERE if moved else Note.FLOATS, {}))
        return Plan(
            going=Going.SHELF,
            arrived=facts.transit_id is not None,
            floats=floating and not stays and at not in {home, facts.home_library_id},
            notes=tuple(told),
        )
    if facts.transit_id is not None and facts.transit_to == home:
        return Plan(
            going=Going.AWAY,
            destination_id=home,
            notes=((Note.SEND_HOME, {"library_id": home}),),
        )
    return Plan(
        going=Going.AWAY,
        destination_id=home,
        arrived=facts.transit_id is not None,
        depart=True,
        notes=((Note.SEND_HOME, {"library_id": home}),),
    )


def no_room(
    facts: ReturnFacts, plan: Plan, *, lacking: int | None, trace: dict[str, Any]
) -> Plan:
    """Where an item goes that would float, had the library room: it lacks, or home."""
    there = facts.home_library_id if lacking is None else lacking
    note = Note.FLOAT_FULL_LACKS
    if there == facts.home_library_id:
        note = Note.FLOAT_FULL_HOME
    sent = _sent(facts, there, note, reason=FLOAT_FULL, most=trace["most"])
    arrived = tuple(one for one in plan.notes if one[0] is Note.ARRIVED)
    return replace(sent, trace=trace, limited=True, notes=(*arrived, *sent.notes))


def _sent(
    facts: ReturnFacts, destination: int, note: Note, *, reason: str, **told: Any
) -> Plan:
    travelling = facts.transit_id is not None and facts.transit_to == destination
    return Plan(
        going=Going.AWAY,
        destination_id=destination,
        arrived=facts.transit_id is not None and not travelling,
        depart=not travelling,
        reason=reason,
        notes=((note, {"library_id": destination, **told}),),
    )


def _to_hold(facts: ReturnFacts, pickup: int, *, at: int) -> Plan:
    if pickup == at:
        came = facts.hold_state in {"travelling", "processing"}
        return Plan(
            going=Going.HOLD_SHELF,
            hold_arrived_id=facts.hold_id if came else None,
            arrived=facts.transit_id is not None,
            notes=((Note.HOLD_HERE, {}),),
        )
    travelling = facts.transit_id is not None and facts.transit_to == pickup
    return Plan(
        going=Going.AWAY,
        destination_id=pickup,
        arrived=facts.transit_id is not None and not travelling,
        depart=not travelling,
        notes=((Note.HOLD_ELSEWHERE, {"library_id": pickup}),),
    )


def remarks(facts: ReturnFacts) -> Iterator[tuple[Note, dict[str, Any]]]:
    """What else the desk should know of the item, in the order of urgency."""
    if facts.uncleared_hold_id is not None:
        yield Note.CLEARED, {}
    if facts.lost:
        yield Note.WAS_LOST, {}
    if facts.withdrawn:
        yield Note.WITHDRAWN, {}
    if facts.not_for_loan:
        yield Note.NOT_FOR_LOAN, {}
    if facts.damaged:
        yield Note.DAMAGED, {}
    if facts.restricted:
        yield Note.RESTRICTED, {}
    if facts.parts > 1:
        yield Note.COUNT_PARTS, {"parts": facts.parts, "note": facts.parts_note}
