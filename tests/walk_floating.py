"""Floating for the stage of tests/walk_stage.py: drifted, limited, sent and tried."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from kortisto.core.actors import Actor
from kortisto.domain.catalogue.models import Record
from kortisto.domain.circulation.actions.balancing import ask_to_send
from kortisto.domain.circulation.actions.trying_floating import try_floating
from kortisto.domain.circulation.float_simulation import FloatTrial
from kortisto.domain.distribution.actions.limiting import (
    set_float_limit,
    set_transfer_limit,
)
from kortisto.domain.distribution.actions.rotating import (
    Stay,
    add_to_rotation,
    make_rotating,
)
from kortisto.domain.distribution.models import Dispatch
from kortisto.domain.distribution.rules import Flow
from kortisto.domain.holds.models import Transit
from kortisto.domain.org.models import Unit
from kortisto.testing.builders import make_group, make_item, make_item_type
from kortisto.testing.jobs import work_until_done


def floating(library: Unit, by: Actor) -> dict[str, Any]:
    """Items of another library stand here: one of them is on the list to be sent."""
    now = timezone.now()
    today = timezone.localdate(now)
    others = Unit.objects.filter(kind=Unit.Kind.LIBRARY).exclude(pk=library.pk)
    other = others.order_by("pk")[0]
    make_group(library, other, purpose="floating")
    kind = make_item_type()
    *_stay, made = [
        make_item(record=record, library=library, home_library=other, item_type=kind)
        for record in Record.objects.order_by("pk")[:8]
    ]
    made.library = other
    made.save(update_fields=["library"])
    full = {"reason": Transit.Reason.FLOAT_FULL, "sent_at": now}
    Transit.objects.create(item=made, origin=library, destination=other, **full)
    box = Flow(
        item_type_id=kind.pk, origin_id=library.pk, destination_id=other.pk, items=1
    )
    ask_to_send(box, by=by, now=now)
    limit = set_float_limit(library.pk, 40, item_type=kind, by=by, now=now)
    trial = FloatTrial(libraries=frozenset({library.pk, other.pk}), most=40)
    first = today - timedelta(days=365)
    job = try_floating(trial, first=first, last=today, by=by, now=now)
    work_until_done(job)
    stays = [Stay(other.pk, 30), Stay(library.pk, 14)]
    round_ = make_rotating("Selkokirjat", stays, starts_on=today, by=by, now=now)
    for record in Record.objects.order_by("pk")[:3]:
        item = make_item(record=record, library=library, item_type=kind)
        add_to_rotation(round_.pk, item.barcode, by=by, now=now)
    set_transfer_limit(library.pk, other.pk, collection="", by=by, now=now)
    return {
        "other_library_id": other.pk,
        "rotating_id": round_.pk,
        "dispatch_id": Dispatch.objects.latest("pk").pk,
        "limit_id": limit.pk,
        "floated_id": job.pk,
    }
