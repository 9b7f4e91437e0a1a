"""Where items have drifted: a collection that floats to one side is seen (HLD-50)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kortisto.domain.catalogue.permissions import CataloguePermission
from kortisto.domain.circulation.drifting import drifted
from kortisto.domain.org.queries import organisation
from kortisto.interfaces.staff.access import StaffRequest, page


@require_GET
def drift(request: StaffRequest) -> HttpResponse:
    """Library by library, where most has come first."""
    tree = organisation()
    rows = [(tree.name(row.library_id), row) for row in drifted()]
    return render(request, "staff/drift.html", {"rows": rows})


urlpatterns = [page("drift/", drift, needs=CataloguePermission.SEE)]
