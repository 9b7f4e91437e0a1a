"""Where a protected person lives: for a reason, which is kept (GDP-5)."""

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.viewing import (
    LONGEST_REASON,
    view_protected_address,
)
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.reasons import Unfit
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.pages.patron_edit import save_record, show_reasons
from kortisto.interfaces.staff.record_form import PROTECTED_NAMES, RecordForm
from kortisto.interfaces.staff.told import tell


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is the address needed?"),
        help_text=_("The reason, your name and the time are kept."),
        max_length=LONGEST_REASON,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def protected_address(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Asks for the reason; shows the address once, on the answer only."""
    patron = get_object_or_404(Patron, pk=patron_id, binned_at=None)
    form = ReasonForm(request.POST or None)
    told = {"patron": patron, "form": form}
    if not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "staff/protected_address.html", told, status=status)
    reason = form.cleaned_data["reason"]
    now = timezone.now()
    try:
        found = view_protected_address(patron_id, reason, by=request.actor, now=now)
    except Patron.DoesNotExist as missing:
        raise Http404 from missing
    except Unfit as wrong:
        show_reasons(form, wrong)
        return render(request, "staff/protected_address.html", told, status=422)
    told["address"] = found
    told["library"] = organisation().name(found.home_library_id)
    if request.actor.may(PatronPermission.EDIT):
        told["change_form"] = RecordForm(patron=patron, names=PROTECTED_NAMES)
    return render(request, "staff/protected_address.html", told)


@never_cache
@require_POST
def protected_address_change(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Write another address, from the form that came with the one that was shown."""
    patron = get_object_or_404(Patron, pk=patron_id, binned_at=None, is_protected=True)
    form = RecordForm(request.POST, patron=patron, names=PROTECTED_NAMES)
    if form.is_valid():
        try:
            save_record(form, request, now=timezone.now())
        except Unfit as wrong:
            show_reasons(form, wrong)
        else:
            tell(request, gettext("The data was saved."))
            return redirect("patron", patron_id=patron_id)
    told = {"patron": patron, "change_form": form}
    return render(request, "staff/protected_address.html", told, status=422)


urlpatterns = [
    page(
        "patrons/<int:patron_id>/address/",
        protected_address,
        needs=PatronPermission.SEE_PROTECTED,
    ),
    page(
        "patrons/<int:patron_id>/address/change/",
        protected_address_change,
        needs=PatronPermission.SEE_PROTECTED,
    ),
]
