"""My holds: what waits for me, what is coming, and what I can change of it (HLD-4, 5).

Everything that is sent names holds of the patron who is logged in: another's is
answered 404 before anything is done.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.http import HttpResponseRedirect as Redirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kortisto.core.days import written
from kortisto.core.refusals import Refused
from kortisto.core.text import whole_number
from kortisto.domain.circulation.actions.cancel_hold import cancel_holds
from kortisto.domain.fulfilment.forecast_facts import facts_of_hold
from kortisto.domain.fulfilment.forecast_words import wait_words
from kortisto.domain.holds.actions.changing import change_pickup, resume, suspend
from kortisto.domain.holds.actions.extending import (
    against_more_time,
    ask_for_more_time,
)
from kortisto.domain.holds.actions.restoring import restore
from kortisto.domain.holds.bundles import leading
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.pickup import pickup_libraries
from kortisto.domain.patrons.models import Patron
from kortisto.interfaces.opac.holds_form import ChangeHoldsForm
from kortisto.interfaces.opac.middleware import PatronRequest
from kortisto.interfaces.opac.onward import onward
from kortisto.interfaces.opac.own_holds import HoldRow, cancelled_rows, open_holds
from kortisto.interfaces.opac.refusal_words import in_your_words
from kortisto.interfaces.opac.tabs import account_tabs
from kortisto.interfaces.opac.told import tell
from kortisto.interfaces.opac.words import Names, names_now

OK, WRONG = 200, 422
Change = Callable[[PatronRequest, Sequence[int], ChangeHoldsForm, datetime], str]


def holds(request: PatronRequest) -> HttpResponse:
    """What waits first, then what is on its way, then the queues."""
    names, now = names_now(), timezone.now()
    return _page(request, _form(now), names, now=now)


def own_hold(request: PatronRequest, hold_id: int) -> HttpResponse:
    """One open hold: the place in the queue, or where it waits, and why not yet."""
    names, now = names_now(), timezone.now()
    rows = open_holds(request.patron_id, names, now=now, hold_id=hold_id)
    if not rows:
        raise Http404
    found = Hold.objects.get(pk=hold_id)
    values = {
        "row": rows[0],
        "forecast": wait_words(facts_of_hold(found, now=now)),
        "more_time": _can_have_more_time(rows[0], now=now),
        "form": _form(now),
        "identifier": _identifier(request.patron_id),
        "back": onward(request, request.GET.get("back", "")),
        "tabs": account_tabs("holds", visitor=request.visitor),
    }
    return render(request, "opac/own_hold.html", values)


def change_holds(request: PatronRequest) -> HttpResponse:
    """Suspend, resume, fetch elsewhere or cancel those that are ticked."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    names, now = names_now(), timezone.now()
    do = CHANGES.get(request.POST.get("do", ""))
    wanted = _wanted(request)
    if do is None:
        raise Http404
    if not wanted:
        tell(request, "info", _("Choose first the holds that you want to change."))
        return Redirect(reverse("holds"))
    form = _form(now, data=request.POST)
    if not form.is_valid():
        return _page(request, form, names, now=now, ticked=wanted, status=WRONG)
    try:
        tell(request, "ok", do(request, wanted, form, now))
    except Refused as refused:
        for refusal in refused.refusals:
            tell(request, "attention", in_your_words(refusal))
    return Redirect(reverse("holds"))


def cancel(request: PatronRequest) -> HttpResponse:
    """Ask first, by the titles, and then cancel; it can be taken back for a day."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    names, now = names_now(), timezone.now()
    wanted = _wanted(request)
    if not wanted:
        tell(request, "info", _("Choose first the holds that you want to cancel."))
        return Redirect(reverse("holds"))
    if "sure" not in request.POST:
        rows = open_holds(request.patron_id, names, now=now)
        values = {
            "rows": [row for row in rows if row.id in set(wanted)],
            "tabs": account_tabs("holds", visitor=request.visitor),
        }
        return render(request, "opac/cancel_holds.html", values)
    try:
        ended = len(cancel_holds(wanted, by=request.actor, now=now))
    except Refused as refused:
        for refusal in refused.refusals:
            tell(request, "attention", in_your_words(refusal))
        return Redirect(reverse("holds"))
    sentence = ngettext(
        "{number} hold was cancelled.", "{number} holds were cancelled.", ended
    )
    tell(request, "ok", sentence.format(number=ended))
    return Redirect(reverse("holds"))


def more_time(request: PatronRequest, hold_id: int) -> HttpResponse:
    """Some days more to pick up what waits, once, when nobody else waits for it."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not Hold.objects.filter(pk=hold_id, patron_id=request.patron_id).exists():
        raise Http404
    try:
        day = ask_for_more_time(hold_id, by=request.actor, now=timezone.now())
    except Refused as refused:
        for refusal in refused.refusals:
            tell(request, "attention", in_your_words(refusal))
    else:
        sentence = _("You have time until {day}.")
        tell(request, "ok", sentence.format(day=written(day)))
    return Redirect(reverse("own_hold", args=[hold_id]))


