"""A bookmobile that goes where there is no network, and what it sends afterwards."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final
from uuid import UUID

from kortisto.core.actors import Actor
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.offline.actions.making import make_kit
from kortisto.domain.offline.actions.merging import Answer, merge, ticket_of
from kortisto.domain.offline.models import Kit
from kortisto.domain.offline.rules import Done
from kortisto.domain.org.models import Unit, Workstation
from kortisto.testing.builders import MONDAY_NOON, desk, make_library

EVENING: Final = MONDAY_NOON + timedelta(hours=6)
_keys = count(1)


def clerk(library: Unit | None = None, **more: Any) -> Actor:
    return desk(library, also=(LendingPermission.WORK_OFFLINE.value,), **more)


def make_workstation(library: Unit | None = None, **fields: Any) -> Workstation:
    return Workstation.objects.create(
        **{
            "unit": library or make_library(),
            "label": f"LT-{next(_keys)}",
            "made_by": "staff:1",
            "made_at": MONDAY_NOON,
            **fields,
        }
    )


def kit_of_the_bus(library: Unit | None = None, *, now: datetime = MONDAY_NOON) -> Kit:
    return make_kit(make_workstation(library).pk, by=clerk(library), now=now)


def lent(card: str, barcode: str, minutes: int = 10, **more: Any) -> Done:
    """Lent so many minutes after noon."""
    return Done(
        key=UUID(int=next(_keys)),
        kind="checkout",
        at=MONDAY_NOON + timedelta(minutes=minutes),
        barcode=barcode,
        card=card,
        **more,
    )


def brought(barcode: str, minutes: int = 10) -> Done:
    return Done(
        key=UUID(int=next(_keys)),
        kind="checkin",
        at=MONDAY_NOON + timedelta(minutes=minutes),
        barcode=barcode,
    )


def send(
    kit: Kit, *work: Done, by: Actor | None = None, now: datetime = EVENING
) -> list[Answer]:
    return merge(ticket_of(kit), work, by=by or clerk(), now=now)
