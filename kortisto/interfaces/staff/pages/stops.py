"""Bookmobiles: their stops and timetables, and the holds of a day by stop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kortisto.core.refusals import Refused
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.holds.lists import on_shelf
from kortisto.domain.holds.models import Hold
from kortisto.domain.org.actions import stops as actions
from kortisto.domain.org.models import BusStop
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import Node, organisation
from kortisto.domain.org.stop_queries import bus_stops, stops_of
from kortisto.domain.org.stop_words import clock, visit_in_words
from kortisto.domain.org.stops import Stop, next_visits, visits_on
from kortisto.interfaces.staff.access import StaffRequest, page, page_for_all_staff
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.stop_forms import StopForm
from kortisto.interfaces.staff.told import tell

EDIT: Final = OrgPermission.EDIT_CALENDAR
INVALID: Final = 422
MOST: Final = 1000  # holds of a day's list


@dataclass(frozen=True, slots=True, kw_only=True)
class BusLine:
    """A bookmobile with its stops: (stop, the next visits in words)."""

    bus: Node
    stops: Sequence[tuple[Stop, Sequence[str]]]
    may_edit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StopDay:
    """What is handed out at one stop. ``times``: empty for those without a stop."""

    name: str
    place: str
    times: str
    holds: Sequence[Hold]


@require_GET
def stops(request: StaffRequest) -> HttpResponse:
    """Every bookmobile, where it stops, and when it comes next."""
    today, tree = timezone.localdate(), organisation()
    lines = [
        BusLine(
            bus=bus,
            stops=[
                (
                    stop,
                    [
                        visit_in_words(visit)
                        for visit in next_visits(
                            stop, tree.calendar(bus.id), since=today
                        )
                    ],
                )
                for stop in stops_of(bus.id)
            ],
            may_edit=request.actor.may(EDIT, at=bus.id),
        )
        for bus in tree.libraries(on=today)
        if bus.mobile
    ]
    return render(request, "staff/stops.html", {"lines": lines})


@never_cache
@require_GET
def stop_day(request: StaffRequest) -> HttpResponse:
    """The holds that a bookmobile takes along today, stop by stop, in its order."""
    here, today = request.actor.library_id or 0, timezone.localdate()
    day = _day(request.GET.get("day", ""), today)
    tree = organisation()
    told = {
        "bus": tree.unit(here),
        "day": day,
        "rows": _of_the_day(here, day),
        "printed": timezone.now(),
    }
    return render(request, "staff/stop_day.html", told)


def _day(text: str, today: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today


def _of_the_day(here: int, day: date) -> list[StopDay]:
    """Stops of the day by their times; last, what waits without a stop."""
    mine = {stop.id: stop for stop in stops_of(here)}
    waiting: dict[int | None, list[Hold]] = {}
    for hold in on_shelf(here, Hold.State.WAITING)[:MOST]:
        stop_id = hold.stop_id if hold.stop_id in mine else None
        waiting.setdefault(stop_id, []).append(hold)
    rows = [
        StopDay(
            name=mine[visit.stop_id].name,
            place=mine[visit.stop_id].place,
            times=f"{clock(visit.arrives)}–{clock(visit.leaves)}",
            holds=waiting.get(visit.stop_id, ()),
        )
        for visit in visits_on(mine.values(), organisation().calendar(here), day)
    ]
    if None in waiting:
        title = _("No stop has been chosen")
        rows.append(StopDay(name=title, place="", times="", holds=waiting[None]))
    return rows


@require_http_methods(["GET", "POST"])
def new_stop(request: StaffRequest, unit_id: int) -> HttpResponse:
    """Add a stop to a bookmobile."""
    return _decide(request, unit_id, None)


@require_http_methods(["GET", "POST"])
def edit_stop(request: StaffRequest, stop_id: int) -> HttpResponse:
    """Say anew where a stop is and when the bookmobile comes."""
    found = bus_stops().get(stop_id)
    if found is None:
        raise Http404
    return _decide(request, found.library_id, found)


def _decide(request: StaffRequest, bus_id: int, found: Stop | None) -> HttpResponse:
    bus = organisation().units.get(bus_id)
    if bus is None:
        raise Http404
    request.actor.require(EDIT, at=bus_id)
    form = StopForm(request.POST if request.method == "POST" else None, stop=found)
    if form.is_valid():
        stop_id, now = None if found is None else found.id, timezone.now()
        try:
            actions.save_stop(bus_id, stop_id, form.plan, by=request.actor, now=now)
        except BusStop.DoesNotExist as gone:
            raise Http404 from gone
        except Refused as refused:
            add_refusals(form, refused)
        else:
            tell(request, _("The stop was saved."))
            return redirect("stops")
    told: dict[str, Any] = {"form": form, "stop": found, "bus": bus}
    status = INVALID if form.errors else 200
    return render(request, "staff/stop.html", told, status=status)


@require_POST
def remove_stop(request: StaffRequest, stop_id: int) -> HttpResponse:
    """The bookmobile stops there no more."""
    try:
        actions.remove_stop(stop_id, by=request.actor, now=timezone.now())
    except BusStop.DoesNotExist:
        tell(request, _("The stop has been removed already."), kind="info")
    else:
        tell(request, _("The stop was removed."))
    return redirect("stops")


urlpatterns: Final = [
    page_for_all_staff("stops/", stops),
    page("stops/day/", stop_day, needs=LendingPermission.LEND),
    page("stops/new/<int:unit_id>/", new_stop, needs=EDIT, somewhere=True),
    page("stops/<int:stop_id>/", edit_stop, needs=EDIT, somewhere=True),
    page("stops/<int:stop_id>/remove/", remove_stop, needs=EDIT, somewhere=True),
]
