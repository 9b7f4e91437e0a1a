"""A library works at another address for a time: write the plan (TOL-11).

What it moves, putting it in force and changing its last day: the pages of closures.
"""

from typing import Final

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from kortisto.core.refusals import Refused
from kortisto.domain.closures.actions.premises import plan_premises
from kortisto.domain.closures.permissions import ClosurePermission
from kortisto.domain.org.models import Closure, Unit
from kortisto.domain.org.permissions import OrgPermission
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.premises_form import PremisesForm

CLOSE: Final = ClosurePermission.CLOSE


@require_http_methods(["GET", "POST"])
def new_premises(request: StaffRequest, unit_id: int) -> HttpResponse:
    """Say where a library works for a time; nothing changes yet."""
    library = get_object_or_404(Unit, pk=unit_id, kind=Unit.Kind.LIBRARY)
    return _write(request, library, None)


@require_http_methods(["GET", "POST"])
def edit_premises(request: StaffRequest, closure_id: int) -> HttpResponse:
    """Change the plan, as long as it is one."""
    rows = Closure.objects.select_related("premises").exclude(premises=None)
    closure = get_object_or_404(rows, pk=closure_id)
    library = closure.libraries.first()
    if library is None:
        raise Http404
    return _write(request, library, closure)


def _write(
    request: StaffRequest, library: Unit, closure: Closure | None
) -> HttpResponse:
    for permission in (CLOSE, OrgPermission.EDIT_CALENDAR):
        request.actor.require(permission, at=library.pk)
    now = timezone.now()
    form = PremisesForm(
        request.POST or None, library=library.pk, closure=closure, day=localdate(now)
    )
    if form.is_valid():
        key = None if closure is None else closure.pk
        try:
            made = plan_premises(form.plan, by=request.actor, now=now, closure_id=key)
        except Refused as refused:
            add_refusals(form, refused)
        else:
            return redirect("closure", closure_id=made.pk)
    status = 422 if form.errors else 200
    told = {"form": form, "closure": closure, "library": library}
    return render(request, "staff/premises_form.html", told, status=status)


urlpatterns = [
    page("units/<int:unit_id>/premises/", new_premises, needs=CLOSE, somewhere=True),
    page(
        "closures/<int:closure_id>/premises/",
        edit_premises,
        needs=CLOSE,
        somewhere=True,
    ),
]
