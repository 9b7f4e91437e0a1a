"""Change my PIN: the old one first, since somebody may have left the page open."""

from datetime import timedelta
from typing import Final

from django.http import HttpResponse
from django.http import HttpResponseRedirect as Redirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kortisto.core.throttle import Limit, count_failure, waits_until
from kortisto.domain.patrons.actions.pin import pin_is_right, pin_terms, set_pin
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.queries import active_card
from kortisto.interfaces.opac.middleware import EASY_PIN, PatronRequest
from kortisto.interfaces.opac.own_forms import NewPinForm, PinForm
from kortisto.interfaces.opac.pages.login import begin_session
from kortisto.interfaces.opac.tabs import account_tabs
from kortisto.interfaces.opac.told import tell

WRONG: Final = 422
TRIES: Final = Limit(kind="pin-change", failures=5, within=timedelta(minutes=15))


def change_pin(request: PatronRequest) -> HttpResponse:
    """Every other session of the patron ends; this one goes on with a new key."""
    patrons = Patron.objects.select_related("category")
    patron, now = patrons.get(pk=request.patron_id), timezone.now()
    if request.method != "POST" or not patron.category.changes_pin_online:
        return _page(request, patron, PinForm())
    form = PinForm(request.POST)
    if not form.is_valid():
        return _page(request, patron, form, status=WRONG)
    if waits_until(TRIES, str(patron.pk), now=now) is not None:
        form.add_error("old", _("Too many wrong tries. Wait a quarter of an hour."))
        return _page(request, patron, form, status=WRONG)
    if not pin_is_right(patron, form.cleaned_data["old"]):
        count_failure(TRIES, str(patron.pk), now=now)
        form.add_error("old", _("This is not your PIN."))
        return _page(request, patron, form, status=WRONG)
    try:
        set_pin(patron.pk, form.cleaned_data["new"], by=request.actor, now=now)
    except ValueError as weak:
        form.add_error("new", str(weak))
        return _page(request, patron, form, status=WRONG)
    patron.refresh_from_db(fields=["session_epoch"])
    begin_session(request, patron)
    tell(request, "ok", _("Your PIN has been changed. Other log-ins have ended."))
    return Redirect(reverse("details"))


def tell_lengths(form: NewPinForm, patron: Patron) -> None:
    """Say beside the new PIN how many digits it has."""
    terms = pin_terms(patron.category, patron.home_library_id)
    sentence = (
        _(
            "{shortest}–{longest} digits. Not three in a row such as 234 or 777, and "
            "not your date of birth, phone or card number."
        )
        if terms.strong
        else _(
            "{shortest}–{longest} digits. Not a row such as 1234, and not all the same."
        )
    )
    lengths = {"shortest": terms.shortest, "longest": terms.longest}
    form.fields["new"].help_text = sentence.format(**lengths)


def _page(
    request: PatronRequest, patron: Patron, form: PinForm, *, status: int = 200
) -> HttpResponse:
    tell_lengths(form, patron)
    card = active_card(patron.pk)
    values = {
        "card": "" if card is None else card.number,
        "form": form,
        "at_desk_only": not patron.category.changes_pin_online,
        "is_easy": EASY_PIN in request.session,
        "tabs": account_tabs("details", visitor=request.visitor),
    }
    return render(request, "opac/change_pin.html", values, status=status)
