"""My purchase suggestions: what I would like to find in the libraries (S33)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.http import HttpResponseRedirect as Redirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kortisto.core.refusals import Refused
from kortisto.core.throttle import Limit, count_failure, waits_until
from kortisto.domain.acquisitions.actions.suggesting import (
    suggest,
    withdraw_suggestion,
)
from kortisto.domain.acquisitions.queries import suggestions_of
from kortisto.domain.acquisitions.settings import (
    SUGGESTIONS_KEPT_DAYS,
    SUGGESTIONS_OPEN,
)
from kortisto.domain.patrons.models import Patron
from kortisto.interfaces.opac import hits
from kortisto.interfaces.opac.middleware import PatronRequest
from kortisto.interfaces.opac.suggestion_form import (
    SuggestionForm,
    looked_for,
    records_in,
    rows_of,
)
from kortisto.interfaces.opac.tabs import account_tabs
from kortisto.interfaces.opac.told import tell
from kortisto.interfaces.opac.words import names_now

OK, REFUSED, WRONG, TOO_MANY = 200, 409, 422, 429
MANY: Final = Limit(kind="suggest", failures=10, within=timedelta(hours=1))


def suggestions(request: PatronRequest) -> HttpResponse:
    """What I have suggested, each with how it stands and what was answered."""
    names = names_now()
    home = request.visitor.home_library_id
    values = {
        "rows": rows_of(suggestions_of(request.patron_id), names),
        "is_open": names.tree.setting(SUGGESTIONS_OPEN, home).value,
        "tabs": account_tabs("suggested", visitor=request.visitor),
    }
    return render(request, "opac/suggestions.html", values)


def suggest_title(request: PatronRequest) -> HttpResponse:
    """What the libraries have already is shown first; nothing typed is lost."""
    now, source = timezone.now(), str(request.patron_id)
    if request.method != "POST":
        return _form(request, _blank(request))
    form = SuggestionForm(names_now(), request.POST, initial={})
    if waits_until(MANY, source, now=now) is not None:
        form.add_error(None, _("You have suggested many titles. Wait for an hour."))
        return _form(request, form, status=TOO_MANY)
    if not form.is_valid():
        return _form(request, form, status=WRONG)
    new = form.new(anyway="anyway" in request.POST)
    try:
        made = suggest(request.patron_id, new, by=request.actor, now=now)
    except Refused as refused:
        if records := records_in(refused.refusals):
            return _form(request, form, records=records, status=REFUSED)
        form.tell(refused.refusals)
        return _form(request, form, status=WRONG)
    count_failure(MANY, source, now=now)
    sentence = _("Thank you. The library answers here: {title}.")
    tell(request, "ok", sentence.format(title=made.title))
    return Redirect(reverse("suggested"))


def withdraw(request: PatronRequest, suggestion_id: int) -> HttpResponse:
    """Take back what the library has not looked at yet."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not suggestions_of(request.patron_id).filter(pk=suggestion_id).exists():
        raise Http404
    try:
        withdraw_suggestion(suggestion_id, by=request.actor, now=timezone.now())
    except Refused as refused:
        for refusal in refused.refusals:
            tell(request, "attention", refusal.message)
    else:
        tell(request, "ok", _("You have taken your suggestion back."))
    return Redirect(reverse("suggested"))


def _blank(request: PatronRequest) -> SuggestionForm:
    """With what was searched for. A protected person's home library is not told."""
    patron = Patron.objects.only("is_protected", "home_library_id").get(
        pk=request.patron_id
    )
    home = None if patron.is_protected else patron.home_library_id
    typed = looked_for(request.GET.get("q", "").strip())
    return SuggestionForm(names_now(), initial={"library": home, **typed})


def _form(
    request: PatronRequest,
    form: SuggestionForm,
    *,
    records: Sequence[int] = (),
    status: int = OK,
) -> HttpResponse:
    names = names_now()
    home = request.visitor.home_library_id
    days = names.tree.setting(SUGGESTIONS_KEPT_DAYS, None).value
    values = {
        "form": form,
        "kept": SUGGESTIONS_KEPT_DAYS.kind.show(days),
        "records": hits.rows(records, names, home=home) if records else [],
        "tabs": account_tabs("suggested", visitor=request.visitor),
    }
    return render(request, "opac/suggest.html", values, status=status)
