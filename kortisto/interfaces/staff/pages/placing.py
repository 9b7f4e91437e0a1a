"""Place a hold at the desk: for whom, for what, where, and every reason against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kortisto.core.actors import Actor
from kortisto.core.refusals import Refusal, Refused
from kortisto.core.text import whole_number
from kortisto.domain.catalogue.models import Item, Record
from kortisto.domain.circulation.actions.place_bundle import Several, place_bundle
from kortisto.domain.circulation.actions.place_hold import (
    Placed,
    Wish,
    look_and_decide,
    place_hold,
)
from kortisto.domain.circulation.editions import editions_of
from kortisto.domain.holds.models import HoldBundle
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.holds.places import place_of
from kortisto.domain.patrons.actions.viewing import view_found, view_patron
from kortisto.domain.patrons.identity import mentions_a_code
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.reasons import Unfit
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.finding import Candidates, choices_of, titles_for
from kortisto.interfaces.staff.hold_forms import (
    PlaceHoldForm,
    edition_choices,
    pickup_choices,
    volumes_of,
)
from kortisto.interfaces.staff.hold_rows import place_words
from kortisto.interfaces.staff.paging import one_line
from kortisto.interfaces.staff.scan_state import OpenDesk
from kortisto.interfaces.staff.searches import asked_for, show_search
from kortisto.interfaces.staff.title_search import rows_of
from kortisto.interfaces.staff.told import tell

REFUSED: Final = 409
INVALID: Final = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who is to wait for what. ``item``: only a certain copy will do."""

    record: Record
    patron: Patron
    item: Item | None
    form: PlaceHoldForm

    def wish(self, told: Mapping[str, Any]) -> Wish:
        """From what was typed, or from what the form begins with."""
        return Wish(
            record_id=self.record.pk,
            pickup_library_id=told.get("pickup") or 0,
            stop_id=told.get("stop"),
            item_id=None if self.item is None else self.item.pk,
            volume=told.get("volume") or "",
            starts_on=told.get("starts_on"),
            expires_on=told.get("expires_on"),
            always_last=bool(told.get("always_last")),
            non_urgent=bool(told.get("non_urgent")),
            note=told.get("note") or "",
        )


@never_cache
@require_http_methods(["GET", "POST"])
def hold_on_title(request: StaffRequest, record_id: int) -> HttpResponse:
    """The form of a new hold; what stands against it is told before it is sent.

    The patron who is served at the desk is proposed, unless another is asked for.
    """
    record = _record(record_id)
    sent = request.POST if request.method == "POST" else request.GET
    patron_id = whole_number(sent.get("patron"))
    if patron_id is None and "other" not in sent:
        patron_id = _served(request)
    if patron_id is None:
        return _choose_patron(request, record)
    asked = _asked(request, record, patron_id)
    if request.method == "GET":
        return _show(request, asked, _reasons(asked, asked.form.initial, request.actor))
    if not asked.form.is_valid():
        return _show(request, asked, status=INVALID)
    try:
        placed = _place(request, asked)
    except Refused as refused:
        return _show(request, asked, refused.refusals, status=REFUSED)
    tell_placed(request, placed)
    return redirect("hold", hold_id=placed.hold_id)


def _place(request: StaffRequest, asked: Asked) -> Placed:
    wish, others = asked.wish(asked.form.cleaned_data), asked.form.other_editions
    over, now = request.POST.getlist("override"), timezone.now()
    who, by = asked.patron.pk, request.actor
    if not others:
        return place_hold(who, wish, by=by, now=now, overriding=over)
    editions = Several(
        kind=HoldBundle.Kind.EDITIONS, record_ids=(asked.record.pk, *others)
    )
    return place_bundle(who, wish, editions, by=by, now=now, overriding=over)


def _record(record_id: int) -> Record:
    found = Record.objects.filter(pk=record_id, deleted_at=None).defer("marc")
    record = found.first()
    if record is None:
        raise Http404
    return record


def _served(request: StaffRequest) -> int | None:
    desk = OpenDesk.of(request.session)
    return None if desk is None else desk.patron_id


def _asked(request: StaffRequest, record: Record, patron_id: int) -> Asked:
    """Who and what, with the form. Looking at the patron is logged."""
    now = timezone.now()
    try:
        patron = view_patron(patron_id, by=request.actor, now=now, page="hold")
    except Patron.DoesNotExist as missing:
        raise Http404 from missing
    posted = request.method == "POST"
    sent = request.POST if posted else request.GET
    item = _item(sent.get("item"), record)
    today = timezone.localdate(now)
    initial: dict[str, Any] = {
        "patron": patron.pk,
        "item": None if item is None else item.pk,
        "volume": sent.get("volume", ""),
        "pickup": pickup_for(patron, request.actor, today=today),
    }
    volumes = volumes_of(record.pk) if item is None else ()
    editions = editions_of(record) if item is None and not volumes else []
    initial["editions"] = [one.record_id for one in editions if one.alike]
    form = PlaceHoldForm(
        request.POST if posted else None,
        today=today,
        volumes=volumes,
        editions=edition_choices(editions),
        initial=initial,
    )
    return Asked(record=record, patron=patron, item=item, form=form)


