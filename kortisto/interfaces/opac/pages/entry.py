"""My right to use libraries without staff, and that of my children (OMA-1 to OMA-3)."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.http import HttpResponseRedirect as Redirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kortisto.core.ages import completed_years
from kortisto.core.refusals import Refused
from kortisto.domain.entry.actions.guardians import Answer, set_guardian_permission
from kortisto.domain.entry.actions.terms import accept_terms, newest_terms
from kortisto.domain.entry.queries import (
    accepted_terms,
    bans_in_force,
    dependants_of,
    who_accepted,
    words_of_guardians,
)
from kortisto.domain.entry.settings import GUARDIAN_AGE
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.models import Patron
from kortisto.interfaces.opac.middleware import PatronRequest
from kortisto.interfaces.opac.tabs import account_tabs
from kortisto.interfaces.opac.told import tell


def open_library(request: PatronRequest) -> HttpResponse:
    """The terms, bans with their notes, and what I have said about my children."""
    now = timezone.now()
    newest, mine = newest_terms(), accepted_terms(request.patron_id)
    return render(
        request,
        "opac/open_library.html",
        {
            "newest": newest,
            "accepted": mine if mine and mine.version >= newest else None,
            "bans": list(bans_in_force(request.patron_id, timezone.localdate(now))),
            "children": _children(request.patron_id, newest, now),
            "tabs": account_tabs("open_library", visitor=request.visitor),
        },
    )


def _children(guardian_id: int, newest: int, now: datetime) -> list[dict[str, Any]]:
    """Those about whom a guardian still has a say, with what has been said."""
    today, tree = timezone.localdate(now), organisation()
    children = [
        child
        for child in dependants_of(guardian_id, today)
        if child.born_on is None
        or completed_years(child.born_on, today)
        < tree.setting(GUARDIAN_AGE, child.home_library_id).value
    ]
    ids = [child.pk for child in children]
    said, accepted = words_of_guardians(ids), who_accepted(ids, newest)
    return [
        {
            "id": one.pk,
            "name": _called(one),
            "answer": said.get(one.pk, ""),
            "accepted_at": accepted.get(one.pk),
        }
        for one in children
    ]


def _called(child: Patron) -> str:
    return child.called_name or child.first_names or child.surname


def accept(request: PatronRequest) -> HttpResponse:
    """Accept the terms for oneself."""
    return _accept(request, request.patron_id, told=_("You have accepted the terms."))


def accept_for_child(request: PatronRequest, child_id: int) -> HttpResponse:
    """Accept the terms for a child of mine. Nobody else's child is ever found."""
    child = _mine(request, child_id)
    told = _("You have accepted the terms for {name}.").format(name=_called(child))
    return _accept(request, child_id, told=told)


def _accept(request: PatronRequest, patron_id: int, *, told: str) -> HttpResponse:
    """Accept the version that was on the page; a newer one must be read first."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    version = request.POST.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 5):
        raise Http404
    if request.POST.get("sure") != "yes":
        tell(request, "info", _("Tick first that you accept the terms."))
        return Redirect(reverse("open_library"))
    try:
        accept_terms(patron_id, int(version), by=request.actor, now=timezone.now())
    except Refused as refused:
        tell(request, "attention", refused.refusals[0].message)
    else:
        tell(request, "ok", told)
    return Redirect(reverse("open_library"))


def _mine(request: PatronRequest, child_id: int) -> Patron:
    mine = dependants_of(request.patron_id, timezone.localdate())
    found = next((one for one in mine if one.pk == child_id), None)
    if found is None:
        raise Http404
    return found


def permit(request: PatronRequest, child_id: int) -> HttpResponse:
    """Say yes or no for a child of mine. Nobody else's child is ever found."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    answer = request.POST.get("answer", "")
    if answer not in Answer.values:
        raise Http404
    child = _mine(request, child_id)
    now = timezone.now()
    set_guardian_permission(child.pk, Answer(answer), by=request.actor, now=now)
    tell(request, "ok", _("Your choice is saved."))
    return Redirect(reverse("open_library"))
