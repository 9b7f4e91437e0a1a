"""The front page of the desk: what to do today, in one look."""

from django.http import HttpResponse
from django.shortcuts import render

from kortisto.interfaces.staff.access import StaffRequest, page_for_all_staff


def front(request: StaffRequest) -> HttpResponse:
    """What waits to be done here."""
    return render(request, "staff/front.html")


urlpatterns = [page_for_all_staff("", front)]
