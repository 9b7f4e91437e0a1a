"""Every component of the pages in all of its states."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kortisto.interfaces.staff.access import StaffRequest, page_for_all_staff
from kortisto.ui.patterns import pattern_context


@require_GET
def patterns(request: StaffRequest) -> HttpResponse:
    told = {**pattern_context(), "base": "staff/base.html"}
    return render(request, "ui/patterns.html", told)


urlpatterns = [page_for_all_staff("patterns/", patterns)]
