"""Make rotating collections, and send them on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from django.db import transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.catalogue.models import Item
from kortisto.domain.catalogue.queries import items_barcoded
from kortisto.domain.distribution.events import (
    RotationChanged,
    RotationItemAdded,
    RotationItemRemoved,
    RotationSentOn,
)
from kortisto.domain.distribution.models import (
    RotatingCollection,
    RotatingItem,
    RotationStop,
)
from kortisto.domain.distribution.permissions import DistributionPermission
from kortisto.domain.distribution.reasons import Reason
from kortisto.domain.distribution.rules import next_place
from kortisto.domain.org.queries import organisation

ROTATE: Final = DistributionPermission.ROTATE
FEWEST: Final = 2
FARTHEST: Final = timedelta(days=2 * 365)  # of a day that somebody says


@dataclass(frozen=True, slots=True)
class Stay:
    """A library of a round, and for how many days the collection stays there."""

    library_id: int
    days: int


@transaction.atomic
def make_rotating(
    name: str, stays: Sequence[Stay], *, starts_on: date, by: Actor, now: datetime
) -> RotatingCollection:
    """A new collection, which is at the first library of its round since a day.

    Raises Refused with every reason, NotPermitted.
    """
    by.require(ROTATE)
    wrong = _reasons_against(stays)
    if abs(starts_on - localdate(now)) > FARTHEST:
        wrong.append(Refusal(Reason.DAY_FAR_AWAY, facts={"field": "starts_on"}))
    if wrong:
        raise Refused(wrong)
    made = RotatingCollection.objects.create(
        name=name,
        since_on=starts_on,
        goes_on=starts_on + timedelta(days=stays[0].days),
    )
    made.stop = _write(made, stays)[0]
    made.save(update_fields=["stop"])
    _tell(made, "made", by=by, now=now)
    return made


@transaction.atomic
def change_rotating(
    collection_id: int, name: str, stays: Sequence[Stay], *, by: Actor, now: datetime
) -> RotatingCollection:
    """Another name or round. It stays where it is, on the day that was told.

    Raises Refused (with is-there-now when its library is not on the round any more),
    NotPermitted, RotatingCollection.DoesNotExist.
    """
    by.require(ROTATE)
    found = _in_use(collection_id)
    here = _stop(found)
    wrong = _reasons_against(stays)
    places = [n for n, one in enumerate(stays) if one.library_id == here.library_id]
    if not places:
        library = organisation().name(here.library_id)
        wrong.append(Refusal(Reason.IS_THERE_NOW, facts={"library": library}))
    if wrong:
        raise Refused(wrong)
    found.name, found.stop = name, None
    found.save(update_fields=["name", "stop"])
    found.stops.all().delete()
    written = _write(found, stays)
    nearest = min(places, key=lambda n: abs(n + 1 - here.place))
    found.stop = written[nearest]
    found.save(update_fields=["stop"])
    _tell(found, "round", by=by, now=now)
    return found


@transaction.atomic
def set_day(collection_id: int, day: date, *, by: Actor, now: datetime) -> None:
    """It goes on earlier or later than its days say. Raises as the others do."""
    by.require(ROTATE)
    found, today = _in_use(collection_id), localdate(now)
    if day < today:
        raise Refused([Refusal(Reason.DAY_BEFORE_TODAY, facts={"field": "goes_on"})])
    if day - today > FARTHEST:
        raise Refused([Refusal(Reason.DAY_FAR_AWAY, facts={"field": "goes_on"})])
    found.goes_on = day
    found.save(update_fields=["goes_on"])
    _tell(found, "day", by=by, now=now)


@transaction.atomic
def send_on(
    collection_id: int, *, seen_stop_id: int, by: Actor, now: datetime
) -> RotatingCollection:
    """From now on it belongs to its next library that is in use.

    What stands here is fetched and scanned, which sends it; what is on loan or
    elsewhere follows when it comes back. ``seen_stop_id``: where it was when somebody
    decided, so that it goes on once. Raises Refused, NotPermitted, DoesNotExist.
    """
    by.require(ROTATE)
    found, today = _in_use(collection_id), localdate(now)
    here = _stop(found)
    tree = organisation()
    if here.pk != seen_stop_id:
        library = tree.name(here.library_id)
        raise Refused([Refusal(Reason.GONE_ALREADY, facts={"library": library})])
    stops = list(found.stops.order_by("place"))
    in_use = {one.id for one in tree.libraries(on=today)}
    usable = {
        one.place
        for one in stops
        if one.library_id in in_use and one.library_id != here.library_id
    }
    place = next_place(here.place, usable)
    if place is None:
        raise Refused([Refusal(Reason.NO_STOP_IN_USE)])
    there = next(one for one in stops if one.place == place)
    found.stop, found.since_on = there, today
    found.goes_on = today + timedelta(days=there.days)
    found.save(update_fields=["stop", "since_on", "goes_on"])
    sent = RotationSentOn(
        collection_id=found.pk,
        name=found.name,
        library_id=here.library_id,
        destination_id=there.library_id,
    )
    publish(sent, by=by, at=now)
    return found


@transaction.atomic
def end_rotating(collection_id: int, *, by: Actor, now: datetime) -> None:
    """It rotates no more: its items go home, each when it is checked in next."""
    by.require(ROTATE)
    found = _in_use(collection_id)
    found.members.all().delete()
    found.ended_at = now
    found.save(update_fields=["ended_at"])
    _tell(found, "ended", by=by, now=now)


@transaction.atomic
def add_to_rotation(
    collection_id: int, barcode: str, *, by: Actor, now: datetime
) -> Item:
    """An item belongs to the collection from now on; twice is as once.

    Raises Refused, NotPermitted, RotatingCollection.DoesNotExist.
    """
    by.require(ROTATE)
    found = _in_use(collection_id)
    items = items_barcoded(barcode).select_for_update(no_key=True)
    item = items.select_related("record").first()
    if item is None:
        raise Refused([Refusal(Reason.NO_SUCH_ITEM, facts={"barcode": barcode})])
    facts = {"barcode": item.barcode}
    if item.withdrawn:
        raise Refused([Refusal(Reason.WITHDRAWN_ITEM, facts=facts)])
    now_in = RotatingItem.objects.filter(item=item).select_related("collection").first()
    if now_in is not None and now_in.collection_id != found.pk:
        facts["name"] = now_in.collection.name
        raise Refused([Refusal(Reason.ROTATES_ALREADY, facts=facts)])
    if now_in is None:
        RotatingItem.objects.create(
            collection=found, item=item, added_at=now, added_by=by.label
        )
        added = RotationItemAdded(
            collection_id=found.pk,
            name=found.name,
            item_id=item.pk,
            record_id=item.record_id,
        )
        publish(added, by=by, at=now)
    return item


@transaction.atomic
def remove_from_rotation(
    collection_id: int, item_id: int, *, by: Actor, now: datetime
) -> None:
    """The item goes home when it is checked in next.

    Raises RotatingItem.DoesNotExist, NotPermitted.
    """
    by.require(ROTATE)
    members = RotatingItem.objects.select_related("collection", "item")
    found = members.get(collection=collection_id, item=item_id)
    removed = RotationItemRemoved(
        collection_id=collection_id,
        name=found.collection.name,
        item_id=item_id,
        record_id=found.item.record_id,
    )
    found.delete()
    publish(removed, by=by, at=now)


def _in_use(collection_id: int) -> RotatingCollection:
    """The collection, locked. Raises Refused when it has been ended."""
    rows = RotatingCollection.objects.select_for_update(no_key=True)
    found = rows.get(pk=collection_id)
    if found.ended_at is not None:
        raise Refused([Refusal(Reason.COLLECTION_ENDED)])
    return found


def _stop(collection: RotatingCollection) -> RotationStop:
    assert collection.stop is not None  # noqa: S101 - written with its round
    return collection.stop


def _write(collection: RotatingCollection, stays: Sequence[Stay]) -> list[RotationStop]:
    return RotationStop.objects.bulk_create(
        RotationStop(
            collection=collection,
            place=place,
            library_id=stay.library_id,
            days=stay.days,
        )
        for place, stay in enumerate(stays, start=1)
    )


def _reasons_against(stays: Sequence[Stay]) -> list[Refusal]:
    wrong = []
    if len({one.library_id for one in stays}) < FEWEST:
        wrong.append(Refusal(Reason.TOO_FEW_STOPS))
    for one, after in pairwise(stays):
        if one.library_id == after.library_id:
            library = organisation().name(one.library_id)
            wrong.append(Refusal(Reason.SAME_STOP_TWICE, facts={"library": library}))
    return wrong


def _tell(found: RotatingCollection, what: str, *, by: Actor, now: datetime) -> None:
    told = RotationChanged(collection_id=found.pk, name=found.name, what=what)
    publish(told, by=by, at=now)
