"""I want to be erased, or no longer want to be (GDP-2)."""

from django.http import HttpResponse, HttpResponseNotAllowed
from django.http import HttpResponseRedirect as Redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kortisto.core.refusals import Refused
from kortisto.domain.patrons.actions.erasures import ask_erasure, take_back_erasure
from kortisto.interfaces.opac.middleware import PatronRequest
from kortisto.interfaces.opac.told import tell
from kortisto.ui.formats import day


def erase_me(request: PatronRequest) -> HttpResponse:
    """Begin the days; what stands against it is told, and nothing has begun."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if request.POST.get("sure") != "yes":
        tell(request, "info", _("Tick first that you are sure. Nothing has begun."))
        return Redirect(reverse("privacy"))
    try:
        asked = ask_erasure(request.patron_id, by=request.actor, now=timezone.now())
    except Refused as refused:
        for each in refused.refusals:
            tell(request, "stop", each.message)
    else:
        words = _("Your data is erased in the night after {day}.")
        tell(request, "attention", words.format(day=day(asked.erase_on)))
    return Redirect(reverse("privacy"))


def keep_me(request: PatronRequest) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        take_back_erasure(request.patron_id, by=request.actor, now=timezone.now())
    except Refused as refused:
        tell(request, "info", refused.refusals[0].message)
    else:
        tell(request, "ok", _("Your data is kept, as if you had not asked."))
    return Redirect(reverse("privacy"))
