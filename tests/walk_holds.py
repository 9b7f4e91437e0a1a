"""The holds of the stage of tests/walk_stage.py: one for every page about holds."""

from datetime import datetime, timedelta

from django.utils import timezone

from kortisto.core.actors import Actor
from kortisto.domain.catalogue.models import Item, Record
from kortisto.domain.circulation.actions.cancel_hold import cancel_holds
from kortisto.domain.circulation.actions.place_bundle import Several, place_bundle
from kortisto.domain.circulation.actions.place_hold import Wish, place_hold
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.fulfilment.actions.planning import plan_titles
from kortisto.domain.holds.actions.changing import suspend
from kortisto.domain.holds.actions.shelving import (
    PlaceTold,
    mark_full,
    reserve,
    save_place,
)
from kortisto.domain.holds.models import Hold, HoldBundle, Pull, Transit
from kortisto.domain.org.models import Unit
from kortisto.domain.patrons.models import Patron
from kortisto.testing.builders import chief, make_hold, make_item, make_record


def holds(library: Unit, patron: Patron, record: Record, by: Actor) -> int:
    """In the queue, suspended, and cancelled a moment ago; the id of the first."""
    now = timezone.now()
    today = timezone.localdate(now)
    wish = Wish(record_id=record.pk, pickup_library_id=library.pk, note="Isotekstinen")
    may = [reason.value for reason in Reason]
    placed = place_hold(patron.pk, wish, by=by, now=now, overriding=may)
    others = Record.objects.exclude(pk=record.pk).order_by("-pk")[:2]
    paused, ended = (make_hold(patron, one, placed_at=now) for one in others)
    suspend([paused.pk], until=today + timedelta(days=30), by=by, now=now)
    cancel_holds([ended.pk], by=by, now=now)
    return placed.hold_id


def series(library: Unit, patron: Patron) -> dict[str, int]:
    """Two parts, the second of which waits for its turn; another edition of the first.

    The parts are of one work, so that an edition is offered beside each.
    """
    now = timezone.now()
    work = {"work_key": "walk", "language": "fin", "author": "Kävelijä, Kaisa"}
    work["marc"] = Record.objects.earliest("pk").marc  # the whole stage is exported
    parts = [make_record(f"Kävelyretki, osa {n}", **work) for n in (1, 2)]
    titles = tuple(make_item(record=one, library=library).record_id for one in parts)
    several = Several(kind=HoldBundle.Kind.SERIES, record_ids=titles)
    wish = Wish(record_id=0, pickup_library_id=library.pk)
    may = [reason.value for reason in Reason]
    by = chief(library)
    placed = place_bundle(patron.pk, wish, several, by=by, now=now, overriding=may)
    later = Hold.objects.get(bundle__holds=placed.hold_id, part=2)
    return {"part_id": later.pk, "edition_id": titles[0]}


def journeys(library: Unit, patron: Patron, ended: Item, moving: Item) -> None:
    """Nobody collected the one; the other comes for a hold, and for long already."""
    now = timezone.now()
    make_hold(
        patron,
        ended.record,
        pickup=library,
        item=ended,
        state=Hold.State.UNCLEARED,
        ending=Hold.Ending.UNCOLLECTED,
        ended_at=now,
    )
    make_hold(
        patron,
        moving.record,
        pickup=library,
        item=moving,
        state=Hold.State.TRAVELLING,
    )
    elsewhere = Unit.objects.filter(kind=Unit.Kind.LIBRARY).exclude(pk=library.pk)
    origin = elsewhere.order_by("pk")[0]
    sent = now - timedelta(days=12)
    Transit.objects.create(
        item=moving, origin=origin, destination=library, sent_at=sent
    )


def shelf_place(library: Unit, by: Actor) -> int:
    """The hold shelf has places: one of them marked as full, one reserved."""
    now = timezone.now()
    told = [PlaceTold(name=f"Paikka {n}", capacity=9) for n in (1, 2)]
    first, second = (save_place(library.pk, one, by=by, now=now) for one in told)
    waiting = Hold.objects.filter(pickup_library=library, state=Hold.State.WAITING)
    waiting.update(shelf_place=first)
    mark_full(first.pk, full=True, by=by, now=now)
    reserve(second.pk, by=by, now=now)
    return first.pk


def to_fetch(copy: Item, patron: Patron, library: Unit, now: datetime) -> int:
    """A copy on the shelf that somebody waits for; its row of the list."""
    hold = make_hold(patron, copy.record, pickup=library)
    plan_titles([copy.record_id], now=now)
    return Pull.objects.get(hold=hold, library=library).pk
