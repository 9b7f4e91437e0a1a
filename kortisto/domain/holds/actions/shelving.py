"""Put copies in the places of a hold shelf, and say of places what is true (HLD-40).

The places of a library are locked, after the hold, before room is counted: two copies
that come in one moment do not get the last room of one place.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.holds.events import (
    HoldChanged,
    ShelfPlaceChanged,
    ShelfPlaceRemoved,
)
from kortisto.domain.holds.models import ON_THE_SHELF, Hold, ShelfPlace
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.holds.reasons import HoldReason
from kortisto.domain.holds.shelf_places import (
    Closed,
    Newcomer,
    Place,
    choose,
    why_closed,
)
from kortisto.domain.holds.shelf_queries import places_at
from kortisto.domain.org.models import Unit
from kortisto.domain.org.permissions import OrgPermission

DECIDE: Final = OrgPermission.EDIT_SETTINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceTold:
    """What a library says of a place. None and empty: it does not matter."""

    name: str
    capacity: int
    priority: int = 100
    weekday: int | None = None
    category_id: int | None = None
    material: str = ""
    overflow: bool = False
    same_title: bool = False
    one_day: bool = True
    locked: bool = False


TOLD: Final = tuple(PlaceTold.__dataclass_fields__)


def shelve(hold: Hold, *, by: Actor, now: datetime) -> None:
    """Choose the place for a copy that comes to its hold shelf now; saving is left.

    For actions that hold the row of the hold. No place where the library has none, or
    none is free.
    """
    today = localdate(now)
    hold.shelf_place_id, hold.shelved_on = None, today
    if not _locked(hold.pickup_library_id):
        return
    copy = Newcomer(
        today=today,
        category_id=hold.patron.category_id,
        material=hold.record.material,
        by=by.label,
    )
    places = places_at(hold.pickup_library_id, today=today, hold=hold)
    chosen = choose(places, copy)
    if chosen is not None:
        _fill(hold, chosen)


def _fill(hold: Hold, place: Place) -> None:
    """A mark as full that was over, since the place was empty, is forgotten now."""
    hold.shelf_place_id = place.id
    if place.marked_full:
        ShelfPlace.objects.filter(pk=place.id).update(full_at=None)


@transaction.atomic
def put_elsewhere(
    hold_id: int, place_id: int | None, *, by: Actor, now: datetime
) -> None:
    """Staff put a waiting copy in a place of their own choice, or in none.

    For whom and for which day a place is meant is theirs to set aside; its room is
    not. Raises Refused, NotPermitted, ShelfPlace.DoesNotExist.
    """
    by.require(HoldPermission.PLACE)
    holds = Hold.objects.select_for_update(of=("self",), no_key=True)
    hold = holds.get(pk=hold_id)
    if hold.state not in ON_THE_SHELF:
        raise Refused([Refusal(HoldReason.NOT_ON_HOLD_SHELF)])
    if place_id == hold.shelf_place_id:
        return
    hold.shelf_place_id = None
    if place_id is not None:
        _fill(hold, _with_room(hold, place_id, by=by, now=now))
    hold.save(update_fields=["shelf_place"])
    fields = ("shelf_place",)
    publish(
        HoldChanged(hold_id=hold.pk, record_id=hold.record_id, fields=fields),
        by=by,
        at=now,
    )


def _with_room(hold: Hold, place_id: int, *, by: Actor, now: datetime) -> Place:
    """The place, when there is room for the copy. Raises Refused."""
    wanted = ShelfPlace.objects.get(pk=place_id)
    if wanted.library_id != hold.pickup_library_id:
        raise Refused([Refusal(HoldReason.PLACE_IS_ELSEWHERE)])
    _locked(wanted.library_id)
    today = localdate(now)
    places = places_at(wanted.library_id, today=today, hold=hold)
    place = next((one for one in places if one.id == place_id), None)
    if place is None:  # taken away in this moment
        raise ShelfPlace.DoesNotExist
    named = {"place": place.name}
    reasons = []
    match why_closed(place, today=today, by=by.label):
        case Closed.LOCKED:
            reasons.append(Refusal(HoldReason.PLACE_IS_LOCKED, facts=named))
        case Closed.FULL | Closed.MARKED_FULL:
            reasons.append(Refusal(HoldReason.PLACE_HAS_NO_ROOM, facts=named))
        case Closed.RESERVED:
            reasons.append(Refusal(HoldReason.PLACE_IS_RESERVED, facts=named))
        case Closed.EARLIER_DAY | None:
            pass
    if place.has_title and not place.same_title:
        reasons.append(Refusal(HoldReason.PLACE_HAS_THE_TITLE, facts=named))
    if reasons:
        raise Refused(reasons)
    return place


@transaction.atomic
def save_place(
    library_id: int,
    told: PlaceTold,
    *,
    by: Actor,
    now: datetime,
    place_id: int | None = None,
) -> ShelfPlace:
    """Make a place, or say anew how it is. What stands there stays.

    Raises Refused (place-name-in-use), NotPermitted, ShelfPlace.DoesNotExist.
    """
    by.require(DECIDE, at=library_id)
    Unit.objects.select_for_update(no_key=True).get(
        pk=library_id
    )  # one names at a time
    _locked(library_id)
    own = ShelfPlace.objects.filter(library_id=library_id)
    place = ShelfPlace(library_id=library_id)
    if place_id is not None:
        place = own.get(pk=place_id)
    name = " ".join(told.name.split())
    if own.filter(name__iexact=name).exclude(pk=place.pk).exists():
        facts = {"field": "name"}
        raise Refused([Refusal(HoldReason.PLACE_NAME_IN_USE, facts=facts)])
    fields = []
    for field in TOLD:
        value = name if field == "name" else getattr(told, field)
        if place.pk is None or getattr(place, field) != value:
            setattr(place, field, value)
            fields.append(field)
    if fields:
        place.save()
        _tell(place, fields, by=by, now=now)
    return place


@transaction.atomic
def remove_place(place_id: int, *, by: Actor, now: datetime) -> None:
    """Take an empty place away. Raises Refused (place-is-not-empty), NotPermitted."""
    place = ShelfPlace.objects.get(pk=place_id)
    by.require(DECIDE, at=place.library_id)
    _locked(place.library_id)
    standing = place.holds.filter(state__in=ON_THE_SHELF).count()
    if standing:
        facts = {"place": place.name, "copies": standing}
        raise Refused([Refusal(HoldReason.PLACE_IS_NOT_EMPTY, facts=facts)])
    gone = ShelfPlaceRemoved(place_id=place.pk, library_id=place.library_id)
    place.delete()
    publish(gone, by=by, at=now)


@transaction.atomic
def reserve(place_id: int, *, by: Actor, now: datetime) -> None:
    """Keep a place for what the actor puts on the shelf, for the rest of the day.

    Raises Refused (place-is-reserved) when somebody else has done so today.
    """
    place, today = _of_this_shelf(place_id, by=by), localdate(now)
    if place.reserved_on == today and place.reserved_by not in {"", by.label}:
        facts = {"place": place.name}
        raise Refused([Refusal(HoldReason.PLACE_IS_RESERVED, facts=facts)])
    place.reserved_by, place.reserved_on = by.label, today
    _save(place, ("reserved_by", "reserved_on"), by=by, now=now)


@transaction.atomic
def open_to_all(place_id: int, *, by: Actor, now: datetime) -> None:
    """End a reservation, whoever made it: they may have gone home."""
    place = _of_this_shelf(place_id, by=by)
    place.reserved_by, place.reserved_on = "", None
    _save(place, ("reserved_by", "reserved_on"), by=by, now=now)


@transaction.atomic
def mark_full(place_id: int, *, full: bool, by: Actor, now: datetime) -> None:
    """Thick books take more room than was counted. Over when the place is empty."""
    place = _of_this_shelf(place_id, by=by)
    place.full_at = now if full else None
    _save(place, ("full_at",), by=by, now=now)


def _of_this_shelf(place_id: int, *, by: Actor) -> ShelfPlace:
    """A place of the library where the actor works, locked."""
    by.require(HoldPermission.PLACE)
    places = ShelfPlace.objects.select_for_update(no_key=True)
    return places.get(pk=place_id, library_id=by.library_id)


def _locked(library_id: int) -> list[int]:
    """The places of a library; others who want to fill them wait."""
    places = ShelfPlace.objects.select_for_update(no_key=True)
    own = places.filter(library_id=library_id).order_by("pk")
    return list(own.values_list("pk", flat=True))


def _save(
    place: ShelfPlace, fields: tuple[str, ...], *, by: Actor, now: datetime
) -> None:
    place.save(update_fields=fields)
    _tell(place, fields, by=by, now=now)


def _tell(
    place: ShelfPlace,
    fields: "tuple[str, ...] | list[str]",
    *,
    by: Actor,
    now: datetime,
) -> None:
    changed = ShelfPlaceChanged(
        place_id=place.pk, library_id=place.library_id, fields=tuple(fields)
    )
    publish(changed, by=by, at=now)
