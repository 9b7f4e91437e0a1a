"""Where somebody works now: chosen at the log-in, shown always, changed in one go."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kortisto.domain.org.actions.login import work_at
from kortisto.domain.org.queries import may_work_at, organisation
from kortisto.interfaces.staff.access import StaffRequest, page_for_all_staff
from kortisto.interfaces.staff.forms import WorkplaceForm
from kortisto.interfaces.staff.middleware import DESK, LIBRARY
from kortisto.interfaces.staff.pages.login import safe_next
from kortisto.interfaces.staff.scan_state import close_desk

COOKIE: Final = "kortisto_workplace"  # this computer's library and desk
YEAR: Final = 365 * 24 * 3600
DESKS: Final = "desk"

Place = tuple[str, str]  # value, name


@never_cache
@require_http_methods(["GET", "POST"])
def workplace(request: StaffRequest) -> HttpResponse:
    """Choose the library and the desk.

    One that differs from the last time is asked about once more, so that nobody
    lends in the name of another library by mistake.
    """
    places = places_of(request.staff.pk)
    last = _last(request, places)
    then = request.POST.get("next") or request.GET.get("next") or ""
    posted = request.POST if request.method == "POST" else None
    form = WorkplaceForm(posted, places=places, initial=last)
    told = {"form": form, "next": safe_next(request, then), "places": places}
    if not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "staff/workplace.html", told, status=status)
    chosen = form.cleaned_data["place"]
    if last and chosen != last and form.cleaned_data["confirmed"] != chosen:
        names = dict(places)
        differs = {"last": names[last], "chosen": names[chosen], "place": chosen}
        told |= {"differs": differs | {"last_place": last}}
        return render(request, "staff/workplace.html", told)
    return _start(request, chosen, then=safe_next(request, then))


def _start(request: StaffRequest, chosen: str, *, then: str) -> HttpResponse:
    library, _colon, desk = chosen.partition(":")
    library_id = int(library)
    if request.session.get(LIBRARY) != library_id:
        close_desk(request.session)
    request.session[LIBRARY] = library_id
    request.session[DESK] = int(desk) if desk else None
    work_at(request.staff.pk, library_id)
    answer = HttpResponseRedirect(then)
    answer.set_cookie(
        COOKIE,
        chosen,
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer


def places_of(staff_id: int) -> list[Place]:
    """Libraries where somebody may work, each followed by its desks."""
    tree = organisation()
    places = []
    for library in may_work_at(staff_id, timezone.localdate()):
        places.append((str(library.id), library.name))
        places += [
            (f"{library.id}:{unit.id}", f"{library.name} · {unit.name}")
            for unit in tree.children(library.id)
            if unit.kind == DESKS
        ]
    return places


def _last(request: StaffRequest, places: list[Place]) -> str:
    """Where they work now; else where this computer belongs, or was last; else they."""
    session = request.session
    now_at = str(session.get(LIBRARY) or "")
    if now_at and session.get(DESK):
        now_at = f"{now_at}:{session[DESK]}"
    person = request.staff
    remembered = [
        now_at,
        _of_workstation(request),
        _of_computer(request),
        str(person.last_library_id or ""),
        str(person.home_library_id or ""),
    ]
    known = {value for value, _name in places}
    return next((place for place in remembered if place in known), "")


def _of_workstation(request: StaffRequest) -> str:
    """The library or desk that an enrolled computer belongs to, as a place."""
    if request.workstation is None:
        return ""
    tree, unit_id = organisation(), request.workstation.unit_id
    library_id = tree.library_of(unit_id)
    return str(unit_id) if library_id == unit_id else f"{library_id}:{unit_id}"


def _of_computer(request: HttpRequest) -> str:
    return request.COOKIES.get(COOKIE, "")


urlpatterns = [page_for_all_staff("workplace/", workplace, needs_library=False)]
