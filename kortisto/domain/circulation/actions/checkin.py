"""Take an item back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from kortisto.core.actors import Actor
from kortisto.core.database import on_postgresql
from kortisto.core.events import publish
from kortisto.core.money import euros
from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.checkout import ATTEMPTS, TooBusy
from kortisto.domain.circulation.actions.claims import open_claim_of, resolve
from kortisto.domain.circulation.actions.finding import (
    NOTHING_FOUND,
    Find,
    found_again,
)
from kortisto.domain.circulation.actions.fining_returns import fine_of, post
from kortisto.domain.circulation.actions.writing_returns import end_loan
from kortisto.domain.circulation.claim_settings import AT_CHECKIN
from kortisto.domain.circulation.due import end_of
from kortisto.domain.circulation.events import ItemSeen, ItemSent
from kortisto.domain.circulation.fines import NO_FINE, Fine
from kortisto.domain.circulation.models import Claim
from kortisto.domain.circulation.permissions import LendingPermission as May
from kortisto.domain.circulation.return_facts import (
    for_checkin,
    hold_item_row,
)
from kortisto.domain.circulation.returns import (
    Going,
    Note,
    Plan,
    ReturnFacts,
    remarks,
)
from kortisto.domain.circulation.routing import route, unattended
from kortisto.domain.distribution.models import Dispatch
from kortisto.domain.holds.actions.journeys import (
    HoldHasChanged,
    Route,
    carry_out,
    clear,
)
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.settings import UNDO_MINUTES

SAME_SCAN: Final = timedelta(seconds=30)  # a re-scan makes no second event (CIR-21)


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What a check-in did, and where the item goes from here."""

    item_id: int
    record_id: int
    barcode: str
    title: str
    going: Going
    destination_id: int | None
    loan_id: int | None  # None: it was not on loan
    patron_id: int | None
    due_at: datetime | None
    fine_cents: int
    notes: tuple[tuple[Note, dict[str, Any]], ...]

    @property
    def parts_to_count(self) -> int:
        """How many parts the desk is asked about; none to count: 0."""
        asked = (values for note, values in self.notes if note is Note.COUNT_PARTS)
        return next((values["parts"] for values in asked), 0)

    @property
    def sentences(self) -> list[str]:
        """The notes in words, in the reader's language."""
        tree = organisation()
        told = []
        for note, values in self.notes:
            library_id = values.get("library_id")
            named = dict(values)
            if library_id is not None:
                named["library"] = tree.name(library_id)
            told.append(str(note.label).format(**named).strip())
        return told


def checkin(
    barcode: str,
    *,
    by: Actor,
    now: datetime,
    as_of: date | None = None,
    returned_at: datetime | None = None,
    found: bool | None = None,
) -> Returned:
    """End the item's open loan, if it has one, and say where the item goes.

    ``as_of`` is the day it was really returned: a book drop emptied later (CIR-22).
    Fines are then counted to that day. ``returned_at`` is the moment itself, when a
    desk without a connection took it back (CIR-60). ``found``: whether an item that
    was said not to be with its patron was in the library or the patron brought it
    after all; None: what the library has decided of such. Raises Refused
    (unknown-item), NotPermitted, and ValueError for a day that has not come or is
    before the loan began.
    """
    by.require(May.LEND)
    today = localdate(now)
    if as_of is not None and as_of != today:
        by.require(May.BACKDATE)
        if as_of > today:
            raise ValueError(_("The day of return cannot be in the future."))
    if returned_at is not None:
        by.require(May.WORK_OFFLINE)
    assert by.library_id is not None  # noqa: S101 - staff work in a library
    alone = on_postgresql() and not connection.in_atomic_block
    if alone and returned_at is None:
        simple = _simple_return(barcode, by=by, now=now, today=today, as_of=as_of)
        if simple is not None:
            return simple
    for _attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                hold_item_row(barcode)
                configuration, facts = for_checkin(barcode, today=today)
                resolution = _resolution(facts, found=found, at=by.library_id)
                return _take_back(
                    configuration,
                    facts,
                    resolution=resolution,
                    by=by,
                    now=now,
                    as_of=as_of,
                    returned_at=returned_at,
                )
        except HoldHasChanged:  # another copy was faster: see who is next
            continue
    raise TooBusy


