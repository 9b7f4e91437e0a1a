"""Say where a bookmobile stops, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.core.versions import configuration_changed
from kortisto.domain.org.events import BusStopChanged, BusStopRemoved
from kortisto.domain.org.models import BusCall, BusStop, Unit
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.reasons import Reason
from kortisto.domain.org.stops import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPlan:
    """What is said of a stop. ``names`` by fi, sv, en."""

    names: Mapping[str, str]
    place: str
    calls: tuple[Call, ...]


@transaction.atomic
def save_stop(
    library_id: int, stop_id: int | None, plan: StopPlan, *, by: Actor, now: datetime
) -> BusStop:
    """Add a stop (None), or say anew where it is and when the bookmobile comes.

    Raises Refused with every reason, NotPermitted, BusStop.DoesNotExist.
    """
    by.require(OrgPermission.EDIT_CALENDAR, at=library_id)
    bus = Unit.objects.select_for_update(no_key=True).get(pk=library_id)
    stop = BusStop(library=bus)
    if stop_id is not None:
        stop = BusStop.objects.get(pk=stop_id, library=bus)
    if refusals := _reasons_against(bus, stop, plan):
        raise Refused(refusals)
    stop.name_fi = plan.names["fi"]
    stop.name_sv = plan.names.get("sv", "")
    stop.name_en = plan.names.get("en", "")
    stop.place = plan.place
    stop.save()
    stop.calls.all().delete()
    BusCall.objects.bulk_create(
        BusCall(
            stop=stop,
            first_on=call.first_on,
            every_weeks=call.every_weeks,
            arrives=call.arrives,
            leaves=call.leaves,
            last_on=call.last_on,
        )
        for call in plan.calls
    )
    changed = BusStopChanged(stop_id=stop.pk, stop_library_id=bus.pk)
    publish(changed, by=by, at=now)
    configuration_changed()
    return stop


def _reasons_against(bus: Unit, stop: BusStop, plan: StopPlan) -> list[Refusal]:
    found = []
    if not bus.mobile:
        found.append(Refusal(Reason.NO_BOOKMOBILE, facts={"unit": bus.name}))
    name = plan.names.get("fi", "")
    if not name:
        found.append(Refusal(Reason.NAME_MISSING))
    same = BusStop.objects.filter(library=bus, name_fi=name).exclude(pk=stop.pk)
    if same.exists():
        found.append(Refusal(Reason.STOP_HAS_NAME, facts={"name": name}))
    if any(call.leaves <= call.arrives for call in plan.calls):
        found.append(Refusal(Reason.LEAVES_BEFORE_IT_COMES))
    if any(call.last_on and call.last_on < call.first_on for call in plan.calls):
        found.append(Refusal(Reason.DATES_BACKWARDS))
    return found


@transaction.atomic
def remove_stop(stop_id: int, *, by: Actor, now: datetime) -> None:
    """The bookmobile stops there no more: whoever chose it has chosen no stop.

    Raises NotPermitted, BusStop.DoesNotExist.
    """
    stop = BusStop.objects.select_for_update().get(pk=stop_id)
    by.require(OrgPermission.EDIT_CALENDAR, at=stop.library_id)
    removed = BusStopRemoved(stop_id=stop.pk, stop_library_id=stop.library_id)
    stop.delete()
    publish(removed, by=by, at=now)
    configuration_changed()
