"""Which pages need a log-in. ``own_page()`` is the only way to add one."""

from collections.abc import Callable
from typing import Any, Final, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from kortisto.interfaces.opac.middleware import EASY_PIN, PatronRequest

CHANGE_PIN: Final = "change_pin"  # the name of the page
View = Callable[..., HttpResponse]


def open_page(route: str, view: View, *, name: str) -> URLPattern:
    """A page for everybody. It shows public data only."""

    def opened(request: HttpRequest, **parts: Any) -> HttpResponse:
        return view(request, **parts)

    opened.for_patrons = False  # type: ignore[attr-defined]
    return path(route, opened, name=name)


def own_page(route: str, view: View, *, name: str) -> URLPattern:
    """A page of the patron who is logged in; others are led to the log-in.

    Whoever has a PIN that is easy to guess changes it first (S24).
    """

    def guarded(request: HttpRequest, **parts: Any) -> HttpResponse:
        if getattr(request, "patron_id", None) is None:
            back = request.get_full_path() if request.method == "GET" else ""
            query = f"?{urlencode({'next': back})}" if back else ""
            return HttpResponseRedirect(reverse("log_in") + query)
        if name != CHANGE_PIN and EASY_PIN in request.session:
            return HttpResponseRedirect(reverse(CHANGE_PIN))
        return view(cast("PatronRequest", request), **parts)

    guarded.for_patrons = True  # type: ignore[attr-defined]
    return path(route, guarded, name=name)
