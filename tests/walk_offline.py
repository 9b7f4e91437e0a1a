"""A desk without a connection and a bookmobile's stop, for the stage of the walk."""

from datetime import time
from typing import Any
from uuid import UUID

from django.utils import timezone

from kortisto.core.actors import Actor
from kortisto.core.versions import configuration_changed
from kortisto.domain.offline.actions.making import make_kit
from kortisto.domain.offline.actions.merging import merge, ticket_of
from kortisto.domain.offline.models import Deed
from kortisto.domain.offline.rules import Done
from kortisto.domain.org.models import BusStop, Unit
from kortisto.testing.builders import make_library


def bus_stop() -> dict[str, Any]:
    """A stop of a bookmobile, with a timetable."""
    bus = Unit.objects.filter(mobile=True).order_by("pk").first()
    if bus is None:
        bus = make_library("BUS")
        Unit.objects.filter(pk=bus.pk).update(mobile=True)
    stop = BusStop.objects.create(
        library=bus, name_fi="Kävelijän koulu", place="Kävelytie 1"
    )
    stop.calls.create(
        first_on=timezone.localdate(), arrives=time(13), leaves=time(13, 40)
    )
    configuration_changed()
    return {"stop_id": stop.pk}


def offline(workstation_id: int, card: str, barcode: str, by: Actor) -> dict[str, Any]:
    """One check-out that could not be recorded, of a patron who is known."""
    now = timezone.now()
    kit = make_kit(workstation_id, by=by, now=now)
    done = Done(
        key=UUID(int=7), kind="checkout", at=now, barcode=barcode[:30], card=card
    )
    merge(ticket_of(kit), [done], by=by, now=now)
    return {"kit_id": kit.pk, "deed_id": Deed.objects.latest("pk").pk}
