"""Pages that tell: libraries, how to search, accessibility; and what went wrong."""

from itertools import groupby
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.timezone import localdate

from kortisto.domain.org.models import Unit
from kortisto.interfaces.opac.opening import closures_of, today_in, week_of
from kortisto.interfaces.opac.stops import stops_told
from kortisto.interfaces.opac.words import names_now

NOT_FOUND: Final = 404
BAD_REQUEST: Final = 400
NOT_PERMITTED: Final = 403
BROKEN: Final = 500


def libraries(request: HttpRequest) -> HttpResponse:
    """Every library by municipality: today, the week, how to reach it."""
    tree, now = names_now().tree, timezone.now()
    opening, today = today_in(tree, now=now), localdate(now)
    units = Unit.objects.in_bulk([each.id for each in opening])
    rows = [
        {
            "today": each,
            "unit": units[each.id],
            "municipality": tree.name(tree.municipality_of(each.id)),
            "place": tree.premises_on(each.id, today),
            "closures": closures_of(tree, each.id, today),
            "week": week_of(tree.calendar(each.id), today),
            "stops": stops_told(tree.calendar(each.id), each.id, today),
        }
        for each in opening
        if each.id in units
    ]
    rows.sort(key=lambda row: str(row["municipality"]))
    grouped = [
        (name, list(those))
        for name, those in groupby(rows, key=lambda row: row["municipality"])
    ]
    return render(request, "opac/libraries.html", {"grouped": grouped})


def search_help(request: HttpRequest) -> HttpResponse:
    return render(request, "opac/search_help.html")


def about(request: HttpRequest) -> HttpResponse:
    return render(request, "opac/about.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    del exception  # says nothing that helps a visitor
    return render(request, "opac/not_found.html", status=NOT_FOUND)


def odd_address(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address with what no keyboard sends."""
    del exception
    return render(request, "opac/not_found.html", status=BAD_REQUEST)


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: left open for days, or sent from elsewhere."""
    del reason
    return render(request, "opac/form_too_old.html", status=NOT_PERMITTED)


def broken(request: HttpRequest) -> HttpResponse:
    """Asks nothing of the database, which may be what is broken."""
    del request
    return HttpResponse(render_to_string("opac/broken.html"), status=BROKEN)
