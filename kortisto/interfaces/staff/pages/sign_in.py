"""Log in by the account of a municipality, and link it to one's own (PER-3)."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from kortisto.core.failures import AdapterError
from kortisto.core.openid_connect.flow import TurnedBack
from kortisto.core.refusals import Refused
from kortisto.domain.org.actions import sign_in as actions
from kortisto.domain.org.models import SignInLink
from kortisto.domain.org.ports import SignedIn, staff_sign_in
from kortisto.interfaces.staff.access import (
    StaffRequest,
    open_page,
    page_for_all_staff,
)
from kortisto.interfaces.staff.pages.login import after_first_step, next_of
from kortisto.interfaces.staff.pages.passkeys import site_of
from kortisto.interfaces.staff.told import tell

BEGUN: Final = "sign_in"  # session key
GOOD_FOR: Final = timedelta(minutes=15)
LOG_IN, LINK = "log-in", "link"


@never_cache
@require_GET
def sign_in(request: HttpRequest, service: str) -> HttpResponse:
    """To the municipality's log-in."""
    return _begin(request, service, purpose=LOG_IN, back="log_in")


@never_cache
@require_GET
def link_sign_in(request: StaffRequest, service: str) -> HttpResponse:
    """To the municipality's log-in, to say which account there is one's own."""
    return _begin(request, service, purpose=LINK, back="account")


def _begin(
    request: HttpRequest, service: str, *, purpose: str, back: str
) -> HttpResponse:
    language = get_language() or "fi"
    try:
        begun = staff_sign_in().begin(
            service, return_to=_return_to(request), language=language
        )
    except LookupError as unknown:
        raise Http404 from unknown
    except AdapterError:
        tell(request, _("That log-in does not answer now. Try later."), kind="stop")
        return redirect(back)
    request.session[BEGUN] = {
        "service": service,
        "kept": begun.kept,
        "purpose": purpose,
        "next": next_of(request),
        "at": timezone.now().isoformat(),
    }
    return HttpResponseRedirect(begun.address)


@never_cache
@require_GET
def sign_in_back(request: HttpRequest) -> HttpResponse:
    """Back from there: what was begun here is ended, once."""
    now = timezone.now()
    begun = _begun(request, now=now)
    if begun is None:
        return _sorry(request, _("It took too long. Begin again."))
    try:
        who = staff_sign_in().finish(
            begun["service"],
            begun["kept"],
            request.GET.dict(),
            return_to=_return_to(request),
        )
    except TurnedBack:
        return redirect("account" if begun["purpose"] == LINK else "log_in")
    except (AdapterError, LookupError):
        return _sorry(request, _("That log-in could not be used. Try again."))
    try:
        return _let_in(request, who, begun, now=now)
    except Refused as refused:
        return _sorry(request, refused.words)


def _let_in(
    request: HttpRequest, who: SignedIn, begun: dict[str, Any], *, now: datetime
) -> HttpResponse:
    staff = getattr(request, "staff", None)
    if begun["purpose"] == LOG_IN:
        person = actions.staff_of(who, now=now)
        return after_first_step(
            request, person, strong=who.strong, then=begun["next"], now=now
        )
    if staff is None:  # the session has locked meanwhile
        return redirect("log_in")
    by = request.actor  # type: ignore[attr-defined]
    actions.link(staff.pk, begun["service"], who, by=by, now=now)
    tell(request, _("You can log in by it from now on."))
    return redirect("account")


@require_POST
def unlink_sign_in(request: StaffRequest, link_id: int) -> HttpResponse:
    get_object_or_404(SignInLink, pk=link_id, staff=request.staff)
    actions.unlink(link_id, by=request.actor, now=timezone.now())
    tell(request, _("The link was taken away."))
    return redirect("account")


def _begun(request: HttpRequest, *, now: datetime) -> dict[str, Any] | None:
    kept: dict[str, Any] | None = request.session.pop(BEGUN, None)
    if kept is None or now - datetime.fromisoformat(kept["at"]) > GOOD_FOR:
        return None
    return kept


def _sorry(request: HttpRequest, why: str) -> HttpResponse:
    tell(request, why, kind="stop")
    inside = getattr(request, "staff", None) is not None
    return redirect("account" if inside else "log_in")


def _return_to(request: HttpRequest) -> str:
    return site_of(request).origins[0] + reverse("sign_in_back")


urlpatterns = [
    open_page("login/with/back/", sign_in_back),
    open_page("login/with/<slug:service>/", sign_in),
    page_for_all_staff(
        "account/link/<slug:service>/", link_sign_in, needs_library=False
    ),
    page_for_all_staff(
        "account/links/<int:link_id>/remove/", unlink_sign_in, needs_library=False
    ),
]
