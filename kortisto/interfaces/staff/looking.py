"""Fetch a patron for a page: always logged, and never one who is in the bin."""

from django.http import Http404
from django.utils import timezone

from kortisto.domain.patrons.actions.viewing import view_patron
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.access import StaffRequest


def look_at(request: StaffRequest, patron_id: int, page: str) -> Patron:
    """The patron whom a page shows. Raises Http404, NotPermitted."""
    try:
        return view_patron(patron_id, by=request.actor, now=timezone.now(), page=page)
    except Patron.DoesNotExist as missing:
        raise Http404 from missing


def must_be_there(request: StaffRequest, patron_id: int) -> None:
    """Before a change that shows nothing of them. Raises Http404, NotPermitted."""
    request.actor.require(PatronPermission.SEE)
    if not Patron.objects.filter(pk=patron_id, binned_at=None).exists():
        raise Http404
