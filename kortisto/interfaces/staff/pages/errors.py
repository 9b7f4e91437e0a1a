"""Pages for what went wrong, in the look of the rest."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404. Says what to do; the address itself is not repeated."""
    del exception
    return render(request, "staff/not_found.html", status=404)


def odd_address(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400. An address with what no keyboard sends."""
    del exception
    return render(request, "staff/not_found.html", status=400)


def broken(request: HttpRequest) -> HttpResponse:
    """500. Asks nothing of the database, which may be what is broken."""
    del request
    return render(None, "staff/broken.html", status=500)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is of another session; nothing was done."""
    del reason
    return render(request, "staff/stale_form.html", status=403)
