"""The log of permissions: who gave, took, confirmed or changed what (PER-1)."""

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from kortisto.core.models import LoggedEvent
from kortisto.domain.org.models import Staff
from kortisto.domain.org.permissions import OrgPermission
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.audit_words import told
from kortisto.interfaces.staff.paging import PAGE, Trail, cut, one_line

MANAGE: Final = OrgPermission.MANAGE_STAFF
KINDS: Final = (
    "RoleGranted",
    "GrantConfirmed",
    "GrantEnded",
    "RoleChanged",
    "RoleRenamed",
    "RoleRemoved",
    "StaffChanged",
    "SeenAs",
)


@never_cache
@require_GET
def access_changes(request: StaffRequest) -> HttpResponse:
    """The newest first; of one account, when its user name is given."""
    name, trail = one_line(request.GET.get("q")).lower(), Trail.of(request)
    events = LoggedEvent.objects.filter(kind__in=KINDS)
    if name:
        person = Staff.objects.filter(username=name).first()
        events = events.filter(body__staff_id=person.pk if person else None)
    if trail.last is not None:
        events = events.filter(pk__lt=trail.last)
    rows = list(events.order_by("-pk")[: PAGE + 1])
    next_key = cut([row.pk for row in rows])
    context = {
        "q": name,
        "rows": told(rows[:PAGE]),
        "pages": trail.pages(request, next_key=next_key),
    }
    return render(request, "staff/access_changes.html", context)


urlpatterns = [page("staffing/changes/", access_changes, needs=MANAGE, somewhere=True)]
