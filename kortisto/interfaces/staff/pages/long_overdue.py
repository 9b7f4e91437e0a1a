"""What the coming night marks long overdue or lost: counted before it is done."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from kortisto.domain.circulation.actions.long_overdue import tonight
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.org.queries import organisation
from kortisto.interfaces.staff.access import StaffRequest, page


@require_GET
def long_overdue(request: StaffRequest) -> HttpResponse:
    """Library by library, those that have set days."""
    tree = organisation()
    rows = [(tree.name(row.library_id), row) for row in tonight(now=timezone.now())]
    return render(request, "staff/long_overdue.html", {"rows": rows})


urlpatterns = [
    page("long-overdue/", long_overdue, needs=LendingPermission.MARK_ITEMS),
]
