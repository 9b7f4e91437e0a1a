"""HTTP for doors. Every answer is JSON, but for the lists; no card stands in a log."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from kortisto.domain.entry.actions.deciding import Outcome
from kortisto.domain.entry.local.store import NoCopy
from kortisto.domain.entry.reasons import GRANTED, Reason
from kortisto.domain.entry.rules import patron_class
from kortisto.interfaces.door.answers import sentences
from kortisto.interfaces.door.blocklist import NotInUse, as_csv, as_xml, blocked
from kortisto.interfaces.door.service import (
    AskedTooOften,
    CannotTell,
    UnknownDoor,
    service,
)

LONGEST_BODY: Final = 4096  # bytes
BAD, UNKNOWN, TOO_OFTEN, AWAY = 400, 401, 429, 503

View = Callable[[HttpRequest, str], HttpResponse]


def _for_doors(view: View) -> Callable[[HttpRequest], HttpResponse]:
    """Give the view the token; answer what goes wrong before any decision."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        try:
            answer = view(request, token if scheme.lower() == "bearer" else "")
        except UnknownDoor:
            answer = _no("unknown-door", UNKNOWN)
            answer.headers["WWW-Authenticate"] = "Bearer"
        except (CannotTell, NoCopy):
            answer = _no(Reason.STALE.value, AWAY)
        except NotInUse:
            answer = _no(Reason.MISCONFIGURED.value, AWAY)
        except AskedTooOften:
            answer = _no("too-often", TOO_OFTEN)
            answer.headers["Retry-After"] = "60"
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return guarded


def _no(code: str, status: int) -> HttpResponse:
    return JsonResponse({"granted": False, "code": code}, status=status)


@require_POST
@_for_doors
def entries(request: HttpRequest, token: str) -> HttpResponse:
    """``{"card", "pin"}`` in; whether the door opens, and why not, out."""
    asked = _card_and_pin(_body_of(request))
    if asked is None:
        return _no("bad-request", BAD)
    outcome = service().enter(token, *asked, now=timezone.now())
    return JsonResponse(_told(outcome))


def _body_of(request: HttpRequest) -> bytes:
    """What was sent; nothing of a form with files, which has been read already."""
    try:
        return request.body
    except RawPostDataException:
        return b""


def _card_and_pin(body: bytes) -> tuple[str, str] | None:
    if len(body) > LONGEST_BODY:
        return None
    try:
        read: Any = json.loads(body)
        card, pin = read["card"], read["pin"]
    except (ValueError, TypeError, KeyError):
        return None
    if not (isinstance(card, str) and isinstance(pin, str)):
        return None
    return card[:100], pin[:100]


def _told(outcome: Outcome) -> dict[str, Any]:
    decision, person = outcome.decision, outcome.person
    told = sentences(decision)
    language = settings.LANGUAGE_CODE if person is None else person.language
    return {
        "granted": decision.granted,
        "code": decision.code,
        "codes": [r.reason.value for r in decision.refusals] or [GRANTED],
        "sentence": told.get(language[:2], told["fi"]),
        "sentences": told,
        "patron_class": ""
        if person is None
        else patron_class(person.category, decision),
    }


@require_GET
@_for_doors
def block_list_csv(_request: HttpRequest, token: str) -> HttpResponse:
    door, now = service().door(token), timezone.now()
    rows = blocked(service().store, door.library_id, now=now)
    return HttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")


@require_GET
@_for_doors
def block_list_xml(_request: HttpRequest, token: str) -> HttpResponse:
    door, now = service().door(token), timezone.now()
    rows = blocked(service().store, door.library_id, now=now)
    return HttpResponse(as_xml(rows, made_at=now), content_type="application/xml")


@require_GET
def health(_request: HttpRequest) -> HttpResponse:
    """Whether this machine can decide, and how old its copy is. No secret in it."""
    answers = service().database_answers()
    try:
        age = timezone.now() - service().store.state().confirmed_at
        seconds: int | None = round(age.total_seconds())
    except NoCopy:
        seconds = None
    told = {"database": answers, "copy_age_seconds": seconds}
    return JsonResponse(told, status=200 if answers or seconds is not None else AWAY)


def not_found(
    _request: HttpRequest,
    exception: Exception,  # noqa: ARG001 - Django's signature
) -> HttpResponse:
    return _no("no-such-address", 404)


def broken(_request: HttpRequest) -> HttpResponse:
    return _no("broken", 500)
