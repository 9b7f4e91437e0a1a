"""Requests of patrons about their data, seen to by staff (GDP-2)."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kortisto.domain.patrons.actions.gathering import gather
from kortisto.domain.patrons.actions.viewing import view_patron
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.pages import erasing
from kortisto.ui.personal_file import TYPES, file_of

GATHER = PatronPermission.GATHER
INVALID = 422


@never_cache
@require_http_methods(["GET", "POST"])
def patron_data(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Everything held on a patron as a file for the patron; a POST gives it."""
    now = timezone.now()
    sent = request.POST
    form, staff_words = sent.get("form", ""), sent.get("staff_words") == "yes"
    unsure = staff_words and sent.get("sure") != "yes"
    try:
        if form in TYPES and not unsure:
            whole = gather(
                patron_id, by=request.actor, now=now, staff_words=staff_words
            )
            return file_of(whole, form)
        patron = view_patron(patron_id, by=request.actor, now=now, page="data")
    except Patron.DoesNotExist as missing:
        raise Http404 from missing
    told = {"patron": patron, "unsure": unsure}
    status = INVALID if unsure else 200
    return render(request, "staff/patron_data.html", told, status=status)


urlpatterns = [
    page("patrons/<int:patron_id>/data/", patron_data, needs=GATHER),
    *erasing.urlpatterns,
]
