"""Move one thing by the action of the app that it belongs to."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.actions.items import change_item
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.moving import move_due_date, move_rules
from kortisto.domain.circulation.models import Loan
from kortisto.domain.closures.models import Move, Shift
from kortisto.domain.holds.actions.moving import (
    move_last_day,
    move_pickup,
    move_transit,
)
from kortisto.domain.patrons.actions.change import change
from kortisto.domain.patrons.models import Patron

Mover = Callable[[Move, Actor, datetime], bool]


def outcome_of(move: Move, *, by: Actor, now: datetime) -> Move.State:
    """Move it, if it is as it was planned from; what came of it."""
    try:
        with transaction.atomic():
            moved = MOVERS[Move.What(move.what)](move, by, now)
    except Refused:
        return Move.State.REFUSED
    return Move.State.DONE if moved else Move.State.LEFT


def _due(move: Move, by: Actor, now: datetime) -> bool:
    return move_due_date(
        move.loan_id or 0,
        before=datetime.fromisoformat(move.before),
        after=datetime.fromisoformat(move.after),
        why=move.shift.why,
        by=by,
        now=now,
    )


def _rules(move: Move, by: Actor, now: datetime) -> bool:
    return move_rules(
        move.loan_id or 0,
        before=int(move.before),
        after=int(move.after),
        why=move.shift.why,
        by=by,
        now=now,
    )


def _last_day(move: Move, by: Actor, now: datetime) -> bool:
    return move_last_day(
        move.hold_id or 0,
        before=date.fromisoformat(move.before),
        after=date.fromisoformat(move.after),
        why=move.shift.why,
        by=by,
        now=now,
    )


def _pickup(move: Move, by: Actor, now: datetime) -> bool:
    """The hold shelf goes along when libraries are merged, and stays in a closure."""
    return move_pickup(
        move.hold_id or 0,
        before=int(move.before),
        after=int(move.after),
        with_shelf=move.shift.kind in {Shift.Kind.MERGE, Shift.Kind.PUT_BACK},
        why=move.shift.why,
        by=by,
        now=now,
    )


def _transit(move: Move, by: Actor, now: datetime) -> bool:
    before, after = int(move.before), int(move.after)
    return move_transit(
        move.subject_id or 0, before=before, after=after, by=by, now=now
    )


def _item_home(move: Move, by: Actor, now: datetime) -> bool:
    return _item("home_library_id", move, by, now)


def _item_at(move: Move, by: Actor, now: datetime) -> bool:
    return _item("library_id", move, by, now)


def _item(field: str, move: Move, by: Actor, now: datetime) -> bool:
    item = (
        Item.objects.select_for_update(no_key=True)
        .filter(pk=move.subject_id or 0)
        .first()
    )
    if item is None or getattr(item, field) != int(move.before):
        return False
    if field == "library_id":
        change_item(item.pk, {"library_id": int(move.after)}, by=by, now=now)
    else:
        change_item(item.pk, {"home_library_id": int(move.after)}, by=by, now=now)
    return True


def _left(move: Move, by: Actor, now: datetime) -> bool:
    """What has been lent since the plan was made, or changed by hand, stays so."""
    rows = Item.objects.select_for_update(no_key=True).filter(pk=move.subject_id or 0)
    item = rows.first()
    if item is None or item.not_for_loan != move.before:
        return False
    is_lent = Loan.objects.filter(item=item, returned_at=None).exists()
    if move.after and is_lent:
        return False
    change_item(item.pk, {"not_for_loan": move.after}, by=by, now=now)
    return True


def _patron(move: Move, by: Actor, now: datetime) -> bool:
    rows = Patron.objects.select_for_update(no_key=True).filter(pk=move.subject_id or 0)
    patron = rows.filter(binned_at=None).first()
    if patron is None or patron.home_library_id != int(move.before):
        return False
    change(patron.pk, {"home_library": int(move.after)}, by=by, now=now)
    return True


MOVERS: Final[Mapping[Move.What, Mover]] = {
    Move.What.DUE: _due,
    Move.What.RULES: _rules,
    Move.What.LAST_DAY: _last_day,
    Move.What.PICKUP: _pickup,
    Move.What.TRANSIT: _transit,
    Move.What.ITEM_HOME: _item_home,
    Move.What.ITEM_AT: _item_at,
    Move.What.PATRON: _patron,
    Move.What.LEFT: _left,
}
