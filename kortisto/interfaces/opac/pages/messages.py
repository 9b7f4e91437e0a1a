"""My messages: which come, how, and how many days ahead (S30, S31)."""

from typing import Any, Final

from django.http import HttpResponse
from django.http import HttpResponseRedirect as Redirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kortisto.domain.notices.models import Transport as NoticeTransport
from kortisto.domain.patrons.actions.choices import (
    choose_messages_and_number,
    reach_of,
    ticks_of,
)
from kortisto.domain.patrons.contacts import readable_number
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.reasons import Unfit
from kortisto.domain.patrons.rules import SMS
from kortisto.interfaces.opac.middleware import PatronRequest
from kortisto.interfaces.opac.own_forms import SmsForm, put_errors
from kortisto.interfaces.opac.own_messages import (
    MessageCard,
    cards,
    days_in,
    ticks_in,
)
from kortisto.interfaces.opac.tabs import account_tabs
from kortisto.interfaces.opac.told import tell
from kortisto.ui.parts import Wrong

WRONG: Final = 422


def messages(request: PatronRequest) -> HttpResponse:
    """The table as one card for each kind. A refused one is shown as it was sent."""
    patron = Patron.objects.get(pk=request.patron_id)
    before = ticks_of(patron.pk)
    if request.method != "POST":
        told = cards(before, reach_of(patron), is_protected=patron.is_protected)
        return _page(request, patron, SmsForm(initial=_where(patron)), told)
    form, ticks = SmsForm(request.POST), ticks_in(request.POST, before)
    wrong: dict[str, list[str]] = {}
    if form.is_valid():
        try:
            choose_messages_and_number(
                patron.pk, ticks, form.number, by=request.actor, now=timezone.now()
            )
        except Unfit as unfit:
            wrong = _by_kind(unfit, form)
        else:
            tell(request, "ok", _("Your messages will come as you chose."))
            return Redirect(reverse("messages"))
    told = cards(
        ticks,
        reach_of(patron),
        days=days_in(request.POST),
        wrong=wrong,
        is_protected=patron.is_protected,
    )
    return _page(request, patron, form, told, status=WRONG)


def _where(patron: Patron) -> dict[str, Any]:
    own = patron.sms_number
    where = SmsForm.FOLLOW if own is None else SmsForm.OTHER
    return {"where": where, "sms_number": readable_number(own or "")}


def _by_kind(unfit: Unfit, form: SmsForm) -> dict[str, list[str]]:
    """Sentences by the kind of message; those about the number go to the form."""
    wrong: dict[str, list[str]] = {}
    others = []
    for refusal in unfit.refusals:
        kind, colon, _way = str(refusal.facts.get("field", "")).partition(":")
        if colon:
            wrong.setdefault(kind, []).append(refusal.message)
        else:
            others.append(refusal)
    if others:
        put_errors(form, Unfit(others))
    return wrong


def _page(
    request: PatronRequest,
    patron: Patron,
    form: SmsForm,
    shown: list[MessageCard],
    *,
    status: int = 200,
) -> HttpResponse:
    wrongs = [
        Wrong(f"kind-{card.kind}", error) for card in shown for error in card.errors
    ]
    values = {
        "cards": shown,
        "only_mail": SMS not in NoticeTransport.values,
        "form": form,
        "wrongs": wrongs,
        "patron": patron,
        "phone": readable_number(patron.phone),
        "tabs": account_tabs("inbox", visitor=request.visitor),
    }
    return render(request, "opac/messages.html", values, status=status)
