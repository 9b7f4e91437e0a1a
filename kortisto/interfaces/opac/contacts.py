"""Sending the form of names and contact details: one's own, or a child's (PAT-15)."""

from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from kortisto.domain.patrons.actions.change_requests import Requested, requests_of
from kortisto.domain.patrons.actions.contacts import change_contacts
from kortisto.domain.patrons.fields import label_of
from kortisto.domain.patrons.models import Patron, RequestedChange
from kortisto.domain.patrons.reasons import Unfit
from kortisto.interfaces.opac.contact_form import ContactForm, held
from kortisto.interfaces.opac.middleware import PatronRequest
from kortisto.interfaces.opac.own_forms import put_errors
from kortisto.interfaces.opac.told import tell

WRONG: Final = 422
WAITING: Final = RequestedChange.State.WAITING


def sent_contacts(
    request: PatronRequest, patron: Patron, *, now: datetime
) -> tuple[ContactForm, Requested | None]:
    """The form as the page shows it, and what was done when it has been sent.

    Nothing that was typed is lost when something of it cannot be taken. What the
    settings let through is saved; the library looks at the rest first.
    """
    rows = requests_of(patron.pk, now=now).filter(state=WAITING)
    waiting = set(rows.values_list("field", flat=True))
    if request.method != "POST":
        return ContactForm(patron, waiting=waiting), None
    form = ContactForm(patron, request.POST, waiting=waiting)
    if not form.is_valid():
        return form, None
    try:
        done = change_contacts(
            patron.pk, form.changes, seen=form.seen, by=request.actor, now=now
        )
    except Unfit as unfit:
        told = ContactForm(patron, _seen_now(request, patron, form), waiting=waiting)
        put_errors(told, unfit)
        return told, None
    return form, done


def status_of(form: ContactForm) -> int:
    return WRONG if form.errors else 200


def tell_changed(request: PatronRequest, done: Requested) -> None:
    if done.waiting:
        labels = ", ".join(label_of(name) for name in done.waiting)
        sentence = _("The library looks at what you asked to be changed: {fields}.")
        tell(request, "info", sentence.format(fields=labels))
    if done.applied or not done.waiting:
        tell(request, "ok", _("The details are saved."))


def _seen_now(
    request: PatronRequest, patron: Patron, form: ContactForm
) -> dict[str, str]:
    """What was sent; whoever is told of a change meanwhile has now seen it."""
    now_held = held(patron, form.fields)
    seen = {
        bound.html_initial_name: now_held[bound.name]
        for bound in form
        if bound.name in form.changed_data
    }
    return {**request.POST.dict(), **seen}
