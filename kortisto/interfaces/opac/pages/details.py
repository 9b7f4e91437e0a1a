"""My details: what the library knows, the PIN, the language of pages and messages."""

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.contrib.auth.hashers import check_password
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.http import HttpResponseRedirect as Redirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import activate, gettext_lazy
from django.utils.translation import gettext as _
from typing_extensions import override

from kortisto.core.throttle import Limit, count_failure, waits_until
from kortisto.domain.org.settings import PIN_LENGTH_MAX, PIN_LENGTH_MIN
from kortisto.domain.patrons.actions.language import set_language
from kortisto.domain.patrons.actions.pin import set_pin
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.queries import active_card
from kortisto.interfaces.opac.middleware import PatronRequest
from kortisto.interfaces.opac.pages.language import LANGUAGES, keep_language
from kortisto.interfaces.opac.pages.login import begin_session
from kortisto.interfaces.opac.tabs import account_tabs
from kortisto.interfaces.opac.told import tell
from kortisto.interfaces.opac.words import names_now

WRONG: Final = 422
TRIES: Final = Limit(kind="pin-change", failures=5, within=timedelta(minutes=15))


def _secret(label: Any, autocomplete: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=40,
        widget=forms.PasswordInput(
            attrs={"autocomplete": autocomplete, "inputmode": "numeric"}
        ),
    )


class PinForm(forms.Form):
    old = _secret(gettext_lazy("PIN now"), "current-password")
    new = _secret(gettext_lazy("New PIN"), "new-password")
    again = _secret(gettext_lazy("New PIN again"), "new-password")

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("new") != values.get("again"):
            self.add_error("again", _("The two new PINs are not the same."))
        return values


def details(request: PatronRequest) -> HttpResponse:
    return _page(request, PinForm())


def _page(request: PatronRequest, form: PinForm, *, status: int = 200) -> HttpResponse:
    patron = Patron.objects.select_related("category", "home_library").get(
        pk=request.patron_id
    )
    tree = names_now().tree
    home = patron.home_library_id
    form.fields["new"].help_text = _("{shortest}–{longest} digits.").format(
        shortest=tree.setting(PIN_LENGTH_MIN, home).value,
        longest=tree.setting(PIN_LENGTH_MAX, home).value,
    )
    card = active_card(patron.pk)
    values = {
        "patron": patron,
        "card": "" if card is None else card.number,
        "form": form,
        "tabs": account_tabs("details"),
    }
    return render(request, "opac/details.html", values, status=status)


def change_pin(request: PatronRequest) -> HttpResponse:
    """Every other session of the patron ends; this one goes on with a new key."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    form = PinForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=WRONG)
    patron, now = Patron.objects.get(pk=request.patron_id), timezone.now()
    if waits_until(TRIES, str(patron.pk), now=now) is not None:
        form.add_error("old", _("Too many wrong tries. Wait a quarter of an hour."))
        return _page(request, form, status=WRONG)
    if not check_password(form.cleaned_data["old"], patron.pin_hash):
        count_failure(TRIES, str(patron.pk), now=now)
        form.add_error("old", _("This is not your PIN."))
        return _page(request, form, status=WRONG)
    try:
        new = form.cleaned_data["new"]
        set_pin(patron.pk, new, by=request.actor, now=now)
    except ValueError as weak:
        form.add_error("new", str(weak))
        return _page(request, form, status=WRONG)
    patron.refresh_from_db(fields=["session_epoch"])
    begin_session(request, patron)
    tell(request, "ok", _("Your PIN has been changed. Other log-ins have ended."))
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
