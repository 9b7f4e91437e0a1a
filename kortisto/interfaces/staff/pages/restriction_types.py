"""Types of restrictions, the ready ones and those of one's own (S26)."""

from typing import Final

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kortisto.domain.org.consortium import (
    decides_for_everybody,
    require_for_everybody,
)
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.patrons.actions.restriction_types import add_type, change_type
from kortisto.domain.patrons.models import RestrictionType
from kortisto.domain.patrons.reasons import Unfit
from kortisto.domain.patrons.restriction_types import (
    every_type,
    in_force_by_type,
    type_with,
)
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.restriction_type_form import RestrictionTypeForm
from kortisto.interfaces.staff.told import tell

EDIT: Final = OrgPermission.EDIT_SETTINGS


@require_GET
def restriction_types(request: StaffRequest) -> HttpResponse:
    """Every type, what it does, and how many of its restrictions are in force."""
    standing = in_force_by_type(timezone.localdate())
    told = {
        "rows": [(one, standing.get(one.code, 0)) for one in every_type()],
        "may_edit": decides_for_everybody(request.actor),
    }
    return render(request, "staff/restriction_types.html", told)


@require_http_methods(["GET", "POST"])
def new_restriction_type(request: StaffRequest) -> HttpResponse:
    """Make a type; what was typed stays when something is wrong."""
    return _decide(request, None)


@require_http_methods(["GET", "POST"])
def restriction_type(request: StaffRequest, restriction_type: str) -> HttpResponse:
    """Decide anew about a type, or take it out of use."""
    try:
        found = type_with(restriction_type)
    except RestrictionType.DoesNotExist as error:
        raise Http404 from error
    return _decide(request, found)


def _decide(request: StaffRequest, found: RestrictionType | None) -> HttpResponse:
    require_for_everybody(request.actor)
    sent = request.method == "POST"
    form = RestrictionTypeForm(request.POST if sent else None, type_=found)
    if form.is_valid():
        by, now = request.actor, timezone.now()
        try:
            if found is None:
                add_type(form.cleaned_data["code"], form.told(), by=by, now=now)
            else:
                change_type(found.code, form.told(), by=by, now=now)
        except Unfit as unfit:
            form.show_why(unfit)
        else:
            tell(request, _("The type of restrictions was saved."))
            return redirect("restriction_types")
    told = {"form": form, "type": found}
    status = 422 if form.errors else 200
    return render(request, "staff/restriction_type.html", told, status=status)


urlpatterns = [
    page("restriction-types/", restriction_types, needs=EDIT, somewhere=True),
    page("restriction-types/new/", new_restriction_type, needs=EDIT, somewhere=True),
    page(
        "restriction-types/<str:restriction_type>/",
        restriction_type,
        needs=EDIT,
        somewhere=True,
    ),
]
