"""Where a protected person lives: for a reason, which is kept (GDP-5)."""

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.viewing import (
    LONGEST_REASON,
    view_protected_address,
)
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.access import StaffRequest, page


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
    told["address"] = found
    told["library"] = organisation().name(found.home_library_id)
    return render(request, "staff/protected_address.html", told)


urlpatterns = [
    page(
        "patrons/<int:patron_id>/address/",
        protected_address,
        needs=PatronPermission.SEE_PROTECTED,
    )
]
