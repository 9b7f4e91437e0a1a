"""One hold: its place, its days, why it could be placed; change, end, bring back."""

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kortisto.core.actors import Actor
from kortisto.core.days import written
from kortisto.core.refusals import Refused
from kortisto.core.text import whole_number
from kortisto.domain.circulation.actions.cancel_hold import cancel_holds
from kortisto.domain.circulation.actions.undoing import capture_to_undo
from kortisto.domain.circulation.hold_explain import why_placed
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.fulfilment.forecast_facts import facts_of_hold
from kortisto.domain.fulfilment.forecast_words import wait_words, why_so_long
from kortisto.domain.holds.actions.changing import change_days, change_pickup, mark
from kortisto.domain.holds.actions.extending import keep_until
from kortisto.domain.holds.actions.restoring import restorable, restore
from kortisto.domain.holds.bundle_words import how_it_goes
from kortisto.domain.holds.bundles import bundle_of
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.holds.places import place_of, places_of_patron
from kortisto.domain.holds.queue import OPEN, TRAPPED
from kortisto.domain.patrons.actions.viewing import view_patron
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.hold_forms import ChangeHoldForm, KeepForm, days_of
from kortisto.interfaces.staff.hold_rows import hold_rows, place_words
from kortisto.interfaces.staff.job_words import actor_names
from kortisto.interfaces.staff.shelf_forms import put_form_for
from kortisto.interfaces.staff.told import tell
from kortisto.ui.parts import TraceLine

INVALID: Final = 422


@never_cache
@require_http_methods(["GET", "POST"])
def hold(request: StaffRequest, hold_id: int) -> HttpResponse:
    """Everything about one hold; while it waits in its queue it can be changed here."""
    found = hold_to_show(hold_id)
    today = timezone.localdate()
    form = None
    if found.state == Hold.State.QUEUED:
        form = ChangeHoldForm(
            request.POST if request.method == "POST" else None,
            today=today,
            initial=days_of(found),
        )
    if request.method == "POST":
        if form is None:
            tell(request, _("The hold has left its queue."), kind="attention")
            return redirect("hold", hold_id=hold_id)
        if form.is_valid() and _changed(request, found, form):
            tell(request, _("The hold was changed."))
            return redirect("hold", hold_id=hold_id)
    told = _told(request, found) | {"form": form}
    status = INVALID if form is not None and form.errors else 200
    return render(request, "staff/hold.html", told, status=status)


def hold_to_show(hold_id: int) -> Hold:
    """With what a row of a page needs. Raises Http404."""
    related = (
        "record",
        "pickup_library",
        "wanted_item",
        "item",
        "patron",
        "shelf_place",
    )
    found = Hold.objects.select_related(*related).defer("record__marc")
    try:
        return found.get(pk=hold_id)
    except Hold.DoesNotExist as missing:
        raise Http404 from missing


def patron_to_name(found: Hold, *, by: Actor, now: datetime) -> Patron | None:
    """Whose hold it is, for those who may see patrons; looking is logged."""
    if not by.may(PatronPermission.SEE):
        return None
    try:
        return view_patron(found.patron_id, by=by, now=now, page="hold")
    except Patron.DoesNotExist:  # in the bin
        return None


def _told(request: StaffRequest, found: Hold) -> dict[str, Any]:
    now = timezone.now()
    trace = [
        TraceLine(name=why.sentence, source=why.source)
        for why in why_placed(found.trace)
    ]
    names = actor_names({found.placed_by, found.ended_by} - {""})
    place = place_of(found.pk)
    [row] = hold_rows(
        [found],
        places={} if place is None else {found.pk: place},
        today=timezone.localdate(now),
    )
    facts = facts_of_hold(found, now=now) if found.state == Hold.State.QUEUED else None
    back = restorable(found.patron_id, now=now).filter(pk=found.pk).exists()
    return {
        "hold": found,
        "row": row,
        **_bundle(found),
        "putting": put_form_for(found, today=timezone.localdate(now)),
        "may_release": request.actor.may(LendingPermission.UNDO)
        and found.state in TRAPPED
        and capture_to_undo(found.pk, by=request.actor, now=now) is not None,
        "forecast": wait_words(facts),
        "forecast_facts": [] if facts is None else list(why_so_long(facts)),
        "keeping": KeepForm(initial={"until": found.pickup_until})
        if found.state == Hold.State.WAITING
        else None,
        "patron": patron_to_name(found, by=request.actor, now=now),
        "placed_by": names.get(found.placed_by, ""),
        "ended_by": names.get(found.ended_by, ""),
        "trace": trace,
        "restorable": back,
        "actor": request.actor,
    }


def _bundle(found: Hold) -> dict[str, Any]:
    """The other titles of the same wish; of a series a part can be passed over."""
    bundle = bundle_of(found.pk)
    if bundle is None:
        return {"bundle": None}
    places = places_of_patron(found.patron_id)
    return {
        "bundle": bundle,
        "how_it_goes": how_it_goes(bundle),
        "parts": [
            (part, place_words(places.get(part.hold_id))) for part in bundle.parts
        ],
        "may_skip": bundle.in_order and found.state in OPEN,
        "may_give_up": bundle.for_a_group and bundle.number(*OPEN) > 1,
    }


