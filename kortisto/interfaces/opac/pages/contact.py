"""Change how the library reaches me, and my hold identifier (S11, S23)."""

from datetime import timedelta
from typing import Final

from django.http import HttpResponse
from django.http import HttpResponseRedirect as Redirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kortisto.core.throttle import Limit, count_failure, waits_until
from kortisto.domain.patrons.actions.change import set_hold_identifier
from kortisto.domain.patrons.actions.hold_identifiers import why_not
from kortisto.domain.patrons.actions.own_contacts import confirm_contacts
from kortisto.domain.patrons.contacts import readable_number
from kortisto.domain.patrons.hold_identifiers import chosen, grouped
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.reasons import Unfit
from kortisto.interfaces.opac.middleware import PatronRequest
from kortisto.interfaces.opac.own_forms import (
    ContactForm,
    HoldIdentifierForm,
    put_errors,
)
from kortisto.interfaces.opac.tabs import account_tabs
from kortisto.interfaces.opac.told import tell

WRONG: Final = 422
LONGEST_TYPED: Final = 200
NUMBERS: Final = ("phone", "second_phone")
TAKEN: Final = Limit(kind="hold-identifier", failures=20, within=timedelta(minutes=15))


def contact(request: PatronRequest) -> HttpResponse:
    """Nothing that was typed is lost when something of it cannot be taken."""
    patron = Patron.objects.get(pk=request.patron_id)
    if request.method != "POST":
        return _contact(request, patron, ContactForm(initial=_held(patron)))
    form = ContactForm(request.POST)
    if not form.is_valid():
        return _contact(request, patron, form, status=WRONG)
    values = dict(form.cleaned_data)
    edition = values.pop("edition")
    try:
        confirm_contacts(
            patron.pk, values, by=request.actor, now=timezone.now(), edition=edition
        )
    except Unfit as unfit:
        # Whoever has been told of a change meanwhile may overwrite it now.
        told = ContactForm({**request.POST.dict(), "edition": patron.edition})
        put_errors(told, unfit)
        return _contact(request, patron, told, status=WRONG)
    tell(request, "ok", _("Your details are saved."))
    return Redirect(reverse("details"))


def _held(patron: Patron) -> dict[str, object]:
    held = {name: getattr(patron, name) for name in ContactForm.base_fields}
    return {**held, **{name: readable_number(held[name]) for name in NUMBERS}}


def _contact(
    request: PatronRequest, patron: Patron, form: ContactForm, *, status: int = 200
) -> HttpResponse:
    values = {
        "form": form,
        "patron": patron,
        "tabs": account_tabs("details", visitor=request.visitor),
    }
    return render(request, "opac/contact.html", values, status=status)


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
