"""Join a request to the patron who is logged in; turn refusals into pages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from kortisto.core.actors import Actor, ActorKind, Channel, NotPermitted
from kortisto.core.refusals import Refused
from kortisto.domain.notices.queries import UNREAD_MESSAGES
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.records import has_family

PATRON: Final = "patron_id"
EPOCH: Final = "epoch"
TOUCHED: Final = "touched_at"
EASY_PIN: Final = "easy_pin"  # the PIN of this log-in must be changed first
IDLE_SECONDS: Final = 30 * 60
TOUCH_EVERY: Final = 60  # seconds: an idle session is prolonged once a minute


@dataclass(frozen=True, slots=True)
class Visitor:
    """A patron who is logged in, as the frame of a page shows them."""

    name: str
    home_library_id: int
    has_family: bool = False  # answers for somebody, or somebody for them
    unread: int = 0  # messages to the web account


class PatronRequest(HttpRequest):
    """A request by a patron who is logged in; the middleware fills these in."""

    patron_id: int
    actor: Actor
    visitor: Visitor


class PatronSession:
    """Sets ``request.patron_id``, ``actor`` and ``visitor``; None for everybody else.

    A session ends after 30 minutes without a request, and at once when the patron's
    epoch has grown: a new PIN ends every session that began with the old one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        visitor = self._join(request)
        response = self.get_response(request)
        if visitor is not None:
            response.headers["Cache-Control"] = "no-store"
        return response

    def _join(self, request: HttpRequest) -> Visitor | None:
        request.patron_id = None  # type: ignore[attr-defined]
        request.visitor = None  # type: ignore[attr-defined]
        patron_id = request.session.get(PATRON)
        if patron_id is None:
            return None
        patron = (
            Patron.objects.filter(
                pk=patron_id, session_epoch=request.session.get(EPOCH, -1)
            )
            .only("called_name", "first_names", "surname", "home_library_id")
            .annotate(
                has_family=has_family(timezone.localdate()), unread=UNREAD_MESSAGES
            )
            .first()
        )
        now = timezone.now()
        if patron is None or self._idle(request, now):
            request.session.flush()
            return None
        self._touch(request, now)
        visitor = Visitor(
            patron.called_name or patron.first_names or patron.surname,
            patron.home_library_id,
            patron.has_family,
            patron.unread,
        )
        request.patron_id = patron.pk  # type: ignore[attr-defined]
        request.visitor = visitor  # type: ignore[attr-defined]
        request.actor = patron_actor(patron)  # type: ignore[attr-defined]
        return visitor

    def _idle(self, request: HttpRequest, now: datetime) -> bool:
        touched: int = request.session.get(TOUCHED, 0)
        return int(now.timestamp()) - touched > IDLE_SECONDS

    def _touch(self, request: HttpRequest, now: datetime) -> None:
        seconds = int(now.timestamp())
        if seconds - request.session.get(TOUCHED, 0) > TOUCH_EVERY:
            request.session[TOUCHED] = seconds

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        """403 for what belongs to somebody else, 409 with every refusal: in words."""
        if isinstance(exception, NotPermitted):
            return render(request, "opac/not_permitted.html", status=403)
        if isinstance(exception, Refused):
            told = {"refused": exception}
            return render(request, "opac/refused.html", told, status=409)
        return None


def patron_actor(patron: Patron) -> Actor:
    """A patron acts for themselves, under the rules of the home library."""
    return Actor(
        kind=ActorKind.PATRON,
        id=patron.pk,
        library_id=patron.home_library_id,
        channel=Channel.WEB,
    )
