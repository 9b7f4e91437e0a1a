"""Who may open a staff page. ``page()`` is the only way to add one."""

from collections.abc import Callable
from typing import Any, Final, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse

from kortisto.core.actors import Actor, NotPermitted
from kortisto.core.permissions import Permission
from kortisto.domain.org.models import Staff, Workstation
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.settings import ONLY_WORKSTATIONS

View = Callable[..., HttpResponseBase]
UNAUTHENTICATED: Final = 401


class StaffRequest(HttpRequest):
    """A request by somebody who is logged in; the middleware fills these in."""

    staff: Staff
    actor: Actor
    workstation: Workstation | None


def page(
    route: str,
    view: View,
    *,
    needs: Permission,
    name: str | None = None,
    somewhere: bool = False,
) -> URLPattern:
    """A page for staff who have a permission at their working library.

    ``somewhere``: it is enough to have it at any unit; the action checks the unit.
    """

    def guarded(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        away = _way_in(request)
        if away is not None:
            return away
        inside = cast("StaffRequest", request)
        if somewhere:
            if not inside.actor.may_somewhere(needs):
                raise NotPermitted(needs, at=inside.actor.library_id)
        else:
            inside.actor.require(needs)
        return view(inside, **parts)

    guarded.needs = needs  # type: ignore[attr-defined]
    return path(route, guarded, name=name or view.__name__)


def page_for_all_staff(
    route: str, view: View, *, name: str | None = None, needs_library: bool = True
) -> URLPattern:
    """A page for everybody who is logged in: the front page, one's own account."""

    def guarded(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        away = _way_in(request, needs_library=needs_library)
        return away or view(cast("StaffRequest", request), **parts)

    guarded.needs = "log-in"  # type: ignore[attr-defined]
    return path(route, guarded, name=name or view.__name__)


def open_page(
    route: str, view: View, *, name: str | None = None, anywhere: bool = False
) -> URLPattern:
    """A page before the log-in. There are few: the log-in itself, the language.

    ``anywhere``: also on a computer that is not enrolled, where only those are open.
    """

    def opened(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        if not anywhere and _is_shut_here(request):
            return HttpResponseRedirect(reverse("enrol_workstation"))
        return view(request, **parts)

    opened.needs = None  # type: ignore[attr-defined]
    return path(route, opened, name=name or view.__name__)


def _way_in(request: HttpRequest, *, needs_library: bool = True) -> HttpResponse | None:
    """Where somebody must go first: log in, second factor, choose a library.

    A scan or another part of a page gets 401 instead of a redirect, so that it can
    be kept and sent again after the log-in (REQUIREMENTS PER-3).
    """
    staff = getattr(request, "staff", None)
    if _is_shut_here(request):
        if request.headers.get("HX-Request"):
            return HttpResponse(status=UNAUTHENTICATED)
        return HttpResponseRedirect(reverse("enrol_workstation"))
    if staff is None:
        if request.headers.get("HX-Request"):
            return HttpResponse(status=UNAUTHENTICATED)
        back = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('log_in')}?{back}")
    if needs_library and cast("StaffRequest", request).actor.library_id is None:
        back = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('workplace')}?{back}")
    return None


def _is_shut_here(request: HttpRequest) -> bool:
    """Whether this computer is not enrolled where only enrolled ones may be used.

    Before the log-in the consortium's decision holds; after it, that of the working
    library, or of the account's home.
    """
    if getattr(request, "workstation", None) is not None:
        return False
    staff, actor = getattr(request, "staff", None), getattr(request, "actor", None)
    place = None if actor is None else actor.library_id
    if place is None and staff is not None:
        place = staff.home_library_id
    return organisation().setting(ONLY_WORKSTATIONS, place).value
