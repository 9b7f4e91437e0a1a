"""Dates that are moved for many: by hand (TOL-10), and what became of each thing."""

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kortisto.core.models import Job
from kortisto.core.refusals import Refused
from kortisto.domain.closures.actions.asking import (
    job_key,
    move_due_dates,
    put_back,
    reasons_against_choice,
)
from kortisto.domain.closures.actions.later import withdraw
from kortisto.domain.closures.due_dates import due_dates
from kortisto.domain.closures.models import UNFINISHED, Move, Shift
from kortisto.domain.closures.permissions import ClosurePermission
from kortisto.domain.closures.queries import preview, shifts_with_counts
from kortisto.domain.org.permissions import OrgPermission
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.closure_forms import DueDatesForm
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.job_words import actor_names
from kortisto.interfaces.staff.moves_shown import name_of, rows_of, shown
from kortisto.interfaces.staff.paging import PAGE, Trail, cut
from kortisto.interfaces.staff.told import tell

CLOSE: Final = ClosurePermission.CLOSE
BY_HAND: Final = {Shift.Kind.DUE_DATES, Shift.Kind.MERGE, Shift.Kind.MOVE}


@require_http_methods(["GET", "POST"])
def due_dates_form(request: StaffRequest) -> HttpResponse:
    """Choose loans and a day, see what that does, and do it."""
    now = timezone.now()
    form = DueDatesForm(request.POST or None, actor=request.actor, today=localdate(now))
    told: dict[str, Any] = {"form": form}
    if form.is_valid():
        wrong = reasons_against_choice(form.choice, today=localdate(now))
        if wrong:
            add_refusals(form, Refused(wrong))
        elif request.POST.get("do") == "apply":
            made = move_due_dates(form.choice, by=request.actor, now=now)
            tell(request, _("It is being done. You may leave the page."))
            return redirect("shift", shift_id=made.pk)
        else:
            told["preview"] = shown(preview(due_dates(form.choice, now=now)))
    status = 422 if form.errors else 200
    return render(request, "staff/due_dates.html", told, status=status)


@never_cache
@require_GET
def shift(request: StaffRequest, shift_id: int) -> HttpResponse:
    """How far it is, and what became of each thing."""
    told = _progress(request, shift_id)
    trail = Trail.of(request)
    moves = Move.objects.filter(shift=shift_id).select_related("loan", "hold__record")
    moves = moves.defer("hold__record__marc", "hold__record__description")
    if trail.last is not None:
        moves = moves.filter(pk__gt=trail.last)
    found = list(moves.order_by("pk")[: PAGE + 1])
    told["rows"] = rows_of(found[:PAGE])
    told["pages"] = trail.pages(request, next_key=cut([move.pk for move in found]))
    return render(request, "staff/shift.html", told)


@never_cache
@require_GET
def shift_progress(request: StaffRequest, shift_id: int) -> HttpResponse:
    """The part that asks again until all is done; then the whole page."""
    told = _progress(request, shift_id)
    if not told["unfinished"]:
        there = redirect("shift", shift_id=shift_id)
        return HttpResponse(headers={"HX-Redirect": there.headers["Location"]})
    return render(request, "staff/_shift_progress.html", told)


def _progress(request: StaffRequest, shift_id: int) -> dict[str, Any]:
    found = get_object_or_404(shifts_with_counts(), pk=shift_id)
    counts = {name: getattr(found, name) for name in ("moved", "left", "all_moves")}
    job = Job.objects.filter(unique_key=job_key(shift_id)).order_by("-pk").first()
    by_hand = found.kind in BY_HAND and found.state == Shift.State.DONE
    waits = found.takes_effect_on if found.state == Shift.State.ASKED else None
    return {
        "shift": found,
        "name": name_of(found),
        "by": actor_names([found.asked_by])[found.asked_by],
        "unfinished": found.state in UNFINISHED,
        "waits_for": waits,
        "withdrawn": found.state == Shift.State.WITHDRAWN,
        "stopped": job is not None
        and job.state in {Job.State.FAILED, Job.State.CANCELLED},
        "job": job,
        "may_see_job": request.actor.may(OrgPermission.SEE_JOBS),
        "done": counts["moved"] + counts["left"],
        "may_put_back": by_hand and not found.undone.exists(),
        "undone": found.undone.first(),
        **counts,
    }


@require_POST
def put_back_dates(request: StaffRequest, shift_id: int) -> HttpResponse:
    """Give the loans back what was moved and nobody has changed since."""
    get_object_or_404(Shift, pk=shift_id)
    made = put_back(shift_id, by=request.actor, now=timezone.now())
    tell(request, _("It is being done. You may leave the page."))
    return redirect("shift", shift_id=made.pk)


@require_POST
def withdraw_shift(request: StaffRequest, shift_id: int) -> HttpResponse:
    """What was to be on a later day will not be."""
    get_object_or_404(Shift, pk=shift_id)
    withdraw(shift_id, by=request.actor, now=timezone.now())
    tell(request, _("It was withdrawn. Nothing has changed."))
    return redirect("shift", shift_id=shift_id)


urlpatterns = [
    page("due-dates/", due_dates_form, needs=CLOSE, somewhere=True),
    page("shifts/<int:shift_id>/", shift, needs=CLOSE, somewhere=True),
    page(
        "shifts/<int:shift_id>/progress/", shift_progress, needs=CLOSE, somewhere=True
    ),
    page(
        "shifts/<int:shift_id>/put-back/", put_back_dates, needs=CLOSE, somewhere=True
    ),
    page(
        "shifts/<int:shift_id>/withdraw/", withdraw_shift, needs=CLOSE, somewhere=True
    ),
]
