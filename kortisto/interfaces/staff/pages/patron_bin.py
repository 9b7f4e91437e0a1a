"""Delete a patron, and take a deleted one back (PAT-13)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from kortisto.core.refusals import Refused
from kortisto.domain.patrons.actions.binning import (
    kept_in_bin,
    put_in_bin,
    take_out_of_bin,
)
from kortisto.domain.patrons.actions.viewing import view_bin
from kortisto.domain.patrons.fields import longest
from kortisto.domain.patrons.hindrances import against_erasing
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.looking import look_at, must_be_there
from kortisto.interfaces.staff.told import tell


class DeleteForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why is the patron deleted?"),
        max_length=longest(Patron, "bin_reason"),
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )


@dataclass(frozen=True, slots=True)
class BinRow:
    """A deleted patron; after ``goes_at`` nobody can take them back."""

    patron: Patron
    goes_at: datetime


@never_cache
@require_http_methods(["GET", "POST"])
def patron_delete(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Everything that stands against it; where nothing does, a form that asks why."""
    must_be_there(request, patron_id)
    form = DeleteForm(request.POST if request.method == "POST" else None)
    now = timezone.now()
    against = against_erasing(patron_id, timezone.localdate(now))
    if form.is_valid() and not against:
        try:
            reason = form.cleaned_data["reason"]
            put_in_bin(patron_id, reason, by=request.actor, now=now)
        except Patron.DoesNotExist as missing:
            raise Http404 from missing
        except Refused as refused:
            add_refusals(form, refused)
        else:
            tell(request, _("The patron is in the bin."))
            return redirect("patron_bin")
    told = {
        "patron": look_at(request, patron_id, "delete"),
        "form": form,
        "against": against,
        "days": kept_in_bin().days,
    }
    status = 409 if against else 422 if form.errors else 200
    shown = 200 if request.method == "GET" else status
    return render(request, "staff/patron_delete.html", told, status=shown)


@never_cache
@require_GET
def patron_bin(request: StaffRequest) -> HttpResponse:
    """Who was deleted and can be taken back; the list is logged as a view of each."""
    found = view_bin(by=request.actor, now=timezone.now())
    kept = kept_in_bin()
    rows = [BinRow(one, one.binned_at + kept) for one in found if one.binned_at]
    told = {"rows": rows, "days": kept.days}
    return render(request, "staff/patron_bin.html", told)


@require_POST
def patron_take_out(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Back to where the patron was."""
    try:
        take_out_of_bin(patron_id, by=request.actor, now=timezone.now())
    except Patron.DoesNotExist as missing:
        raise Http404 from missing
    tell(request, _("The patron was taken out of the bin."))
    return redirect("patron", patron_id=patron_id)


DELETE: Final = PatronPermission.DELETE

urlpatterns = [
    page("patrons/bin/", patron_bin, needs=DELETE),
    page("patrons/<int:patron_id>/delete/", patron_delete, needs=DELETE),
    page("patrons/<int:patron_id>/take-out/", patron_take_out, needs=DELETE),
]
