"""How long data is kept, what the coming night would remove, what the last one did."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from kortisto.core.keeping import report
from kortisto.domain.org.permissions import OrgPermission
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.job_words import kind_words


@require_GET
def retention(request: StaffRequest) -> HttpResponse:
    """A dry run: counts, and changes nothing."""
    rows = [
        (one, kind_words(one.kept.job) if one.kept.job else "")
        for one in report(timezone.now())
    ]
    told = {"rows": rows, "actor": request.actor}
    return render(request, "staff/retention.html", told)


urlpatterns = [page("retention/", retention, needs=OrgPermission.SEE_JOBS)]
