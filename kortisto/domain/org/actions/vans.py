"""Say where vans drive: a round from a day on, and what stops being true."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Final

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.core.versions import configuration_changed
from kortisto.domain.org.events import VanRoundChanged, VanRoundRemoved
from kortisto.domain.org.models import Unit, VanRound, VanStop
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.reasons import Reason
from kortisto.domain.org.vans import Stop

CODE: Final = re.compile(r"^[A-Z0-9-]{1,20}$")
FEWEST_STOPS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundPlan:
    """What is said of a round. ``names`` by fi, sv, en; money in cents."""

    names: Mapping[str, str]
    weekdays: frozenset[int]
    capacity: int
    stops: tuple[Stop, ...]
    starts_on: date
    ends_on: date | None = None
    run_cents: int = 0
    handling_cents: int = 0


@transaction.atomic
def save_round(code: str, plan: RoundPlan, *, by: Actor, now: datetime) -> VanRound:
    """Say how a round is from a day on; before it, it stays as it was.

    Said again for the same first day, it takes the place of what was said. The actor
    needs the permission at every library of the round, before and after. Raises
    Refused with every reason.
    """
    code = code.upper()
    told = VanRound.objects.select_for_update(no_key=True).filter(code=code)
    before = told.filter(starts_on=plan.starts_on).first()
    _require_everywhere(before, (stop.library_id for stop in plan.stops), by)
    if refusals := _reasons_against(code, plan):
        raise Refused(refusals)
    round_, _made = VanRound.objects.update_or_create(
        code=code,
        starts_on=plan.starts_on,
        defaults={
            "name_fi": plan.names["fi"],
            "name_sv": plan.names.get("sv", ""),
            "name_en": plan.names.get("en", ""),
            "ends_on": plan.ends_on,
            "weekdays": "".join(map(str, sorted(plan.weekdays))),
            "capacity": plan.capacity,
            "run_cents": plan.run_cents,
            "handling_cents": plan.handling_cents,
        },
    )
    round_.stops.all().delete()
    VanStop.objects.bulk_create(
        VanStop(
            round=round_,
            library_id=stop.library_id,
            calls_at=stop.at,
            kilometres=stop.kilometres,
        )
        for stop in plan.stops
    )
    changed = VanRoundChanged(round=code, starts_on=plan.starts_on.isoformat())
    publish(changed, by=by, at=now)
    configuration_changed()
    return round_


@transaction.atomic
def remove_round(round_id: int, *, by: Actor, now: datetime) -> None:
    """Forget what was said of a round from its day on: what was before holds again.

    Raises VanRound.DoesNotExist, NotPermitted.
    """
    round_ = VanRound.objects.select_for_update().get(pk=round_id)
    _require_everywhere(round_, (), by)
    removed = VanRoundRemoved(round=round_.code, starts_on=round_.starts_on.isoformat())
    round_.delete()
    publish(removed, by=by, at=now)
    configuration_changed()


def _require_everywhere(
    before: VanRound | None, library_ids: Iterable[int], by: Actor
) -> None:
    places = set(library_ids)
    if before is not None:
        places.update(before.stops.values_list("library_id", flat=True))
    if not places:
        by.require(OrgPermission.EDIT_VANS)
    for place in sorted(places):
        by.require(OrgPermission.EDIT_VANS, at=place)


def _reasons_against(code: str, plan: RoundPlan) -> list[Refusal]:
    found = []
    if CODE.match(code) is None:
        found.append(Refusal(Reason.CODE_FORM))
    if not plan.names.get("fi"):
        found.append(Refusal(Reason.NAME_MISSING))
    if not plan.weekdays:
        found.append(Refusal(Reason.NO_WEEKDAY))
    if plan.ends_on is not None and plan.ends_on < plan.starts_on:
        found.append(Refusal(Reason.DATES_BACKWARDS))
    return found + _reasons_against_stops(plan.stops)


def _reasons_against_stops(stops: tuple[Stop, ...]) -> list[Refusal]:
    found = []
    if len(stops) < FEWEST_STOPS:
        found.append(Refusal(Reason.TOO_FEW_STOPS))
    units = Unit.objects.in_bulk({stop.library_id for stop in stops})
    for unit in units.values():
        if unit.kind != Unit.Kind.LIBRARY:
            found.append(Refusal(Reason.NOT_LIBRARY, facts={"unit": unit.name}))
    for one, after in pairwise(stops):
        if after.at <= one.at:
            at = f"{after.at.hour}.{after.at.minute:02}"
            found.append(Refusal(Reason.STOPS_OUT_OF_ORDER, facts={"at": at}))
        if after.library_id == one.library_id:
            name = units[one.library_id].name
            found.append(Refusal(Reason.SAME_STOP_TWICE, facts={"unit": name}))
    return found
