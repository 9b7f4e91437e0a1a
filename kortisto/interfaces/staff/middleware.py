"""Join a request to the member of staff who is logged in, and to where they work."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from kortisto.core.actors import NotPermitted
from kortisto.core.refusals import Refused
from kortisto.domain.org.models import Staff
from kortisto.domain.org.queries import organisation, staff_actor, why_may_i_not

STAFF: Final = "staff_id"
EPOCH: Final = "epoch"
LIBRARY: Final = "library_id"
DESK: Final = "desk_id"
TOUCHED: Final = "touched_at"
TOUCH_EVERY: Final = 60  # seconds: an idle session is prolonged once a minute


class StaffSession:
    """Sets ``request.staff`` and ``request.actor``; turns refusals into pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        staff = self._staff(request)
        if staff is not None:
            library_id = request.session.get(LIBRARY)
            if library_id is not None and library_id not in organisation().units:
                library_id = None
            request.staff = staff  # type: ignore[attr-defined]
            request.actor = staff_actor(  # type: ignore[attr-defined]
                staff,
                library_id,
                desk_id=request.session.get(DESK),
                today=timezone.localdate(),
            )
            translation.activate(staff.language)
            request.LANGUAGE_CODE = staff.language
        return self.get_response(request)

    def _staff(self, request: HttpRequest) -> Staff | None:
        staff_id = request.session.get(STAFF)
        if staff_id is None:
            return None
        staff = Staff.objects.filter(pk=staff_id, is_active=True).first()
        if staff is None or staff.session_epoch != request.session.get(EPOCH):
            request.session.flush()
            return None
        now = int(timezone.now().timestamp())
        if now - request.session.get(TOUCHED, 0) > TOUCH_EVERY:
            request.session[TOUCHED] = now
        return staff

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
