"""Change the language: a cookie for everybody, and a patron's own choice as well."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone
from django.views.i18n import set_language

from kortisto.domain.patrons.actions.language import set_language as remember
from kortisto.domain.patrons.frozen import is_frozen

LANGUAGES: Final = frozenset(code for code, _name in settings.LANGUAGES)


def language(request: HttpRequest) -> HttpResponse:
    """Takes ``language`` and ``next``; goes back to the page that asked."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    chosen = request.POST.get("language", "")
    patron_id: int | None = getattr(request, "patron_id", None)
    if patron_id is not None and chosen in LANGUAGES and not is_frozen(patron_id):
        actor = request.actor  # type: ignore[attr-defined]
        remember(patron_id, chosen, by=actor, now=timezone.now())
    return set_language(request)


def keep_language(response: HttpResponse, language: str) -> None:
    """Let the browser remember a language as Django's own switch does."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
