"""Change the holds of a patron, some or all; cancel them with a question first."""

from collections.abc import Callable, Sequence
from typing import Final

from django import forms
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kortisto.core.refusals import Refused
from kortisto.core.text import whole_number
from kortisto.domain.circulation.actions.cancel_hold import cancel_holds
from kortisto.domain.holds.actions.changing import change_pickup, resume, suspend
from kortisto.domain.holds.bundles import leading
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.holds.places import places_of_patron
from kortisto.domain.holds.queue import OPEN
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.viewing import view_patron
from kortisto.domain.patrons.models import Patron
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.hold_forms import PickupForm, SuspendForm
from kortisto.interfaces.staff.hold_rows import hold_rows
from kortisto.interfaces.staff.told import tell

Change = Callable[[StaffRequest, Sequence[int]], str]


@require_POST
def change_holds(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Suspend, resume or move the ticked holds of a patron, or all in a queue."""
    what = request.POST.get("what", "")
    if what == "cancel":
        return _ask(request, patron_id)
    change = CHANGES.get(what)
    if change is None:
        raise Http404
    holds = _meant(request, patron_id, among=(Hold.State.QUEUED,))
    if not holds:
        tell(request, _("Tick the holds first."), kind="attention")
        return _back(patron_id)
    try:
        told = change(request, holds)
    except ValueError as wrong:
        tell(request, str(wrong), kind="stop")
    except Refused as refused:
        tell(request, refused.words, kind="stop")
    else:
        tell(request, told)
    return _back(patron_id)


def _meant(request: StaffRequest, patron_id: int, *, among: Sequence[str]) -> list[int]:
    """The ticked holds of the patron, or all of those in these states.

    What was ticked is tried in whatever state it is now, so that nothing is passed
    over in silence.
    """
    holds = Hold.objects.filter(patron_id=patron_id)
    if "all" in request.POST:
        holds = leading(holds.filter(state__in=among))
    else:
        ticked = [whole_number(text) for text in request.POST.getlist("hold")]
        holds = holds.filter(pk__in=[pk for pk in ticked if pk is not None])
    return list(holds.order_by("pk").values_list("pk", flat=True))


def _back(patron_id: int) -> HttpResponseRedirect:
    return redirect(f"{reverse('patron', args=[patron_id])}#holds")


def _told(form: forms.Form) -> str:
    """What is wrong with it, in one line."""
    errors = form.errors.values()
    return " ".join(str(sentence) for found in errors for sentence in found)


def _suspend(request: StaffRequest, holds: Sequence[int]) -> str:
    form = SuspendForm(request.POST)
    if not form.is_valid():
        raise ValueError(_told(form))
    until = form.cleaned_data["until"]
    suspend(holds, until=until, by=request.actor, now=timezone.now())
    return ngettext(
        "{number} hold was suspended.", "{number} holds were suspended.", len(holds)
    ).format(number=len(holds))


def _resume(request: StaffRequest, holds: Sequence[int]) -> str:
    resume(holds, by=request.actor, now=timezone.now())
    return ngettext(
        "{number} hold waits again.", "{number} holds wait again.", len(holds)
    ).format(number=len(holds))


def _move(request: StaffRequest, holds: Sequence[int]) -> str:
    form = PickupForm(request.POST)
    if not form.is_valid():
        raise ValueError(_told(form))
    library = form.cleaned_data["pickup"]
    change_pickup(holds, library, by=request.actor, now=timezone.now())
    return ngettext(
        "{number} hold is picked up at {library}.",
        "{number} holds are picked up at {library}.",
        len(holds),
    ).format(number=len(holds), library=organisation().name(library))


CHANGES: Final[dict[str, Change]] = {
    "suspend": _suspend,
    "resume": _resume,
    "pickup": _move,
}


def _ask(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Which holds are about to be cancelled, and what becomes of their copies."""
    now = timezone.now()
    try:
        patron = view_patron(patron_id, by=request.actor, now=now, page="hold")
    except Patron.DoesNotExist as missing:
        raise Http404 from missing
    wanted = _meant(request, patron_id, among=OPEN)
    meant = Hold.objects.filter(pk__in=wanted, state__in=OPEN)
    holds = leading(meant).order_by("pk")
    fetched = holds.select_related("record", "pickup_library", "wanted_item")
    rows = hold_rows(
        fetched.defer("record__marc"),
        places=places_of_patron(patron_id),
        today=timezone.localdate(now),
    )
    if not rows:
        tell(request, _("Tick the holds first."), kind="attention")
        return _back(patron_id)
    told = {
        "patron": patron,
        "rows": rows,
        "bundles": any(row.bundle for row in rows),
    }
    return render(request, "staff/cancel_holds.html", told)


@never_cache
@require_POST
def cancel_patron_holds(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Cancel what has been asked about."""
    wanted = _meant(request, patron_id, among=())
    try:
        ended = cancel_holds(wanted, by=request.actor, now=timezone.now())
    except Refused as refused:
        tell(request, refused.words, kind="stop")
        return _back(patron_id)
    number = len(ended)
    tell(
        request,
        ngettext(
            "{number} hold was cancelled.", "{number} holds were cancelled.", number
        ).format(number=number),
    )
    if any(one.state == Hold.State.UNCLEARED for one in ended):
        sentence = _("A copy lies on the hold shelf: check it in to clear it.")
        tell(request, sentence, kind="attention")
    return _back(patron_id)


PLACE: Final = HoldPermission.PLACE
urlpatterns = [
    page("patrons/<int:patron_id>/holds/", change_holds, needs=PLACE),
    page(
        "patrons/<int:patron_id>/holds/cancel/",
        cancel_patron_holds,
        needs=PLACE,
    ),
]
