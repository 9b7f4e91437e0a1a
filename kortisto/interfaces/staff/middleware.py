"""Join a request to the workstation, to who is logged in, and to where they work."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from kortisto.core.actors import NotPermitted
from kortisto.core.refusals import Refused
from kortisto.domain.org.actions.recognising import note_use, recognise
from kortisto.domain.org.models import Staff
from kortisto.domain.org.queries import organisation, staff_actor, why_may_i_not
from kortisto.domain.org.settings import SESSION_MINUTES

STAFF: Final = "staff_id"
EPOCH: Final = "epoch"
LIBRARY: Final = "library_id"
DESK: Final = "desk_id"
TOUCHED: Final = "touched_at"
WORKSTATION: Final = "workstation_id"
PASSKEYS: Final = "has_passkeys"  # asked at the log-in, so that no page asks again
TOUCH_EVERY: Final = 60  # seconds: the lock is put off once a minute
UNATTENDED: Final = "X-Unattended"  # a page asks by itself: nobody has done anything
LOCKED_KEPT: Final = 12 * 3600  # seconds: how long a locked session waits


CREDENTIAL_KEPT: Final = 400 * 24 * 3600  # seconds: as long as browsers keep any


def credential_cookie() -> str:
    """Over HTTPS the name itself keeps other hosts and paths from setting it."""
    return (
        "__Host-kortisto_workstation"
        if settings.SECURE_COOKIES
        else "kortisto_workstation"
    )


def give_credential(response: HttpResponse, token: str) -> None:
    response.set_cookie(
        credential_cookie(),
        token,
        max_age=CREDENTIAL_KEPT,
        secure=settings.SECURE_COOKIES,
        httponly=True,
        samesite="Lax",
    )


class KnownWorkstation:
    """Sets ``request.workstation``, and renews what the browser knows it by.

    A session that began on a workstation lives only there: it ends when the workstation
    has been shut out, and on any other computer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.COOKIES.get(credential_cookie(), "")
        known = recognise(sent, now=timezone.now()) if sent else None
        here = None if known is None else known.workstation
        request.workstation = here  # type: ignore[attr-defined]
        bound = request.session.get(WORKSTATION)
        if bound is not None and (here is None or here.pk != bound):
            request.session.flush()
        response = self.get_response(request)
        if known is not None and known.token:
            give_credential(response, known.token)
        return response


class StaffSession:
    """Sets ``request.staff`` and ``request.actor``; turns refusals into pages.

    A session in which nothing has been asked for too long is locked, not ended: it
    keeps everything, but ``request.locked_staff`` is all that is said of it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = _person_of(request)
        if person is not None:
            translation.activate(person.language)
            request.LANGUAGE_CODE = person.language
            if is_locked(request, person):
                request.locked_staff = person  # type: ignore[attr-defined]
            else:
                _let_work(request, person)
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        """403 with the reason in words; 409 with every refusal."""
        if isinstance(exception, NotPermitted):
            return self._not_permitted(request, exception)
        if isinstance(exception, Refused):
            refused = {"refused": exception}
            return render(request, "staff/refused.html", refused, status=409)
        return None

    def _not_permitted(
        self, request: HttpRequest, denied: NotPermitted
    ) -> HttpResponse:
        staff = getattr(request, "staff", None)
        reason = None
        if staff is not None and denied.at is not None:
            reason = why_may_i_not(
                staff.pk, denied.permission, denied.at, timezone.localdate()
            )
        told = {"permission": denied.permission, "reason": reason}
        return render(request, "staff/not_permitted.html", told, status=403)


def bind_to_workstation(request: HttpRequest, staff_id: int, *, now: datetime) -> None:
    """From now on the session lives on this workstation only; its use is noted."""
    workstation = getattr(request, "workstation", None)
    if workstation is not None:
        request.session[WORKSTATION] = workstation.pk
        note_use(workstation.pk, staff_id, now=now)


def session_seconds(library_id: int | None) -> int:
    """After how long without a request a session locks (PER-3: at most 30 minutes)."""
    return organisation().setting(SESSION_MINUTES, library_id).value * 60


def is_locked(request: HttpRequest, person: Staff) -> bool:
    touched: int = request.session.get(TOUCHED, 0)
    place = request.session.get(LIBRARY) or person.home_library_id
    return int(timezone.now().timestamp()) - touched > session_seconds(place)


def _person_of(request: HttpRequest) -> Staff | None:
    """Whose session it is; one that has been ended from elsewhere is emptied."""
    staff_id = request.session.get(STAFF)
    if staff_id is None:
        return None
    person = Staff.objects.filter(pk=staff_id, is_active=True).first()
    if person is None or person.session_epoch != request.session.get(EPOCH):
        request.session.flush()
        return None
    return person


def _let_work(request: HttpRequest, person: Staff) -> None:
    now = timezone.now()
    idle = int(now.timestamp()) - request.session.get(TOUCHED, 0)
    if idle > TOUCH_EVERY and not request.headers.get(UNATTENDED):
        keep_open(request, person.pk, now=now)
    library_id = request.session.get(LIBRARY)
    if library_id is not None and library_id not in organisation().units:
        library_id = None
    request.staff = person  # type: ignore[attr-defined]
    request.actor = staff_actor(  # type: ignore[attr-defined]
        person,
        library_id,
        desk_id=request.session.get(DESK),
        today=timezone.localdate(now),
    )


def keep_open(request: HttpRequest, staff_id: int, *, now: datetime) -> None:
    """Somebody is here: the time until the lock begins anew."""
    request.session[TOUCHED] = int(now.timestamp())
    request.session.set_expiry(LOCKED_KEPT)
    bind_to_workstation(request, staff_id, now=now)


def lock(request: HttpRequest) -> None:
    """As if nobody had been here for a long time."""
    request.session[TOUCHED] = 0
