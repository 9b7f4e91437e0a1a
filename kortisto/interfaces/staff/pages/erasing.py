"""Erase a patron who asks for it at a desk: why not yet, the days, and back again."""

from collections.abc import Callable
from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from kortisto.core.refusals import Refused
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.erasures import (
    ask_erasure,
    asked_of,
    take_back_erasure,
)
from kortisto.domain.patrons.actions.inactive import (
    begin_days_of_told,
    notice,
    task_to_tell,
)
from kortisto.domain.patrons.actions.viewing import view_patron
from kortisto.domain.patrons.hindrances import against_erasing
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.settings import ERASURE_DAYS
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.told import tell

ERASE = PatronPermission.ERASE


@never_cache
@require_GET
def patron_erasing(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Whether the patron can be erased, with every reason against it."""
    now = timezone.now()
    try:
        patron = view_patron(patron_id, by=request.actor, now=now, page="erasing")
    except Patron.DoesNotExist as missing:
        raise Http404 from missing
    told = {
        "patron": patron,
        "asked": asked_of(patron_id),
        "to_tell": task_to_tell(patron_id),
        "notice": notice().days,
        "reasons": against_erasing(patron_id, timezone.localdate(now)),
        "days": organisation().setting(ERASURE_DAYS, patron.home_library_id).value,
    }
    return render(request, "staff/patron_erasing.html", told)


@require_POST
def ask_patron_erased(request: StaffRequest, patron_id: int) -> HttpResponse:
    def do(now: datetime) -> str:
        ask_erasure(patron_id, by=request.actor, now=now)
        return _("The days have begun. Until they are over it can be taken back.")

    return _done(request, patron_id, do)


@require_POST
def told_inactive(request: StaffRequest, patron_id: int) -> HttpResponse:
    def do(now: datetime) -> str:
        begin_days_of_told(patron_id, by=request.actor, now=now)
        return _("The days have begun. If the patron uses the library, they stay.")

    return _done(request, patron_id, do)


@require_POST
def keep_patron(request: StaffRequest, patron_id: int) -> HttpResponse:
    def do(now: datetime) -> str:
        take_back_erasure(patron_id, by=request.actor, now=now)
        return _("The patron is not erased.")

    return _done(request, patron_id, do)


def _done(
    request: StaffRequest, patron_id: int, do: Callable[[datetime], str]
) -> HttpResponse:
    """Back to the page, which says why not when it was refused."""
    try:
        tell(request, do(timezone.now()))
    except Refused as refused:
        for refusal in refused.refusals:
            tell(request, refusal.message, kind="stop")
    except Patron.DoesNotExist as missing:
        raise Http404 from missing
    return redirect("patron_erasing", patron_id=patron_id)


urlpatterns = [
    page("patrons/<int:patron_id>/erasing/", patron_erasing, needs=ERASE),
    page("patrons/<int:patron_id>/erasing/ask/", ask_patron_erased, needs=ERASE),
    page("patrons/<int:patron_id>/erasing/told/", told_inactive, needs=ERASE),
    page("patrons/<int:patron_id>/erasing/keep/", keep_patron, needs=ERASE),
]
