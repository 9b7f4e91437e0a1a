"""Close libraries for a time: plan it, put it in force, change its last day (TOL-11).

Here only the calendars change. What has been promised to patrons for those days is
moved by the app ``closures``, which calls ``set_last_day`` in the same transaction.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.days import written
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.core.text import tidy
from kortisto.core.versions import configuration_changed
from kortisto.domain.org.events import ClosureSet
from kortisto.domain.org.models import Closure, Unit
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.reasons import Reason, refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What somebody wants: which libraries, which days, and how it is meanwhile."""

    library_ids: tuple[int, ...]
    starts_on: date
    ends_on: date
    texts: dict[str, str] = field(default_factory=dict)
    pickup_id: int | None = None
    returns: Closure.Returns = Closure.Returns.ELSEWHERE


@transaction.atomic
def plan_closure(
    plan: Plan, *, by: Actor, now: datetime, closure_id: int | None = None
) -> Closure:
    """Write a plan down, or change one; nothing is closed yet.

    Raises Refused with every reason, NotPermitted, Closure.DoesNotExist.
    """
    for library_id in plan.library_ids:
        by.require(OrgPermission.EDIT_CALENDAR, at=library_id)
    closure = Closure(made_by=by.label, made_at=now)
    if closure_id is not None:
        closure = Closure.objects.select_for_update(no_key=True).get(pk=closure_id)
        if closure.state != Closure.State.DRAFT:
            raise refused(Reason.HAS_BEGUN)
    if wrong := _wrong(plan, closure, today=localdate(now)):
        raise Refused(wrong)
    closure.starts_on, closure.ends_on = plan.starts_on, plan.ends_on
    closure.text_fi = tidy(plan.texts.get("fi", ""))
    closure.text_sv = tidy(plan.texts.get("sv", ""))
    closure.text_en = tidy(plan.texts.get("en", ""))
    closure.pickup_id, closure.returns = plan.pickup_id, plan.returns
    closure.save()
    closure.libraries.set(plan.library_ids)
    return closure


@transaction.atomic
def discard_plan(closure_id: int, *, by: Actor) -> None:
    """Throw a plan away that was never in force."""
    closure = Closure.objects.select_for_update().get(pk=closure_id)
    require_closing(closure, by=by)
    if closure.state != Closure.State.DRAFT:
        raise refused(Reason.HAS_BEGUN)
    closure.delete()


def require_closing(closure: Closure, *, by: Actor) -> None:
    """Whoever changes a closure may change the calendar of each of its libraries."""
    for library_id in closure.libraries.values_list("pk", flat=True):
        by.require(OrgPermission.EDIT_CALENDAR, at=library_id)


def reasons_against(closure: Closure, ends_on: date | None) -> list[Refusal]:
    """Why a closure cannot last until a day; it can always be taken back (None)."""
    if ends_on is None:
        return []
    if ends_on < closure.starts_on:
        return [Refusal(Reason.DATES_BACKWARDS, facts={"field": "ends_on"})]
    ids = tuple(closure.libraries.values_list("pk", flat=True))
    plan = Plan(
        library_ids=ids,
        starts_on=closure.starts_on,
        ends_on=ends_on,
        pickup_id=closure.pickup_id,
    )
    return _overlapping(plan, closure)


def set_last_day(
    closure: Closure, ends_on: date | None, *, by: Actor, now: datetime
) -> None:
    """Put a closure in force until a day, or (None) take it back. In a transaction."""
    closure.state = Closure.State.CANCELLED
    if ends_on is not None:
        closure.state, closure.ends_on = Closure.State.IN_FORCE, ends_on
    closure.save(update_fields=["state", "ends_on"])
    event = ClosureSet(
        closure_id=closure.pk,
        units=tuple(closure.libraries.order_by("pk").values_list("pk", flat=True)),
        starts_on=closure.starts_on.isoformat(),
        ends_on=None if ends_on is None else ends_on.isoformat(),
    )
    publish(event, by=by, at=now)
    configuration_changed()


def _wrong(plan: Plan, closure: Closure, *, today: date) -> list[Refusal]:
    wrong = []
    if not plan.library_ids:
        wrong.append(Refusal(Reason.NO_LIBRARIES, facts={"field": "places"}))
    if plan.ends_on < plan.starts_on:
        wrong.append(Refusal(Reason.DATES_BACKWARDS, facts={"field": "ends_on"}))
    elif plan.ends_on < today:
        wrong.append(Refusal(Reason.CLOSED_BEFORE_TODAY, facts={"field": "ends_on"}))
    if not tidy(plan.texts.get("fi", "")):
        wrong.append(Refusal(Reason.TEXT_MISSING, facts={"field": "text_fi"}))
    return wrong + _overlapping(plan, closure)


def _overlapping(plan: Plan, closure: Closure) -> list[Refusal]:
    """A library is closed by one closure at a time, and none collects for another."""
    others = Closure.objects.filter(
        state=Closure.State.IN_FORCE,
        starts_on__lte=plan.ends_on,
        ends_on__gte=plan.starts_on,
    ).exclude(pk=closure.pk)
    wrong = [
        Refusal(
            Reason.CLOSED_ALREADY,
            facts={
                "field": "places",
                "library": unit.name,
                "starts_on": written(other.starts_on),
                "ends_on": written(other.ends_on),
            },
        )
        for other in others.order_by("pk")
        for unit in other.libraries.filter(pk__in=plan.library_ids).order_by("pk")
    ]
    pickup = plan.pickup_id
    if pickup is not None and _is_closed(pickup, plan.library_ids, others):
        facts = {"field": "pickup", "library": Unit.objects.get(pk=pickup).name}
        wrong.append(Refusal(Reason.NO_PICKUP_WHILE_CLOSED, facts=facts))
    return wrong


def _is_closed(
    pickup: int, library_ids: Collection[int], others: "QuerySet[Closure]"
) -> bool:
    return pickup in library_ids or others.filter(libraries=pickup).exists()