def _changed(request: StaffRequest, found: Hold, form: ChangeHoldForm) -> bool:
    """Do all that the form asks, or nothing and say why not."""
    try:
        with transaction.atomic():
            _change(found, form, by=request.actor, now=timezone.now())
    except Refused as refused:
        add_refusals(form, refused)
        return False
    return True


def _change(found: Hold, form: ChangeHoldForm, *, by: Actor, now: datetime) -> None:
    told, changed = form.cleaned_data, set(form.changed_data)
    if changed & {"pickup", "stop"}:
        place, stop = told["pickup"], told.get("stop")
        change_pickup([found.pk], place, by=by, now=now, stop_id=stop)
    if changed & {"starts_on", "expires_on"}:
        change_days(
            found.pk,
            starts_on=told["starts_on"],
            expires_on=told["expires_on"],
            by=by,
            now=now,
        )
    if changed & {"always_last", "non_urgent", "note"}:
        mark(
            found.pk,
            always_last=told["always_last"],
            non_urgent=told["non_urgent"],
            note=told["note"],
            by=by,
            now=now,
        )


@require_POST
def more_time(request: StaffRequest, hold_id: int) -> HttpResponseRedirect:
    """Keep the copy on the hold shelf until another day."""
    form = KeepForm(request.POST)
    if not form.is_valid():
        wrong = " ".join(str(error) for error in form.errors["until"])
        tell(request, wrong, kind="stop")
        return redirect("hold", hold_id=hold_id)
    day = form.cleaned_data["until"]
    try:
        keep_until(hold_id, day, by=request.actor, now=timezone.now())
    except Hold.DoesNotExist as missing:
        raise Http404 from missing
    except Refused as refused:
        tell(request, refused.words, kind="stop")
    else:
        sentence = _("The copy is kept until {day}.")
        tell(request, sentence.format(day=written(day)))
    return redirect("hold", hold_id=hold_id)


@require_POST
def skip_part(request: StaffRequest, hold_id: int) -> HttpResponseRedirect:
    """Give up one part of a series; the next one waits from now on."""
    found = hold_to_show(hold_id)
    bundle = bundle_of(found.pk)
    if bundle is None or not bundle.in_order:
        raise Http404
    try:
        cancel_holds([hold_id], by=request.actor, now=timezone.now(), alone=True)
    except Refused as refused:
        tell(request, refused.words, kind="stop")
    else:
        sentence = _("The part was passed over: {title}")
        tell(request, sentence.format(title=found.record.title))
    return redirect("hold", hold_id=hold_id)


@require_POST
def give_up_copies(request: StaffRequest, hold_id: int) -> HttpResponseRedirect:
    """A group needs fewer copies than it had asked for."""
    bundle = bundle_of(hold_id)
    if bundle is None or not bundle.for_a_group:
        raise Http404
    ticked = {whole_number(text) for text in request.POST.getlist("copy")}
    meant = [part.hold_id for part in bundle.parts if part.hold_id in ticked]
    if not meant:
        tell(request, _("Tick the copies first."), kind="attention")
        return redirect("hold", hold_id=hold_id)
    try:
        ended = cancel_holds(meant, by=request.actor, now=timezone.now(), alone=True)
    except Refused as refused:
        tell(request, refused.words, kind="stop")
        return redirect("hold", hold_id=hold_id)
    number = len(ended)
    told = ngettext(
        "{number} copy was cancelled.", "{number} copies were cancelled.", number
    )
    tell(request, told.format(number=number))
    if any(one.state == Hold.State.UNCLEARED for one in ended):
        sentence = _("A copy lies on the hold shelf: check it in to clear it.")
        tell(request, sentence, kind="attention")
    return redirect("hold", hold_id=hold_id)


@require_POST
def restore_hold(request: StaffRequest, hold_id: int) -> HttpResponseRedirect:
    """Bring back a hold that was cancelled by mistake."""
    found = hold_to_show(hold_id)
    try:
        restore(hold_id, by=request.actor, now=timezone.now())
    except Refused as refused:
        tell(request, refused.words, kind="stop")
    else:
        sentence = _("The hold is back at its place: {title}")
        tell(request, sentence.format(title=found.record.title))
    return redirect("hold", hold_id=hold_id)


PLACE: Final = HoldPermission.PLACE
urlpatterns = [
    page("holds/<int:hold_id>/", hold, needs=PLACE),
    page("holds/<int:hold_id>/restore/", restore_hold, needs=PLACE),
    page("holds/<int:hold_id>/more-time/", more_time, needs=PLACE),
    page("holds/<int:hold_id>/skip/", skip_part, needs=PLACE),
    page("holds/<int:hold_id>/fewer/", give_up_copies, needs=PLACE),
]
