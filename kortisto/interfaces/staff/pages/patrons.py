"""Patrons: find one, and see everything on one page."""

from typing import Final

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from kortisto.domain.patrons.actions.viewing import view_found
from kortisto.domain.patrons.identity import mentions_a_code
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.queries import Match
from kortisto.domain.patrons.reasons import Unfit
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.finding import Candidates, choices_of
from kortisto.interfaces.staff.paging import one_line
from kortisto.interfaces.staff.patron_page import WHOLE, patron_context
from kortisto.interfaces.staff.searches import asked_for, show_search

MATCHES: Final = (
    (Match.STARTS, _("Words begin so")),
    (Match.EXACT, _("Whole words")),
    (Match.CONTAINS, _("Somewhere in the name or address")),
)
LONGEST_MATCH: Final = 20


@never_cache
@require_http_methods(["GET", "POST"])
def patrons(request: StaffRequest) -> HttpResponse:
    """Find a patron by anything; what is of one person for certain opens at once."""
    if request.method == "POST":
        return _search(request)
    asked = asked_for(request)
    if asked is None:
        told = {"match": Match.STARTS, "matches": MATCHES}
        return render(request, "staff/patrons.html", told)
    return _found(request, asked.get("q", ""), _match(asked.get("match", "")))


def _search(request: StaffRequest) -> HttpResponse:
    text = one_line(request.POST.get("q"))
    if mentions_a_code(text):  # a code is kept nowhere, not in a session either
        return redirect("patron_by_code")
    asked = {"q": text, "match": request.POST.get("match", "")[:LONGEST_MATCH]}
    return show_search(request, asked, at=reverse("patrons"))


def _found(request: StaffRequest, text: str, match: Match) -> HttpResponse:
    told: dict[str, object] = {"q": text, "match": match, "matches": MATCHES}
    status = 200
    try:
        found = view_found(text, by=request.actor, now=timezone.now(), match=match)
    except Unfit as nothing:
        told["empty_search"], status = str(nothing), 422
    else:
        if found.opens is not None:
            return redirect("patron", patron_id=found.opens)
        rows = choices_of(found.candidates)
        told["people"] = Candidates(rows=rows, more=found.more)
    return render(request, "staff/patrons.html", told, status=status)


def _match(asked: str) -> Match:
    """How much of a word was typed; the beginnings, unless something else is asked."""
    return Match(asked) if asked in set(Match) else Match.STARTS


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
