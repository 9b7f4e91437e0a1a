"""Passkeys: made and used by the browser, which talks to these in JSON.

Who it is about is never sent: whoever is logged in, whose session is locked, or who has
just given a right password.
"""

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kortisto.core.actors import Actor, ActorKind
from kortisto.core.refusals import Refused
from kortisto.domain.org.actions import passkeys as actions
from kortisto.domain.org.models import Passkey, Staff
from kortisto.domain.org.queries import has_second_factor
from kortisto.domain.org.webauthn import Asked, Site, ask_for_new_key, ask_for_proof
from kortisto.interfaces.staff.access import (
    StaffRequest,
    open_page,
    page_for_all_staff,
)
from kortisto.interfaces.staff.middleware import PASSKEYS
from kortisto.interfaces.staff.pages.login import (
    in_words,
    pending,
    pending_next,
    unlock_session,
    welcome,
)
from kortisto.interfaces.staff.told import tell

CHALLENGE: Final = "passkey_challenge"  # session key
GOOD_FOR: Final = timedelta(minutes=5)
NEW, PROOF = "new", "proof"


def site_of(request: HttpRequest) -> Site:
    """The site as the browser sees it, also when a proxy ends TLS."""
    host = request.get_host()
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    scheme = "https" if settings.SECURE_COOKIES or request.is_secure() else "http"
    proxied = [
        one for one in settings.CSRF_TRUSTED_ORIGINS if urlsplit(one).hostname == name
    ]
    return Site(host=name, origins=(f"{scheme}://{host}", *proxied))


@never_cache
@require_POST
def new_passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to make a key."""
    person = _who_adds(request)
    if person is None:
        return HttpResponse(status=401)
    known = person.passkeys.values_list("credential_id", flat=True)
    asked = ask_for_new_key(
        site_of(request),
        user=person.pk,
        username=person.username,
        name=person.full_name,
        known=list(known),
    )
    return _ask(request, asked, NEW)


@never_cache
@require_POST
def new_passkey(request: HttpRequest) -> HttpResponse:
    """Keep the key that the browser has made; who was setting up may go on."""
    person, now = _who_adds(request), timezone.now()
    if person is None:
        return HttpResponse(status=401)
    by = Actor(kind=ActorKind.STAFF, id=person.pk)
    label, answer = request.POST.get("label", ""), request.POST.get("answer", "")
    try:
        challenge = _challenge(request, NEW, now=now)
        key = actions.proven_key(site_of(request), answer, challenge=challenge)
        actions.add_passkey(person.pk, key, label=label, by=by, now=now)
    except Refused as refused:
        return in_words(refused)
    if getattr(request, "staff", None) is not None:
        request.session[PASSKEYS] = True
        tell(request, _("The passkey can be used from now on."))
        return JsonResponse({"next": reverse("account")})
    return _go_on(welcome(request, person, now=now, then=pending_next(request)))


@never_cache
@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to prove that it has one of the person's keys."""
    person = _who_proves(request)
    if person is None:
        return HttpResponse(status=401)
    known = person.passkeys.values_list("credential_id", flat=True)
    return _ask(request, ask_for_proof(site_of(request), list(known)), PROOF)


@never_cache
@require_POST
def passkey_proof(request: HttpRequest) -> HttpResponse:
    """The second factor after the password, or the key of a locked session."""
    person, now = _who_proves(request), timezone.now()
    if person is None:
        return HttpResponse(status=401)
    try:
        challenge = _challenge(request, PROOF, now=now)
        actions.verify_passkey(
            person,
            site_of(request),
            request.POST.get("answer", ""),
            challenge=challenge,
            now=now,
        )
    except Refused as refused:
        return in_words(refused)
    if _of_session(request) is not None:
        unlock_session(request, person, now=now)
        return HttpResponse(status=204)
    return _go_on(welcome(request, person, now=now, then=pending_next(request)))


@require_POST
def remove_passkey(request: StaffRequest, passkey_id: int) -> HttpResponse:
    """One's own; those of others go with their whole second factor."""
    row = get_object_or_404(Passkey, pk=passkey_id, staff=request.staff)
    actions.remove_passkey(row.pk, by=request.actor, now=timezone.now())
    request.session[PASSKEYS] = request.staff.passkeys.exists()
    tell(request, _("The passkey was taken away."))
    return redirect("account")


def _of_session(request: HttpRequest) -> Staff | None:
    return getattr(request, "locked_staff", None) or getattr(request, "staff", None)


def _who_proves(request: HttpRequest) -> Staff | None:
    return _of_session(request) or pending(request, now=timezone.now())


def _who_adds(request: HttpRequest) -> Staff | None:
    """Who is logged in; or who sets up a first second factor after the password.

    With a password alone nobody adds a key to an account that has a second factor.
    """
    inside: Staff | None = getattr(request, "staff", None)
    if inside is not None:
        return inside
    person = pending(request, now=timezone.now())
    return None if person is None or has_second_factor(person) else person


def _ask(request: HttpRequest, asked: Asked, what: str) -> HttpResponse:
    at = timezone.now().isoformat()
    request.session[CHALLENGE] = {"value": asked.challenge, "what": what, "at": at}
    return HttpResponse(asked.options, content_type="application/json")


def _challenge(request: HttpRequest, what: str, *, now: datetime) -> str:
    """What was asked, once; empty, so that nothing proves it, when it is too old."""
    kept = request.session.pop(CHALLENGE, None)
    if kept is None or kept["what"] != what:
        return ""
    if now - datetime.fromisoformat(kept["at"]) > GOOD_FOR:
        return ""
    return str(kept["value"])


def _go_on(answer: HttpResponse) -> HttpResponse:
    """A redirect, as a script follows one."""
    return JsonResponse({"next": answer["Location"]})


urlpatterns = [
    open_page("passkeys/new/options/", new_passkey_options),
    open_page("passkeys/new/", new_passkey),
    open_page("passkeys/options/", passkey_options),
    open_page("passkeys/proof/", passkey_proof),
    page_for_all_staff(
        "account/passkeys/<int:passkey_id>/remove/", remove_passkey, needs_library=False
    ),
]
