"""My privacy: who has looked at my data, and everything that is held on me (GDP-2)."""

from datetime import timedelta
from typing import Final

from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.http import HttpResponseRedirect as Redirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kortisto.core.text import whole_number
from kortisto.core.throttle import Limit, count_failure, waits_until
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.settings import LOG_MONTHS
from kortisto.domain.patrons.actions.erasures import asked_of
from kortisto.domain.patrons.actions.gathering import gather
from kortisto.domain.patrons.hindrances import against_erasing
from kortisto.domain.patrons.settings import ERASURE_DAYS
from kortisto.domain.patrons.viewings import viewings_of
from kortisto.interfaces.opac.middleware import PatronRequest
from kortisto.interfaces.opac.tabs import account_tabs
from kortisto.interfaces.opac.told import tell
from kortisto.interfaces.opac.viewing_words import viewing_rows
from kortisto.interfaces.opac.words import names_now
from kortisto.ui.parts import Pages
from kortisto.ui.personal_file import TYPES, file_of

SHOWN: Final = 5  # on the page of everything
ON_A_PAGE: Final = 50
OFTEN: Final = Limit(kind="my-data", failures=6, within=timedelta(minutes=15))
"""Making a file is work: each one counts, though nothing has failed."""


def privacy(request: PatronRequest) -> HttpResponse:
    """What I can see and ask for, with the newest looks at my data."""
    found = viewings_of(request.patron_id, limit=SHOWN + 1)
    home = request.visitor.home_library_id
    values = {
        "rows": viewing_rows(found[:SHOWN], names_now().tree),
        "more": len(found) > SHOWN,
        "asked": asked_of(request.patron_id),
        "against": against_erasing(request.patron_id, timezone.localdate()),
        "days": organisation().setting(ERASURE_DAYS, home).value,
        "tabs": account_tabs("privacy", visitor=request.visitor),
    }
    return render(request, "opac/privacy.html", values)


def viewings(request: PatronRequest) -> HttpResponse:
    """Every look at my data that the log has at hand, the newest first."""
    before = whole_number(request.GET.get("before"))
    found = viewings_of(request.patron_id, limit=ON_A_PAGE + 1, before=before)
    shown = found[:ON_A_PAGE]
    pages = Pages(next_url=f"?before={shown[-1].id}" if len(found) > ON_A_PAGE else "")
    values = {
        "rows": viewing_rows(shown, names_now().tree),
        "pages": pages,
        "newest": before is None,
        "months": LOG_MONTHS.kind.show(organisation().setting(LOG_MONTHS, None).value),
        "tabs": account_tabs("privacy", visitor=request.visitor),
    }
    return render(request, "opac/viewings.html", values)


def my_data(request: PatronRequest) -> HttpResponse:
    """The file in the form that was asked for: pdf to read, json for machines."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    form, now = request.POST.get("form", ""), timezone.now()
    if form not in TYPES:
        raise Http404
    if waits_until(OFTEN, str(request.patron_id), now=now) is not None:
        tell(request, "info", _("You have just fetched your data. Wait a while."))
        return Redirect(reverse("privacy"))
    count_failure(OFTEN, str(request.patron_id), now=now)
    return file_of(gather(request.patron_id, by=request.actor, now=now), form)