def _simple_return(
    barcode: str, *, by: Actor, now: datetime, today: date, as_of: date | None
) -> Returned | None:
    """One read and one guarded write, when nothing but the loan ends.

    None when there is more to do, or somebody was faster: then the long way.
    """
    configuration, facts = for_checkin(barcode, today=today)
    in_time = facts.due_at is not None and facts.due_at >= now and as_of is None
    alone = facts.hold_id is facts.next_hold_id is facts.transit_id is None
    alone = alone and facts.uncleared_hold_id is None and facts.claimed_at is None
    if not (in_time and alone) or facts.lost or facts.fine_charge_id is not None:
        return None
    plan = route(configuration, facts, at=by.library_id or 0, today=today)
    if plan.going is not Going.SHELF or plan.limited:
        return None
    returned_at = _returned_at(facts, now=now, as_of=None)
    undo = _undo(facts, None, NOTHING_FOUND)
    if not _end(configuration, facts, undo, by=by, now=now, returned_at=returned_at):
        return None
    return _told(facts, plan, NO_FINE)


def _resolution(
    facts: ReturnFacts, *, found: bool | None, at: int
) -> Claim.Resolution | None:
    """How the claim of a claimed loan is resolved by its return (CIR-20)."""
    if facts.claimed_at is None:
        return None
    if found is None:
        return Claim.Resolution(organisation().setting(AT_CHECKIN, at).value)
    return Claim.Resolution.FOUND if found else Claim.Resolution.BROUGHT


def _take_back(
    configuration: int,
    facts: ReturnFacts,
    *,
    resolution: Claim.Resolution | None,
    by: Actor,
    now: datetime,
    as_of: date | None,
    returned_at: datetime | None,
) -> Returned:
    assert by.library_id is not None  # noqa: S101 - checked by the action
    today = localdate(now)
    plan = route(configuration, facts, at=by.library_id, today=today, in_turn=True)
    fine, find = NO_FINE, NOTHING_FOUND
    if facts.lost:
        find = found_again(configuration, facts, by=by, now=now)
        plan = replace(plan, notes=(*find.notes, *plan.notes))
    if facts.loan_id is None:
        plan = _only_seen(facts, plan, by=by, now=now, seen_at=returned_at or now)
    else:
        seen_at = returned_at
        returned_at = _returned_at(facts, now=now, as_of=as_of, at=returned_at)
        claim = None if resolution is None else open_claim_of(facts.loan_id)
        until = min(returned_at, find.last_charged or returned_at)
        fine = fine_of(configuration, facts, resolution, until=until)
        undo = _undo(facts, claim, find)
        _end(
            configuration,
            facts,
            undo,
            by=by,
            now=now,
            returned_at=returned_at,
            seen_at=seen_at,
        )
        if fine.cents or facts.fine_charge_id is not None:
            post(facts, fine, by=by, now=now)
        if claim is not None and resolution is not None:
            resolve(claim, resolution, by=by, now=now)
            how = {"how": resolution.label}
            plan = replace(plan, notes=((Note.CLAIM_RESOLVED, how), *plan.notes))
    _move_on(configuration, facts, plan, by=by, now=now)
    return _told(facts, plan, fine)


def _only_seen(
    facts: ReturnFacts, plan: Plan, *, by: Actor, now: datetime, seen_at: datetime
) -> Plan:
    note = Note.NOT_ON_LOAN
    seen = facts.last_seen_at
    if (
        seen is not None
        and seen_at - seen < SAME_SCAN
        and facts.library_id == by.library_id
    ):
        note = Note.ALREADY_BACK
    else:
        Item.objects.filter(pk=facts.item_id).update(
            library_id=by.library_id, last_seen_at=seen_at
        )
        publish(
            ItemSeen(item_id=facts.item_id, record_id=facts.record_id), by=by, at=now
        )
    return replace(plan, notes=((note, {}), *plan.notes))