def bring_back(request: PatronRequest, hold_id: int) -> HttpResponse:
    """Undo a cancellation: the hold has the place in the queue that it had."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    own = Hold.objects.filter(pk=hold_id, patron_id=request.patron_id)
    title = own.values_list("record__title", flat=True).first()
    if title is None:
        raise Http404
    try:
        restore(hold_id, by=request.actor, now=timezone.now())
    except Refused as refused:
        for refusal in refused.refusals:
            tell(request, "attention", in_your_words(refusal))
    else:
        sentence = _("{title} is reserved again, at the place that it had.")
        tell(request, "ok", sentence.format(title=title))
    return Redirect(reverse("holds"))


def _can_have_more_time(row: HoldRow, *, now: datetime) -> bool:
    if row.state != Hold.State.WAITING:
        return False
    return not against_more_time(Hold.objects.get(pk=row.id), today=localdate(now))


def _wanted(request: PatronRequest) -> list[int]:
    """The holds that were ticked, every one of them the patron's own."""
    own = Hold.objects.filter(patron_id=request.patron_id).order_by("pk")
    if "all" in request.POST:
        queued = leading(own.filter(state=Hold.State.QUEUED))
        return list(queued.values_list("pk", flat=True))
    given = {whole_number(each) for each in request.POST.getlist("hold")}
    found = list(own.filter(pk__in=given - {None}).values_list("pk", flat=True))
    if given - set(found):
        raise Http404
    return found


def _suspend(
    request: PatronRequest, ids: Sequence[int], form: ChangeHoldsForm, now: datetime
) -> str:
    since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    suspend(ids, since=since, until=until, by=request.actor, now=now)
    return ngettext(
        "{number} hold is suspended. Its place in the queue is kept.",
        "{number} holds are suspended. Their places in the queue are kept.",
        len(ids),
    ).format(number=len(ids))


def _resume(
    request: PatronRequest, ids: Sequence[int], _form: ChangeHoldsForm, now: datetime
) -> str:
    resume(ids, by=request.actor, now=now)
    return ngettext("{number} hold goes on.", "{number} holds go on.", len(ids)).format(
        number=len(ids)
    )


def _fetch_elsewhere(
    request: PatronRequest, ids: Sequence[int], form: ChangeHoldsForm, now: datetime
) -> str:
    library_id = form.cleaned_data["pickup"]
    change_pickup(ids, library_id, by=request.actor, now=now)
    return ngettext(
        "{number} hold is picked up at {library}.",
        "{number} holds are picked up at {library}.",
        len(ids),
    ).format(number=len(ids), library=names_now().tree.name(library_id))


CHANGES: Final[dict[str, Change]] = {
    "suspend": _suspend,
    "resume": _resume,
    "pickup": _fetch_elsewhere,
}


def _form(now: datetime, *, data: Any = None) -> ChangeHoldsForm:
    today = localdate(now)
    return ChangeHoldsForm(data, libraries=pickup_libraries(today), today=today)


def _identifier(patron_id: int) -> str:
    found = Patron.objects.filter(pk=patron_id)
    return str(found.values_list("hold_identifier", flat=True).get())


def _page(
    request: PatronRequest,
    form: ChangeHoldsForm,
    names: Names,
    *,
    now: datetime,
    ticked: Sequence[int] = (),
    status: int = OK,
) -> HttpResponse:
    rows = open_holds(request.patron_id, names, now=now)
    values = {
        "waiting": _in(rows, Hold.State.WAITING),
        "travelling": _in(rows, Hold.State.TRAVELLING, Hold.State.PROCESSING),
        "queued": _in(rows, Hold.State.QUEUED),
        "cancelled": cancelled_rows(request.patron_id, now=now),
        "identifier": _identifier(request.patron_id),
        "form": form,
        "ticked": ticked,
        "tabs": account_tabs("holds", visitor=request.visitor, holds=len(rows)),
    }
    return render(request, "opac/holds.html", values, status=status)


def _in(rows: Sequence[HoldRow], *states: str) -> list[HoldRow]:
    return [row for row in rows if row.state in states]
