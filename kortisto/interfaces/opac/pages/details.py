"""My details: all that the library holds about me, and the language of its pages."""

from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.http import HttpResponseRedirect as Redirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import activate
from django.utils.translation import gettext as _

from kortisto.domain.org.queries import Organisation
from kortisto.domain.patrons.actions.change_requests import requests_of
from kortisto.domain.patrons.actions.home_library import choose_home_library
from kortisto.domain.patrons.actions.language import set_language
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.reasons import Unfit
from kortisto.domain.patrons.records import provenance_of, record_of
from kortisto.interfaces.opac.middleware import PatronRequest
from kortisto.interfaces.opac.own_facts import (
    card_facts,
    contact_facts,
    expiry_of,
    hidden,
    hold_fact,
    other_facts,
    request_rows,
    said,
)
from kortisto.interfaces.opac.pages.language import LANGUAGES, keep_language
from kortisto.interfaces.opac.tabs import account_tabs
from kortisto.interfaces.opac.told import tell
from kortisto.interfaces.opac.words import names_now


def details(request: PatronRequest) -> HttpResponse:
    """Everything that is kept and is mine to see, each with where it came from (S9)."""
    record = record_of(request.patron_id, today=timezone.localdate())
    came = provenance_of(request.patron_id)
    tree = names_now().tree
    values = {
        "patron": record.patron,
        "contact": contact_facts(record.patron, came),
        "hold": hold_fact(record.patron, came),
        "cards": card_facts(record),
        "expiry": expiry_of(record, tree),
        "other": other_facts(record, came),
        "home": _home(record.patron, tree),
        "libraries": _libraries(tree, record.patron.home_library_id),
        "home_from": said(came.get("home_library")),
        "language_from": said(came.get("language")),
        "requests": request_rows(requests_of(record.patron.pk, now=timezone.now())),
        "guardians": record.guardians,
        "notes": record.public_notes,
        "tabs": account_tabs("details", visitor=request.visitor),
    }
    return render(request, "opac/details.html", values)


def _home(patron: Patron, tree: Organisation) -> str:
    """Where a protected person lives could be read from the home library (GDP-5)."""
    return hidden() if patron.is_protected else tree.name(patron.home_library_id)


def _libraries(tree: Organisation, home: int) -> list[tuple[int | None, str]]:
    """Those to choose from, by name; before them nothing, when one's own has closed."""
    found = tree.libraries(on=timezone.localdate())
    named = sorted(((one.id, one.name) for one in found), key=lambda one: one[1])
    closed = home not in {one.id for one in found}
    return [(None, _("Choose a library")), *named] if closed else [*named]


def choose_home(request: PatronRequest) -> HttpResponse:
    """Another home library; what cannot be chosen is told on the same page."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    chosen = request.POST.get("library", "")
    number = int(chosen) if chosen.isascii() and chosen.isdigit() else 0
    try:
        choose_home_library(
            request.patron_id, number, by=request.actor, now=timezone.now()
        )
    except Unfit as unfit:
        for refusal in unfit.refusals:
            tell(request, "attention", refusal.message)
    else:
        tell(request, "ok", _("Your choice is saved."))
    return Redirect(reverse("details"))


def choose_language(request: PatronRequest) -> HttpResponse:
    """The language of pages and of messages from the library."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    chosen = request.POST.get("language", "")
    if chosen not in LANGUAGES:
        raise Http404
    set_language(request.patron_id, chosen, by=request.actor, now=timezone.now())
    activate(chosen)
    tell(request, "ok", _("Your choice is saved."))
    response = Redirect(reverse("details"))
    keep_language(response, chosen)
    return response
