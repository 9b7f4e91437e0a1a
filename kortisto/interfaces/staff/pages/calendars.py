"""Opening hours and closed days: of one library, of a group, of all (CIR-7)."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kortisto.core.refusals import Refused
from kortisto.core.text import whole_number
from kortisto.domain.closures.permissions import ClosurePermission
from kortisto.domain.org.actions import calendars as actions
from kortisto.domain.org.models import CalendarException
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import Node, organisation
from kortisto.interfaces.staff.access import StaffRequest, page, page_for_all_staff
from kortisto.interfaces.staff.calendar_forms import PLACES, DaysForm, HoursForm
from kortisto.interfaces.staff.calendar_year import weekday_names, year_of
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.told import tell

FIRST_YEAR, LAST_YEAR = 1990, 2100
EDIT = OrgPermission.EDIT_CALENDAR


@require_GET
def calendars(request: StaffRequest) -> HttpResponse:
    """A year of one unit in a picture, and every decision behind it."""
    unit, year = _unit(request), _year(request)
    today = timezone.localdate()
    tree = organisation()
    rows = CalendarException.objects.filter(unit_id__in=unit.path)
    return render(
        request,
        "staff/calendars.html",
        {
            "unit": unit,
            "year": year,
            "months": year_of(tree.calendar(unit.id), year, today=today),
            "weekdays": weekday_names(),
            "units": [
                (one.id, f"{'· ' * (len(one.path) - 1)}{one.name}") for one in _places()
            ],
            "exceptions": [
                (row, tree.name(row.unit_id), request.actor.may(EDIT, at=row.unit_id))
                for row in rows.order_by("starts_on", "pk")
                if row.yearly or row.starts_on.year <= year <= row.ends_on.year
            ],
            "may_close": request.actor.may_somewhere(ClosurePermission.CLOSE),
            "may_edit": request.actor.may(EDIT, at=unit.id),
        },
    )


def _places() -> list[Node]:
    tree = organisation()
    found = [node for node in tree.units.values() if node.kind in PLACES]
    return sorted(found, key=lambda node: [tree.name(place) for place in node.path])


def _unit(request: StaffRequest) -> Node:
    number = whole_number(request.GET.get("unit") or request.POST.get("unit"))
    node = organisation().units.get(number or request.actor.library_id or 0)
    if node is None or node.kind not in PLACES:
        raise Http404
    return node


def _year(request: StaffRequest) -> int:
    year = whole_number(request.GET.get("year") or request.POST.get("year")) or 0
    in_range = FIRST_YEAR <= year <= LAST_YEAR
    return year if in_range else timezone.localdate().year


@require_http_methods(["GET", "POST"])
def add_days(request: StaffRequest) -> HttpResponse:
    """Close or open on days, for one unit, a group or all."""
    unit = _unit(request)
    start: dict[str, Any] = {"place": f"unit:{unit.id}"}
    form = DaysForm(request.POST or None, actor=request.actor, initial=start)
    if form.is_valid():
        now = timezone.now()
        try:
            actions.add_exception(form.units, form.days, by=request.actor, now=now)
        except Refused as refused:
            add_refusals(form, refused)
        else:
            tell(request, _("The days were added. Due dates already given stay."))
            return _back(unit, form.cleaned_data["starts_on"].year)
    told = {
        "form": form,
        "heading": _("Add days that differ"),
        "save": _("Add"),
        "back": _address(unit, _year(request)),
    }
    status = 422 if form.errors else 200
    return render(request, "staff/_form_page.html", told, status=status)


@require_http_methods(["GET", "POST"])
def weekly_hours(request: StaffRequest) -> HttpResponse:
    """The hours of a week, from a day on or for a season."""
    unit, today = _unit(request), timezone.localdate()
    form = HoursForm(
        request.POST or None, actor=request.actor, library=unit.id, day=today
    )
    if form.is_valid():
        told = form.cleaned_data
        try:
            actions.set_weekly_hours(
                form.libraries,
                form.hours,
                starts_on=told["starts_on"],
                ends_on=told["ends_on"],
                by=request.actor,
                now=timezone.now(),
            )
        except Refused as refused:
            add_refusals(form, refused)
        else:
            tell(request, _("The opening hours were saved."))
            return _back(unit, told["starts_on"].year)
    context = {
        "form": form,
        "heading": _("Opening hours"),
        "intro": _(
            "Write 10–19, or 8–10 self, 10–19 when there are self-service hours. "
            "An empty day is closed."
        ),
        "save": _("Save"),
        "back": _address(unit, _year(request)),
    }
    status = 422 if form.errors else 200
    return render(request, "staff/_form_page.html", context, status=status)


@require_POST
def remove_days(request: StaffRequest) -> HttpResponse:
    given = map(whole_number, request.POST.getlist("day"))
    ids = [one for one in given if one is not None]
    actions.remove_exceptions(ids, by=request.actor, now=timezone.now())
    tell(request, _("Days removed: {number}.").format(number=len(ids)))
    return _back(_unit(request), _year(request))


@require_POST
def fill_holidays(request: StaffRequest) -> HttpResponse:
    unit, year = _unit(request), _year(request)
    now = timezone.now()
    added = actions.fill_holidays(year, unit.id, by=request.actor, now=now)
    tell(request, _("Holidays added: {number}.").format(number=added))
    return _back(unit, year)


@require_POST
def copy_calendar(request: StaffRequest) -> HttpResponse:
    """Repeat the year's own days next year; holidays are filled anew."""
    unit, year = _unit(request), _year(request)
    now = timezone.now()
    added = actions.copy_to_next_year([unit.id], year, by=request.actor, now=now)
    tell(request, _("Days added to the next year: {number}.").format(number=added))
    return _back(unit, year + 1)


def _address(unit: Node, year: int) -> str:
    return f"{reverse('calendars')}?unit={unit.id}&year={year}"


def _back(unit: Node, year: int) -> HttpResponse:
    return redirect(_address(unit, year))


urlpatterns = [
    page_for_all_staff("calendars/", calendars),
    page("calendars/days/", add_days, needs=EDIT, somewhere=True),
    page("calendars/hours/", weekly_hours, needs=EDIT, somewhere=True),
    page("calendars/remove/", remove_days, needs=EDIT, somewhere=True),
    page("calendars/holidays/", fill_holidays, needs=EDIT, somewhere=True),
    page("calendars/copy/", copy_calendar, needs=EDIT, somewhere=True),
]
