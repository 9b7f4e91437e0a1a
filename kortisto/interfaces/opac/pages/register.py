"""Register on the web: identify oneself, tell the rest, fetch the card (PAT-10)."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http import HttpResponseRedirect as Redirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy

from kortisto.core.failures import AdapterError
from kortisto.core.openid_connect.flow import TurnedBack
from kortisto.core.refusals import Refused
from kortisto.core.throttle import Limit, count_failure, waits_until
from kortisto.domain.patrons.actions.online_registration import register_online
from kortisto.domain.patrons.actions.provisional import last_day
from kortisto.domain.patrons.identification import strong_identification
from kortisto.domain.patrons.reasons import Unfit
from kortisto.domain.patrons.vault import vault
from kortisto.interfaces.opac.own_forms import put_errors
from kortisto.interfaces.opac.pages.login import VISITOR
from kortisto.interfaces.opac.registration_form import RegistrationForm, open_libraries
from kortisto.interfaces.opac.sealed import (
    forget_identified,
    identified,
    keep_identified,
)
from kortisto.interfaces.opac.words import names_now

logger = logging.getLogger(__name__)

ASKS: Final = Limit(kind="identification", failures=30, within=timedelta(hours=1))
BEGUN: Final = "identification"  # in the session: what has to come back
DONE: Final = "registered"  # in the session: where and until when to fetch the card
WRONG, TOO_MANY, UNAVAILABLE = 422, 429, 503
AWAY: Final = gettext_lazy(
    "The identification does not work just now. Try again later, or get a card at any "
    "library with an identity document."
)
TURNED_BACK: Final = gettext_lazy(
    "You were not identified. Try again, or get a card at any library with an identity "
    "document."
)
TOO_LATE: Final = gettext_lazy(
    "Too much time has gone by since you identified yourself. Please do it again."
)


def start(request: HttpRequest) -> HttpResponse:
    """What there is to do; only where it can be done."""
    return _start(request)


def _start(
    request: HttpRequest, trouble: object = "", *, status: int = 200
) -> HttpResponse:
    values = {"is_open": _is_open(), "trouble": trouble}
    return render(request, "opac/register.html", values, status=status)


def _is_open() -> bool:
    """Whether somebody can be identified, kept, and registered at some library."""
    ready = strong_identification().is_set_up and vault().is_set_up
    return ready and bool(open_libraries(names_now().tree))


def _when_open(
    page: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    @wraps(page)
    def guarded(request: HttpRequest) -> HttpResponse:
        return page(request) if _is_open() else Redirect(reverse("register"))

    return guarded


@_when_open
def identify(request: HttpRequest) -> HttpResponse:
    """Send the browser to the service. By a link: a form may lead nowhere else."""
    now, source = timezone.now(), request.META.get("REMOTE_ADDR", "")
    if waits_until(ASKS, source, now=now) is not None:
        return _start(request, AWAY, status=TOO_MANY)
    count_failure(ASKS, source, now=now)
    try:
        begun = strong_identification().begin(
            return_to=_return_to(), language=get_language() or "fi"
        )
    except AdapterError as away:
        logger.warning("identification cannot begin: %s", away)
        return _start(request, AWAY, status=UNAVAILABLE)
    request.session[BEGUN] = dict(begun.kept)
    return Redirect(begun.address)


@_when_open
def come_back(request: HttpRequest) -> HttpResponse:
    """Who comes back from the service, once for each time it was begun."""
    kept = request.session.pop(BEGUN, {})
    try:
        person = strong_identification().finish(
            kept, request.GET.dict(), return_to=_return_to()
        )
    except TurnedBack:
        return _start(request, TURNED_BACK)
    except AdapterError as untrue:
        logger.warning("identification did not end: %s", untrue)
        return _start(request, AWAY, status=UNAVAILABLE)
    request.session.cycle_key()
    response = Redirect(reverse("register_form"))
    keep_identified(request, response, person)
    return response


@_when_open
def form(request: HttpRequest) -> HttpResponse:
    """What the identification has told, and what the person adds."""
    person = identified(request)
    if person is None:
        return _start(request, TOO_LATE if request.method == "POST" else "")
    tree, now = names_now().tree, timezone.now()
    sent = request.POST if request.method == "POST" else None
    filled = RegistrationForm(tree, sent)
    trouble: list[str] = []
    if filled.is_valid():
        try:
            made = register_online(person, filled.contact, by=VISITOR, now=now)
        except Unfit as unfit:
            put_errors(filled, unfit, called={"pin": "new"})
        except Refused as refused:
            trouble = [refusal.message for refusal in refused.refusals]
        else:
            until = last_day(made)
            request.session[DONE] = [made.home_library_id, until.isoformat()]
            response = Redirect(reverse("register_done"))
            forget_identified(response)
            return response
    values = {"form": filled, "person": person, "trouble": trouble}
    status = WRONG if filled.errors or trouble else 200
    answer = render(request, "opac/register_form.html", values, status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def done(request: HttpRequest) -> HttpResponse:
    """Where the card waits, and until when."""
    if DONE not in request.session:
        return Redirect(reverse("register"))
    library_id, until = request.session[DONE]
    values = {
        "library": names_now().tree.name(library_id),
        "until": datetime.fromisoformat(until).date(),
    }
    return render(request, "opac/register_done.html", values)


def _return_to() -> str:
    return f"{settings.PUBLIC_URL}{reverse('register_back')}"