def _returned_at(
    facts: ReturnFacts,
    *,
    now: datetime,
    as_of: date | None,
    at: datetime | None = None,
) -> datetime:
    """When the loan ends: never before it began.

    Another desk may have lent the item while this one waited for its turn, or may
    have a clock that is ahead.
    """
    if at is not None:
        if facts.lent_at is not None and at < facts.lent_at:
            raise ValueError(_("The item was lent only after that moment."))
        return at
    if as_of is None or as_of == localdate(now):
        return now if facts.lent_at is None else max(now, facts.lent_at)
    moment = end_of(as_of)
    if facts.lent_at is not None and moment < facts.lent_at:
        raise ValueError(_("The item was lent only after that day."))
    return moment


def _undo(facts: ReturnFacts, claim: Claim | None, find: Find) -> dict[str, Any]:
    """What ``undoing.undo_checkin`` needs."""
    return {
        "patron_id": facts.patron_id,
        "item_library_id": facts.library_id,
        "lost": facts.lost,
        "lost_at": find.lost_at.isoformat() if find.lost_at else None,
        "claim": None if claim is None else [claim.pk, claim.note],
        "taken_back": find.taken_back,
    }


def _end(
    configuration: int,
    facts: ReturnFacts,
    undo: dict[str, Any],
    *,
    by: Actor,
    now: datetime,
    returned_at: datetime,
    seen_at: datetime | None = None,
) -> bool:
    window = organisation(configuration).setting(UNDO_MINUTES, by.library_id or 0)
    return end_loan(
        facts,
        returned_at=returned_at,
        undo=undo,
        undo_until=now + timedelta(minutes=window.value),
        seen_at=seen_at or now,
        by=by,
        now=now,
    )


def _move_on(
    configuration: int, facts: ReturnFacts, plan: Plan, *, by: Actor, now: datetime
) -> None:
    if facts.uncleared_hold_id is not None:
        clear(facts.uncleared_hold_id, by=by, now=now)
    tree = organisation(configuration)
    moves = Route(
        item_id=facts.item_id,
        at=by.library_id or 0,
        arrived=facts.transit_id if plan.arrived else None,
        trap_hold=plan.trap_hold_id,
        arrived_hold=plan.hold_arrived_id,
        destination=plan.destination_id if plan.depart else None,
        reason=plan.reason,
        trace=plan.trace,
        unattended=unattended(tree, by=by, now=now),
    )
    carry_out(moves, tree=tree, by=by, now=now)
    if facts.dispatch_to is not None:  # gone, or somewhere else than it was planned
        Dispatch.objects.filter(item=facts.item_id).delete()
    if plan.depart and plan.destination_id is not None:
        sent = ItemSent(
            item_id=facts.item_id,
            record_id=facts.record_id,
            destination_id=plan.destination_id,
            why=plan.reason,
        )
        publish(sent, by=by, at=now)


def _told(facts: ReturnFacts, plan: Plan, fine: Fine) -> Returned:
    notes = [*plan.notes, *remarks(facts)]
    if fine.cents:
        notes.insert(0, (Note.OVERDUE, {"fine": euros(fine.cents)}))
    owed = facts.owed_cents
    if facts.patron_id is not None and owed and not fine.cents:
        notes.append((Note.OWES, {"owed": euros(owed)}))
    return Returned(
        item_id=facts.item_id,
        record_id=facts.record_id,
        barcode=facts.barcode,
        title=facts.title,
        going=plan.going,
        destination_id=plan.destination_id,
        loan_id=facts.loan_id,
        patron_id=facts.patron_id,
        due_at=facts.due_at,
        fine_cents=fine.cents,
        notes=tuple(notes),
    )


def checkin_box(
    barcodes: Sequence[str], *, by: Actor, now: datetime, as_of: date | None = None
) -> list[Returned | tuple[str, Refused]]:
    """Take back a box of items one by one; an unknown barcode stops nothing."""
    answers: list[Returned | tuple[str, Refused]] = []
    for barcode in barcodes:
        try:
            answers.append(checkin(barcode, by=by, now=now, as_of=as_of))
        except Refused as refused:
            answers.append((barcode, refused))
    return answers
