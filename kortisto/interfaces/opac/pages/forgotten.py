"""A forgotten PIN: ask for a link by e-mail, and choose a new PIN by it (S24).

Neither page tells whether a card exists, nor whether the library knows an address.
"""

from datetime import timedelta
from typing import Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http import HttpResponseRedirect as Redirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.core import tokens
from kortisto.core.mailing import mail_is_sent
from kortisto.core.throttle import Limit, count_failure, waits_until
from kortisto.domain.patrons.actions.pin_links import (
    LinkIsOver,
    ask_for_pin_link,
    patron_of_link,
    set_pin_by_link,
)
from kortisto.interfaces.opac.own_forms import NewPinForm
from kortisto.interfaces.opac.pages.login import VISITOR
from kortisto.interfaces.opac.pages.pin import tell_lengths
from kortisto.ui.formats import moment

ASKS: Final = Limit(kind="pin-link-source", failures=10, within=timedelta(hours=1))
OPENED: Final = "pin_link"  # in the session: the digest of the link that was opened
WRONG, TOO_MANY, GONE = 422, 429, 410


class CardForm(forms.Form):
    card = forms.CharField(
        label=gettext_lazy("Card number"),
        help_text=gettext_lazy("The number under the barcode of your library card."),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "spellcheck": "false"}
        ),
    )


def ask(request: HttpRequest) -> HttpResponse:
    """Everybody who asks is sent on to the same page."""
    if request.method != "POST":
        return _ask(request, CardForm())
    form, now = CardForm(request.POST), timezone.now()
    if not form.is_valid():
        return _ask(request, form, status=WRONG)
    source = request.META.get("REMOTE_ADDR", "")
    until = waits_until(ASKS, source, now=now)
    if until is not None:
        words = _(
            "Many links have been asked for from your network. Wait until {moment}, or "
            "get a new PIN at any library."
        )
        form.add_error(None, words.format(moment=moment(until)))
        return _ask(request, form, status=TOO_MANY)
    count_failure(ASKS, source, now=now)
    if mail_is_sent():
        ask_for_pin_link(form.cleaned_data["card"], by=VISITOR, now=now)
    return Redirect(reverse("pin_link_asked"))


def _ask(request: HttpRequest, form: CardForm, *, status: int = 200) -> HttpResponse:
    values = {"form": form, "by_mail": mail_is_sent()}
    return render(request, "opac/forgotten_pin.html", values, status=status)


def asked(request: HttpRequest) -> HttpResponse:
    return render(request, "opac/forgotten_pin_asked.html")


def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the secret out of the address at once: addresses are kept in histories."""
    request.session[OPENED] = tokens.digest(token)
    return Redirect(reverse("new_pin"))


def new_pin(request: HttpRequest) -> HttpResponse:
    """Choose a PIN by the link that was opened; then log in with it."""
    digest, now = request.session.get(OPENED, ""), timezone.now()
    form = NewPinForm(request.POST) if request.method == "POST" else NewPinForm()
    try:
        patron = patron_of_link(digest, now=now)
    except LinkIsOver:
        return _over(request)
    if form.is_valid():
        try:
            set_pin_by_link(digest, form.cleaned_data["new"], now=now)
        except LinkIsOver:
            return _over(request)
        except ValueError as weak:
            form.add_error("new", str(weak))
        else:
            request.session.flush()
            return Redirect(f"{reverse('log_in')}?new-pin=yes")
    tell_lengths(form, patron)
    status = WRONG if form.errors else 200
    return render(request, "opac/new_pin.html", {"form": form}, status=status)


def _over(request: HttpRequest) -> HttpResponse:
    request.session.pop(OPENED, None)
    return render(request, "opac/pin_link_over.html", status=GONE)
