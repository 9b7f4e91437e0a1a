"""My family: whom I answer for, and what those who answer for me may see (PAT-18)."""

from datetime import datetime

from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.http import HttpResponseRedirect as Redirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kortisto.core.actors import NotPermitted
from kortisto.domain.fees.queries import balance, open_charges
from kortisto.domain.patrons.actions.change_requests import (
    requests_of,
    withdraw_change,
)
from kortisto.domain.patrons.actions.family import CONSENTS, set_consent
from kortisto.domain.patrons.actions.viewing import view_as_guardian
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.records import dependants_of, guardians_of
from kortisto.interfaces.opac.contacts import sent_contacts, status_of, tell_changed
from kortisto.interfaces.opac.loans import open_rows
from kortisto.interfaces.opac.middleware import PatronRequest
from kortisto.interfaces.opac.own_facts import RequestRow, request_rows
from kortisto.interfaces.opac.own_family import (
    called,
    guardian_row,
    row_of,
    what_is_seen,
)
from kortisto.interfaces.opac.tabs import account_tabs
from kortisto.interfaces.opac.told import tell
from kortisto.interfaces.opac.words import names_now


def family(request: PatronRequest) -> HttpResponse:
    """Both ends of each link: my dependants, and my guardians."""
    today = timezone.localdate()
    patron = Patron.objects.select_related("category").get(pk=request.patron_id)
    guardians = [
        guardian_row(link, patron, today) for link in guardians_of(patron.pk, today)
    ]
    values = {
        "dependants": [row_of(each) for each in dependants_of(patron.pk, today)],
        "guardians": guardians,
        "tabs": account_tabs("family"),
    }
    return render(request, "opac/family.html", values)


def dependant(request: PatronRequest, child_id: int) -> HttpResponse:
    """The loans and charges of somebody I answer for, as far as I may see them.

    Nobody else's child is ever found.
    """
    now = timezone.now()
    try:
        seen = view_as_guardian(child_id, by=request.actor, now=now)
    except NotPermitted as not_mine:
        raise Http404 from not_mine
    names = names_now()
    values = {
        "name": called(seen.link.dependant),
        "seen": seen,
        "told": what_is_seen(seen),
        "loans": open_rows(child_id, names, now=now) if seen.sees_loans else [],
        "charges": open_charges(child_id) if seen.sees_charges else [],
        "balance": balance(child_id) if seen.sees_charges else None,
        "requests": _requests(child_id, now) if seen.sees_details else [],
        "tabs": account_tabs("family"),
    }
    return render(request, "opac/dependant.html", values)


def dependant_contact(request: PatronRequest, child_id: int) -> HttpResponse:
    """The contact details of a child so young that whoever answers for it sees them.

    What cannot be seen cannot be asked to be changed: 404, as for others' children.
    """
    now = timezone.now()
    child = _seen_child(request, child_id, now=now)
    form, done = sent_contacts(request, child, now=now)
    if done is not None:
        tell_changed(request, done)
        return Redirect(reverse("dependant", args=[child_id]))
    values = {
        "form": form,
        "name": called(child),
        "child_id": child_id,
        "tabs": account_tabs("family"),
    }
    return render(
        request, "opac/dependant_contact.html", values, status=status_of(form)
    )


def withdraw_for_child(
    request: PatronRequest, child_id: int, change_id: int
) -> HttpResponse:
    """Take back what the library has not looked at yet."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    now = timezone.now()
    _seen_child(request, child_id, now=now)
    if not requests_of(child_id, now=now).filter(pk=change_id).exists():
        raise Http404
    withdraw_change(change_id, by=request.actor, now=now)
    tell(request, "ok", _("You have taken your request back."))
    return Redirect(reverse("dependant", args=[child_id]))


def _requests(child_id: int, now: datetime) -> list[RequestRow]:
    return request_rows(requests_of(child_id, now=now))


def _seen_child(request: PatronRequest, child_id: int, *, now: datetime) -> Patron:
    try:
        seen = view_as_guardian(child_id, by=request.actor, now=now)
    except NotPermitted as not_mine:
        raise Http404 from not_mine
    if not seen.sees_details:
        raise Http404
    return seen.link.dependant


def consent(request: PatronRequest, link_id: int) -> HttpResponse:
    """Let somebody who answers for me see my loans or charges, or no more."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    today = timezone.localdate()
    mine = guardians_of(request.patron_id, today).values_list("pk", flat=True)
    if link_id not in mine:
        raise Http404
    chosen = {name: request.POST.get(name) == "yes" for name in CONSENTS}
    set_consent(link_id, chosen, by=request.actor, now=timezone.now())
    tell(request, "ok", _("Your choice is saved."))
    return Redirect(reverse("family"))
