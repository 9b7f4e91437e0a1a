"""Log in with card and PIN, and out again (S24).

Wrong tries are counted for the account in ``patrons`` and for the address they come
from here; both are told in words, with the time when it works again.
"""

from datetime import timedelta
from typing import Final

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.core.actors import Actor, ActorKind, Channel
from kortisto.core.text import ControlCharacters
from kortisto.core.throttle import Limit, count_failure, waits_until
from kortisto.domain.patrons.actions import pin
from kortisto.domain.patrons.models import Patron
from kortisto.interfaces.opac.middleware import EASY_PIN, EPOCH, PATRON, TOUCHED
from kortisto.interfaces.opac.onward import onward
from kortisto.interfaces.opac.pages.language import keep_language

TRIES: Final = Limit(kind="patron-log-in", failures=20, within=timedelta(minutes=15))
VISITOR: Final = Actor(kind=ActorKind.PATRON, channel=Channel.WEB)
TOO_MANY: Final = 429
WRONG: Final = 422


class LogInForm(forms.Form):
    card = forms.CharField(
        label=gettext_lazy("Card number"),
        help_text=gettext_lazy("The number under the barcode of your library card."),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "spellcheck": "false"}
        ),
    )
    pin = forms.CharField(
        label=gettext_lazy("PIN"),
        max_length=40,
        widget=forms.PasswordInput(
            attrs={"autocomplete": "current-password", "inputmode": "numeric"}
        ),
    )


def log_in(request: HttpRequest) -> HttpResponse:
    going = _onward(request)
    if getattr(request, "patron_id", None) is not None:
        return HttpResponseRedirect(going)
    if request.method != "POST":
        return _page(request, LogInForm(), going)
    form = LogInForm(request.POST)
    now = timezone.now()
    source = request.META.get("REMOTE_ADDR", "")
    until = waits_until(TRIES, source, now=now)
    if until is not None:
        clock = f"{localtime(until):%H.%M}"
        trouble = _(
            "There have been many wrong tries from your network, so logging in here "
            "is closed until {time}. Your card is not locked: at the library and "
            "through another network it works."
        ).format(time=clock)
        return _page(request, form, going, trouble=trouble, status=TOO_MANY)
    if not form.is_valid():
        return _page(request, form, going, status=WRONG)
    try:
        patron = pin.log_in(
            form.cleaned_data["card"], form.cleaned_data["pin"], by=VISITOR, now=now
        )
    except pin.LogInFailed as failed:
        count_failure(TRIES, source, now=now)
        return _page(request, form, going, trouble=failed.message, status=WRONG)
    except ControlCharacters:
        trouble = _("The card number has letters that cannot be read. Type it again.")
        return _page(request, form, going, trouble=trouble, status=WRONG)
    begin_session(request, patron)
    given = form.cleaned_data["pin"]
    if patron.category.changes_pin_online and pin.should_change(patron, given):
        request.session[EASY_PIN] = True
    response = HttpResponseRedirect(going)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        keep_language(response, patron.language)
    return response


def begin_session(request: HttpRequest, patron: Patron) -> None:
    """A new session with a new key: nothing of the one before the log-in is kept."""
    request.session.flush()
    request.session[PATRON] = patron.pk
    request.session[EPOCH] = patron.session_epoch
    request.session[TOUCHED] = int(timezone.now().timestamp())
    rotate_token(request)


def log_out(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        request.session.flush()
    return HttpResponseRedirect(reverse("front"))


def _onward(request: HttpRequest) -> str:
    """Where to go after the log-in: a page of this site only."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return onward(request, wanted, otherwise=reverse("loans"))


def _page(
    request: HttpRequest,
    form: LogInForm,
    onward: str,
    *,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    values = {
        "form": form,
        "onward": onward,
        "trouble": trouble,
        "has_new_pin": "new-pin" in request.GET and not form.is_bound,
    }
    return render(request, "opac/log_in.html", values, status=status)
