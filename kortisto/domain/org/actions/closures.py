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
from kortisto.domain.org.actions.calendars import Hours, check_hours
from kortisto.domain.org.events import ClosureSet, PremisesSet
from kortisto.domain.org.models import Closure, Premises, Unit, WeeklyHours
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
    premises: "OtherPlace | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPlace:
    """Where one library works meanwhile. ``hours``: none, as in its own house.

    Items of ``left_locations`` stay on their shelves, and are ``left_status`` then.
    """

    street: str
    city: str
    postal_code: str = ""
    phone: str = ""
    van_note: str = ""
    hours: tuple[Hours, ...] = ()
    left_locations: tuple[str, ...] = ()
    left_status: str = ""


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
    if plan.premises is not None:
        check_hours(plan.premises.hours)
    if wrong := _wrong(plan, closure, today=localdate(now)):
        raise Refused(wrong)
    closure.starts_on, closure.ends_on = plan.starts_on, plan.ends_on
    closure.text_fi = tidy(plan.texts.get("fi", ""))
    closure.text_sv = tidy(plan.texts.get("sv", ""))
    closure.text_en = tidy(plan.texts.get("en", ""))
    closure.pickup_id, closure.returns = plan.pickup_id, plan.returns
    closure.save()
    closure.libraries.set(plan.library_ids)
    if plan.premises is not None:
        _keep_premises(closure, plan.premises)
    return closure


def _keep_premises(closure: Closure, place: OtherPlace) -> None:
    Premises.objects.update_or_create(
        closure=closure,
        defaults={
            "street": tidy(place.street),
            "postal_code": tidy(place.postal_code),
            "city": tidy(place.city),
            "phone": tidy(place.phone),
            "van_note": tidy(place.van_note),
            "hours": [
                [
                    one.weekday,
                    one.opens.isoformat("minutes"),
                    one.closes.isoformat("minutes"),
                    one.self_service,
                ]
                for one in place.hours
            ],
            "left_locations": list(place.left_locations),
            "left_status": place.left_status if place.left_locations else "",
        },
    )


def has_premises(closure: Closure) -> bool:
    """Whether the library works elsewhere meanwhile, and is not closed."""
    return Premises.objects.filter(closure=closure).exists()


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
    return _overlapping(plan, closure, elsewhere=has_premises(closure))


def set_last_day(
    closure: Closure, ends_on: date | None, *, by: Actor, now: datetime
) -> None:
    """Put a closure in force until a day, or (None) take it back. In a transaction."""
    closure.state = Closure.State.CANCELLED
    if ends_on is not None:
        closure.state, closure.ends_on = Closure.State.IN_FORCE, ends_on
    closure.save(update_fields=["state", "ends_on"])
    kind = PremisesSet if has_premises(closure) else ClosureSet
    event = kind(
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
    place = plan.premises
    if place is not None:
        wrong += _wrong_with_place(plan, place)
    return wrong + _overlapping(plan, closure, elsewhere=place is not None)


def _wrong_with_place(plan: Plan, place: OtherPlace) -> list[Refusal]:
    wrong = []
    units = list(Unit.objects.filter(pk__in=plan.library_ids))
    if len(units) != 1 or units[0].kind != Unit.Kind.LIBRARY:
        wrong.append(Refusal(Reason.ONE_LIBRARY_MOVES))
    for name in ("street", "city"):
        if not tidy(getattr(place, name)):
            wrong.append(Refusal(Reason.ADDRESS_MISSING, facts={"field": name}))
    if place.left_locations and not place.left_status:
        facts = {"field": "left_status"}
        wrong.append(Refusal(Reason.LEFT_STATUS_MISSING, facts=facts))
    known = WeeklyHours.objects.filter(library__in=plan.library_ids)
    if place.hours and not known.exists():
        wrong.append(Refusal(Reason.HOURS_UNKNOWN))
    return wrong


def _overlapping(plan: Plan, closure: Closure, *, elsewhere: bool) -> list[Refusal]:
    """A library is closed by one closure at a time, and none collects for another.

    It may be closed for some weeks while it works ``elsewhere``; and it works at one
    place at a time.
    """
    others = Closure.objects.filter(
        state=Closure.State.IN_FORCE,
        starts_on__lte=plan.ends_on,
        ends_on__gte=plan.starts_on,
        premises__isnull=not elsewhere,
    ).exclude(pk=closure.pk)
    wrong = [
        Refusal(
            Reason.ELSEWHERE_ALREADY if elsewhere else Reason.CLOSED_ALREADY,
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
