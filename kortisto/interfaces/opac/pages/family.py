"""My family: whom I answer for, and what those who answer for me may see (PAT-18)."""

from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.http import HttpResponseRedirect as Redirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kortisto.core.actors import NotPermitted
from kortisto.domain.fees.queries import balance, open_charges
from kortisto.domain.patrons.actions.family import CONSENTS, set_consent
from kortisto.domain.patrons.actions.viewing import view_as_guardian
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.records import dependants_of, guardians_of
from kortisto.interfaces.opac.loans import open_rows
from kortisto.interfaces.opac.middleware import PatronRequest
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
        "tabs": account_tabs("family"),
    }
    return render(request, "opac/dependant.html", values)


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
