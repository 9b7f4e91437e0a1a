"""Close libraries for a time: plan, see what moves, do it, change it (TOL-11)."""

from datetime import date, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kortisto.core.refusals import Refused
from kortisto.domain.closures.actions.asking import set_closure, why_not
from kortisto.domain.closures.models import UNFINISHED
from kortisto.domain.closures.permissions import ClosurePermission
from kortisto.domain.closures.queries import preview_closure, shifts_with_counts
from kortisto.domain.org.actions.closures import discard_plan, plan_closure
from kortisto.domain.org.models import Closure, Premises
from kortisto.domain.org.queries import organisation
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.closure_forms import ClosureForm, told_of
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.moves_shown import name_of, shown
from kortisto.interfaces.staff.paging import PAGE, Trail, cut
from kortisto.interfaces.staff.premises_shown import place_shown
from kortisto.interfaces.staff.told import tell
from kortisto.ui.fields import DayField

CLOSE: Final = ClosurePermission.CLOSE
NEVER: Final = "never"  # as a last day: the closure is taken back
DAY: Final = timedelta(days=1)


@require_GET
def closures(request: StaffRequest) -> HttpResponse:
    """Closures, the newest first, and due dates that were moved without one."""
    trail, today = Trail.of(request), localdate()
    found = Closure.objects.order_by("-pk").prefetch_related("libraries")
    found = found.select_related("premises")
    if trail.last is not None:
        found = found.filter(pk__lt=trail.last)
    rows = list(found[: PAGE + 1])
    by_hand = shifts_with_counts().filter(closure=None)[:PAGE]
    return render(
        request,
        "staff/closures.html",
        {
            "rows": [(row, _libraries(row), _state(row, today)) for row in rows[:PAGE]],
            "pages": trail.pages(request, next_key=cut([row.pk for row in rows])),
            "by_hand": [(shift, name_of(shift)) for shift in by_hand],
        },
    )


def _libraries(closure: Closure) -> str:
    return ", ".join(unit.name for unit in closure.libraries.all())


def _state(closure: Closure, today: date) -> dict[str, str]:
    """How it stands, as a badge."""
    if closure.state == Closure.State.DRAFT:
        return {"kind": "info", "word": _("Plan"), "icon": "edit"}
    if closure.state == Closure.State.CANCELLED:
        return {"kind": "neutral", "word": _("Taken back"), "icon": "close"}
    if closure.ends_on < today:
        return {"kind": "neutral", "word": _("Over"), "icon": "check"}
    if closure.starts_on <= today and _place(closure) is not None:
        return {"kind": "attention", "word": _("Elsewhere now"), "icon": "library"}
    if closure.starts_on <= today:
        return {"kind": "stop", "word": _("Closed now"), "icon": "close"}
    return {"kind": "attention", "word": _("To come"), "icon": "clock"}


def _place(closure: Closure) -> Premises | None:
    """Where the library works meanwhile; None: it is closed."""
    return getattr(closure, "premises", None)


@require_http_methods(["GET", "POST"])
def new_closure(request: StaffRequest) -> HttpResponse:
    return _write(request, None)


@require_http_methods(["GET", "POST"])
def edit_closure(request: StaffRequest, closure_id: int) -> HttpResponse:
    """Change a plan, as long as it is one."""
    return _write(request, get_object_or_404(Closure, pk=closure_id, premises=None))


def _write(request: StaffRequest, closure: Closure | None) -> HttpResponse:
    now = timezone.now()
    form = ClosureForm(
        request.POST or None,
        actor=request.actor,
        today=localdate(now),
        initial={} if closure is None else told_of(closure),
    )
    if form.is_valid():
        key = None if closure is None else closure.pk
        try:
            made = plan_closure(form.plan, by=request.actor, now=now, closure_id=key)
        except Refused as refused:
            add_refusals(form, refused)
        else:
            return redirect("closure", closure_id=made.pk)
    status = 422 if form.errors else 200
    told = {"form": form, "closure": closure}
    return render(request, "staff/closure_form.html", told, status=status)