def _item(asked: str | None, record: Record) -> Item | None:
    """The certain copy that is wanted, which must be one of the title."""
    item_id = whole_number(asked)
    if item_id is None:
        return None
    return get_object_or_404(Item, pk=item_id, record=record)


def pickup_for(patron: Patron, by: Actor, *, today: date) -> int | None:
    """The working library, or else the patron's, which a protected person's hides."""
    libraries = {pk for pk, _name in pickup_choices(today)}
    wanted = [by.library_id]
    if not patron.is_protected:
        wanted.append(patron.home_library_id)
    return next((pk for pk in wanted if pk in libraries), None)


def _reasons(asked: Asked, told: Mapping[str, Any], by: Actor) -> Sequence[Refusal]:
    """What would be said if the form were sent as it is."""
    wish = asked.wish(told)
    now = timezone.now()
    _snapshot, decision = look_and_decide(asked.patron.pk, wish, by=by, now=now)
    return decision.refusals


def _show(
    request: StaffRequest,
    asked: Asked,
    refusals: Sequence[Refusal] = (),
    *,
    status: int = 200,
) -> HttpResponse:
    told = {
        "record": asked.record,
        "patron": asked.patron,
        "item": asked.item,
        "form": asked.form,
        "refusals": refusals,
        "overriding": request.POST.getlist("override"),
        "other_url": _address("hold_on_title", asked.record, request, other="yes"),
        "actor": request.actor,
    }
    return render(request, "staff/place_hold.html", told, status=status)


def _address(name: str, record: Record, request: StaffRequest, **more: object) -> str:
    """A page about the title that keeps which copy or volume is wanted."""
    sent = request.POST if request.method == "POST" else request.GET
    kept = {one: sent[one] for one in ("item", "volume") if sent.get(one)}
    return f"{reverse(name, args=[record.pk])}?{urlencode({**kept, **more})}"


def tell_placed(request: StaffRequest, placed: Placed) -> None:
    """The place in the queue and what should be known."""
    place = place_words(place_of(placed.hold_id))
    sentence = _("The hold was placed: number {place} in the queue.")
    tell(request, sentence.format(place=place))
    for refusal in placed.notices:
        tell(request, refusal.message, kind="attention")
    for refusal in placed.overridden:
        sentence = _("Set aside: {reason}")
        tell(request, sentence.format(reason=refusal.message), kind="attention")


def _choose_patron(request: StaffRequest, record: Record) -> HttpResponse:
    """Find who is to wait; what was typed is kept out of the address."""
    told: dict[str, Any] = {
        "record": record,
        "find_url": _address("hold_for_whom", record, request),
    }
    status = 200
    kept = asked_for(request)
    if kept is not None:
        told["q"] = kept.get("q", "")
        try:
            found = view_found(told["q"], by=request.actor, now=timezone.now())
        except Unfit as nothing:
            told["empty_search"], status = str(nothing), INVALID
        else:
            if found.opens is not None:
                return redirect(
                    _address("hold_on_title", record, request, patron=found.opens)
                )
            rows = choices_of(found.candidates)
            told["people"] = Candidates(rows=rows, more=found.more)
            told["chosen_url"] = _address("hold_on_title", record, request, patron="")
    return render(request, "staff/hold_for_whom.html", told, status=status)


@require_POST
def hold_for_whom(request: StaffRequest, record_id: int) -> HttpResponse:
    """Search for the patron who is to wait."""
    record = _record(record_id)
    text = one_line(request.POST.get("q"))
    if mentions_a_code(text):  # a code is kept nowhere, not in a session either
        return redirect("patron_by_code")
    back = show_search(request, {"q": text}, at="")
    wanted = {one: request.GET[one] for one in ("item", "volume") if one in request.GET}
    kept = urlencode({**wanted, "other": "yes"})
    address = reverse("hold_on_title", args=[record.pk])
    return redirect(f"{address}{back.url}&{kept}")


@never_cache
@require_GET
def new_hold(request: StaffRequest, patron_id: int) -> HttpResponse:
    """What a patron is to wait for: find the title."""
    now = timezone.now()
    try:
        patron = view_patron(patron_id, by=request.actor, now=now, page="hold")
    except Patron.DoesNotExist as missing:
        raise Http404 from missing
    text = one_line(request.GET.get("q"))
    ids = [title.id for title in titles_for(text)] if text else []
    told = {
        "patron": patron,
        "q": text,
        "rows": rows_of(ids, library_id=request.actor.library_id),
    }
    return render(request, "staff/new_hold.html", told)


PLACE: Final = HoldPermission.PLACE
urlpatterns = [
    page("titles/<int:record_id>/hold/", hold_on_title, needs=PLACE),
    page("titles/<int:record_id>/hold/whom/", hold_for_whom, needs=PLACE),
    page("patrons/<int:patron_id>/holds/new/", new_hold, needs=PLACE),
]
