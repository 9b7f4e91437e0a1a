"""Whether a new patron can have a hold identifier, while it is typed (S23)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.pages.patron_edit import hold_identifier_words

LONGEST = 100  # characters that are read


@never_cache
@require_POST
def try_hold_identifier(request: StaffRequest) -> HttpResponse:
    """A sentence for the place under the field; nothing for an empty one."""
    typed = request.POST.get("hold_identifier", "")[:LONGEST]
    kind, words = "", ""
    if typed.strip():
        kind, words = hold_identifier_words(typed, None, by=request.actor)
    return render(request, "staff/_hold_check.html", {"kind": kind, "words": words})


urlpatterns = [
    page("hold-identifiers/check/", try_hold_identifier, needs=PatronPermission.EDIT),
]
