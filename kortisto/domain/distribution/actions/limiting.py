"""Say how many items of a kind may float in a library, and where none is sent."""

from datetime import datetime

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.core.versions import configuration_changed
from kortisto.domain.catalogue.models import CodedValue, ItemType
from kortisto.domain.distribution.events import FloatLimitSet, TransferLimitChanged
from kortisto.domain.distribution.models import FloatLimit, TransferLimit
from kortisto.domain.distribution.permissions import DistributionPermission
from kortisto.domain.distribution.reasons import Reason
from kortisto.domain.org.models import Unit

OVER_LIBRARIES = {Unit.Kind.CONSORTIUM, Unit.Kind.MUNICIPALITY, Unit.Kind.LIBRARY}


@transaction.atomic
def set_float_limit(
    unit_id: int,
    most: int,
    *,
    item_type: ItemType | None = None,
    collection: str = "",
    by: Actor,
    now: datetime,
) -> FloatLimit:
    """At most so many float in each library of a unit; said again, it is replaced.

    Raises Refused, NotPermitted, Unit.DoesNotExist.
    """
    by.require(DistributionPermission.MANAGE, at=unit_id)
    unit = Unit.objects.select_for_update(no_key=True).get(pk=unit_id)
    if wrong := _reasons_against(unit, collection):
        raise Refused(wrong)
    limit, _made = FloatLimit.objects.update_or_create(
        unit=unit,
        item_type=item_type,
        collection=collection,
        defaults={"most": most},
    )
    _tell(limit, most, by=by, now=now)
    return limit


@transaction.atomic
def remove_float_limit(limit_id: int, *, by: Actor, now: datetime) -> None:
    """As many float as come. Raises FloatLimit.DoesNotExist, NotPermitted."""
    limit = FloatLimit.objects.select_for_update().get(pk=limit_id)
    by.require(DistributionPermission.MANAGE, at=limit.unit_id)
    _tell(limit, None, by=by, now=now)
    limit.delete()


def _tell(limit: FloatLimit, most: int | None, *, by: Actor, now: datetime) -> None:
    told = FloatLimitSet(
        unit_id=limit.unit_id,
        item_type_id=limit.item_type_id,
        collection=limit.collection,
        most=most,
    )
    publish(told, by=by, at=now)
    configuration_changed()


@transaction.atomic
def set_transfer_limit(
    origin_id: int,
    destination_id: int,
    *,
    item_type: ItemType | None = None,
    collection: str = "",
    by: Actor,
    now: datetime,
) -> TransferLimit:
    """Items of a kind are not sent that way any more; twice is as once.

    Raises Refused with every reason, NotPermitted, Unit.DoesNotExist.
    """
    for place in (origin_id, destination_id):
        by.require(DistributionPermission.MANAGE, at=place)
    units = Unit.objects.select_for_update(no_key=True).order_by("pk")
    both = {unit.pk: unit for unit in units.filter(pk__in=[origin_id, destination_id])}
    origin, destination = both[origin_id], both[destination_id]
    wrong = _reasons_against(origin, collection)
    wrong += _reasons_against(destination, "")
    if origin == destination and origin.kind == Unit.Kind.LIBRARY:
        wrong.append(Refusal(Reason.SAME_WAY, facts={"field": "destination"}))
    if wrong:
        raise Refused(wrong)
    limit, made = TransferLimit.objects.get_or_create(
        origin=origin,
        destination=destination,
        item_type=item_type,
        collection=collection,
    )
    if made:
        _tell_way(limit, "set", by=by, now=now)
    return limit


@transaction.atomic
def remove_transfer_limit(limit_id: int, *, by: Actor, now: datetime) -> None:
    """They are sent again. Raises TransferLimit.DoesNotExist, NotPermitted."""
    limit = TransferLimit.objects.select_for_update().get(pk=limit_id)
    for place in (limit.origin_id, limit.destination_id):
        by.require(DistributionPermission.MANAGE, at=place)
    _tell_way(limit, "removed", by=by, now=now)
    limit.delete()


def _tell_way(limit: TransferLimit, what: str, *, by: Actor, now: datetime) -> None:
    told = TransferLimitChanged(
        library_id=limit.origin_id,
        destination_id=limit.destination_id,
        item_type_id=limit.item_type_id,
        collection=limit.collection,
        what=what,
    )
    publish(told, by=by, at=now)
    configuration_changed()


def _reasons_against(unit: Unit, collection: str) -> list[Refusal]:
    wrong = []
    if unit.kind not in OVER_LIBRARIES:
        wrong.append(Refusal(Reason.NOT_LIBRARY_UNIT, facts={"field": "unit"}))
    known = CodedValue.objects.filter(list=CodedValue.List.COLLECTION, code=collection)
    if collection and not known.exists():
        wrong.append(Refusal(Reason.UNKNOWN_COLLECTION, facts={"field": "collection"}))
    return wrong