@require_GET
def closure(request: StaffRequest, closure_id: int) -> HttpResponse:
    """What a closure would move, or moves; asked with another last day, what that does.

    Nothing is written before somebody says so.
    """
    rows = Closure.objects.select_related("premises")
    found = get_object_or_404(rows, pk=closure_id)
    now = timezone.now()
    told = _context(found, now_day=localdate(now))
    asked = request.GET.get("ends_on", "")
    if found.state == Closure.State.DRAFT or asked:
        wanted = found.ends_on if not asked else _last_day(asked)
        if wanted == "":
            told["wrong"] = [_("Write the day like this: 24.12.2026.")]
        else:
            told |= _previewed(found, wanted, now=now)
    return render(request, "staff/closure.html", told)


def _context(found: Closure, *, now_day: date) -> dict[str, Any]:
    shifts = list(shifts_with_counts().filter(closure=found))
    in_force = found.state == Closure.State.IN_FORCE and found.ends_on >= now_day
    moving = any(shift.state in UNFINISHED for shift in shifts)
    return {
        "closure": found,
        "libraries": _libraries(found),
        "pickup": organisation().name(found.pickup_id),
        "state": _state(found, now_day),
        "place": None if _place(found) is None else place_shown(found),
        "shifts": [(shift, name_of(shift)) for shift in shifts],
        "is_plan": found.state == Closure.State.DRAFT and not moving,
        "may_change": in_force and not moving,
        "yesterday": now_day - DAY,
        "opens_now": found.starts_on <= now_day <= found.ends_on,
    }


def _last_day(asked: str) -> date | str | None:
    """The day that was asked for; None: taken back; empty text: no day at all."""
    if asked == NEVER:
        return None
    try:
        day: date = DayField().clean(asked)
    except ValidationError:
        return ""
    return day


def _previewed(found: Closure, ends_on: Any, *, now: Any) -> dict[str, Any]:
    if ends_on is not None and ends_on < found.starts_on:
        ends_on = None
    refusals = why_not(found, ends_on, today=localdate(now))
    if refusals:
        return {"wrong": [refusal.message for refusal in refusals]}
    return {
        "preview": shown(preview_closure(found, ends_on, now=now)),
        "asked": NEVER if ends_on is None else ends_on.isoformat(),
        "asked_day": ends_on,
        "opens_on": None if ends_on is None else ends_on + DAY,
        "begins": found.state == Closure.State.DRAFT,
        "longer": ends_on is not None and ends_on > found.ends_on,
    }


@require_POST
def apply_closure(request: StaffRequest, closure_id: int) -> HttpResponse:
    """Put it in force, or change its last day: a worker moves what is to be moved."""
    get_object_or_404(Closure, pk=closure_id)
    wanted = _last_day(request.POST.get("ends_on", ""))
    if isinstance(wanted, str):
        return redirect("closure", closure_id=closure_id)
    shift = set_closure(closure_id, wanted, by=request.actor, now=timezone.now())
    tell(request, _("It is being done. You may leave the page."))
    return redirect("shift", shift_id=shift.pk)


@require_POST
def discard_closure(request: StaffRequest, closure_id: int) -> HttpResponse:
    """Throw a plan away."""
    get_object_or_404(Closure, pk=closure_id)
    discard_plan(closure_id, by=request.actor)
    tell(request, _("The plan was thrown away."))
    return redirect("closures")


urlpatterns = [
    page("closures/", closures, needs=CLOSE, somewhere=True),
    page("closures/new/", new_closure, needs=CLOSE, somewhere=True),
    page("closures/<int:closure_id>/", closure, needs=CLOSE, somewhere=True),
    page("closures/<int:closure_id>/edit/", edit_closure, needs=CLOSE, somewhere=True),
    page(
        "closures/<int:closure_id>/apply/", apply_closure, needs=CLOSE, somewhere=True
    ),
    page(
        "closures/<int:closure_id>/discard/",
        discard_closure,
        needs=CLOSE,
        somewhere=True,
    ),
]
