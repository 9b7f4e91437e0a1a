"""Patrons: find one, and see everything on one page."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from kortisto.core.text import ControlCharacters, tidy
from kortisto.domain.patrons.identity import mentions_a_code
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.queries import patron_by_card
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.finding import Candidates, candidates
from kortisto.interfaces.staff.patron_page import WHOLE, patron_context


@require_GET
def patrons(request: StaffRequest) -> HttpResponse:
    """Find a patron by card or name; an exact card opens its patron at once."""
    try:
        text = tidy(request.GET.get("q", ""))[:200]
    except ControlCharacters:
        text = ""
    if mentions_a_code(text):  # a code is posted, since an address would be logged
        return redirect("patron_by_code")
    by_card = patron_by_card(text) if text else None
    if by_card is not None:
        return redirect("patron", patron_id=by_card)
    now = timezone.now()
    found = candidates(text, by=request.actor, now=now) if text else Candidates()
    return render(request, "staff/patrons.html", {"q": text, "people": found})


@never_cache
@require_GET
def patron(request: StaffRequest, patron_id: int) -> HttpResponse:
    """One patron on one screen. The view is logged."""
    asked = request.GET.get("whole", "")
    whole = asked if asked in WHOLE else ""
    now = timezone.now()
    try:
        told = patron_context(patron_id, by=request.actor, now=now, whole=whole)
    except Patron.DoesNotExist as missing:
        raise Http404 from missing
    return render(request, "staff/patron.html", told)


SEE = PatronPermission.SEE

urlpatterns = [
    page("patrons/", patrons, needs=SEE),
    page("patrons/<int:patron_id>/", patron, needs=SEE),
]
