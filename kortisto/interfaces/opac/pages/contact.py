"""Change how the library reaches me, and my hold identifier (S11, S23, PAT-15)."""

from datetime import timedelta
from typing import Final

from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.http import HttpResponseRedirect as Redirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kortisto.core.throttle import Limit, count_failure, waits_until
from kortisto.domain.patrons.actions.change import set_hold_identifier
from kortisto.domain.patrons.actions.change_requests import (
    requests_of,
    withdraw_change,
)
from kortisto.domain.patrons.actions.hold_identifiers import why_not
from kortisto.domain.patrons.hold_identifiers import chosen, grouped
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.reasons import Unfit
from kortisto.interfaces.opac.contacts import sent_contacts, status_of, tell_changed
from kortisto.interfaces.opac.middleware import PatronRequest
from kortisto.interfaces.opac.own_forms import HoldIdentifierForm, put_errors
from kortisto.interfaces.opac.tabs import account_tabs
from kortisto.interfaces.opac.told import tell

WRONG: Final = 422
LONGEST_TYPED: Final = 200
TAKEN: Final = Limit(kind="hold-identifier", failures=20, within=timedelta(minutes=15))


def contact(request: PatronRequest) -> HttpResponse:
    """My own details."""
    patron = Patron.objects.select_related("category").get(pk=request.patron_id)
    form, done = sent_contacts(request, patron, now=timezone.now())
    if done is not None:
        tell_changed(request, done)
        return Redirect(reverse("details"))
    values = {
        "form": form,
        "patron": patron,
        "tabs": account_tabs("details", visitor=request.visitor),
    }
    return render(request, "opac/contact.html", values, status=status_of(form))


def withdraw(request: PatronRequest, change_id: int) -> HttpResponse:
    """Take back what the library has not looked at yet."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    now = timezone.now()
    if not requests_of(request.patron_id, now=now).filter(pk=change_id).exists():
        raise Http404
    withdraw_change(change_id, by=request.actor, now=now)
    tell(request, "ok", _("You have taken your request back."))
    return Redirect(reverse("details"))


def hold_identifier(request: PatronRequest) -> HttpResponse:
    """A clash is told beside the field, which keeps what was typed."""
    patron, now = Patron.objects.get(pk=request.patron_id), timezone.now()
    if request.method != "POST":
        return _identifier(request, patron, HoldIdentifierForm())
    form = HoldIdentifierForm(request.POST)
    if not form.is_valid():
        return _identifier(request, patron, form, status=WRONG)
    if waits_until(TAKEN, str(patron.pk), now=now) is not None:
        form.add_error("hold_identifier", _too_many())
        return _identifier(request, patron, form, status=WRONG)
    wanted = form.cleaned_data["hold_identifier"]
    try:
        set_hold_identifier(patron.pk, wanted, by=request.actor, now=now)
    except Unfit as unfit:
        count_failure(TAKEN, str(patron.pk), now=now)
        put_errors(form, unfit)
        return _identifier(request, patron, form, status=WRONG)
    sentence = _("Your hold identifier is now {identifier}.")
    tell(request, "ok", sentence.format(identifier=grouped(chosen(wanted))))
    return Redirect(reverse("details"))


def _identifier(
    request: PatronRequest,
    patron: Patron,
    form: HoldIdentifierForm,
    *,
    status: int = 200,
) -> HttpResponse:
    values = {
        "form": form,
        "current": grouped(patron.hold_identifier),
        "tabs": account_tabs("details", visitor=request.visitor),
    }
    return render(request, "opac/hold_identifier.html", values, status=status)


def check_hold_identifier(request: PatronRequest) -> HttpResponse:
    """A sentence about what has been typed so far, for the place under the field.

    Others' identifiers could be tried out here, so the taken ones are counted.
    """
    typed = request.GET.get("hold_identifier", "")[:LONGEST_TYPED]
    kind, words = _about(request, typed)
    told = {"kind": kind, "words": words}
    return render(request, "opac/parts/hold_check.html", told)


def _about(request: PatronRequest, typed: str) -> tuple[str, str]:
    now, source = timezone.now(), str(request.patron_id)
    if not typed.strip():
        return "", ""
    if waits_until(TAKEN, source, now=now) is not None:
        return "attention", _too_many()
    try:
        identifier = chosen(typed)
    except ValueError as odd:
        return "attention", str(odd)
    if refusals := why_not(identifier, patron_id=request.patron_id):
        count_failure(TAKEN, source, now=now)
        return "attention", refusals[0].message
    sentence = _("{identifier} is free.")
    return "ok", sentence.format(identifier=grouped(identifier))


def _too_many() -> str:
    return _("You have tried many that are taken. Wait a quarter of an hour.")
