"""The places of the hold shelf here: how full they are, and what they are for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kortisto.core.actors import Actor
from kortisto.core.refusals import Refused
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.holds.actions import shelving as actions
from kortisto.domain.holds.models import ShelfPlace
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.holds.shelf_places import Closed, Place, why_closed
from kortisto.domain.holds.shelf_queries import places_at
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.patrons.category_places import used_at
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.calendar_year import weekday_label
from kortisto.interfaces.staff.catalogue_words import CodeNames
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.job_words import actor_names
from kortisto.interfaces.staff.pages.hold import hold_to_show
from kortisto.interfaces.staff.shelf_forms import PlaceForm, PutForm
from kortisto.interfaces.staff.told import tell

DECIDE: Final = OrgPermission.EDIT_SETTINGS
INVALID: Final = 422
KINDS: Final[Mapping[Closed | None, str]] = {
    None: "ok",
    Closed.LOCKED: "neutral",
    Closed.FULL: "attention",
    Closed.MARKED_FULL: "attention",
    Closed.EARLIER_DAY: "neutral",
    Closed.RESERVED: "hold",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    """A place in words. ``reserved_by``: a name, for today."""

    place: Place
    kind: str  # of the badge
    state: str
    for_whom: tuple[str, ...]
    reserved_by: str
    mine: bool


@never_cache
@require_GET
def shelf_places(request: StaffRequest) -> HttpResponse:
    """Every place of the hold shelf here, in the order in which they are filled."""
    here, today = _here(request), timezone.localdate()
    rows = _rows(places_at(here, today=today), request.actor, today)
    told = {
        "rows": rows,
        "standing": sum(row.place.standing for row in rows),
        "room": sum(row.place.room for row in rows),
        "may_edit": request.actor.may(DECIDE),
        "actor": request.actor,
    }
    return render(request, "staff/shelf_places.html", told)


def _here(request: StaffRequest) -> int:
    if request.actor.library_id is None:
        raise Http404
    return request.actor.library_id


def _rows(places: list[Place], by: Actor, today: date) -> list[PlaceRow]:
    names = actor_names({one.reserved_by for one in places} - {""})
    categories = {one.pk: one.name for one in used_at(by.library_id or 0)}
    codes = CodeNames()
    return [_row(one, by, today, names, categories, codes) for one in places]


def _row(
    place: Place,
    by: Actor,
    today: date,
    names: Mapping[str, str],
    categories: Mapping[int, str],
    codes: CodeNames,
) -> PlaceRow:
    why = why_closed(place, today=today, by=by.label)
    words = []
    if place.weekday is not None:
        words.append(weekday_label(place.weekday))
    if place.category_id is not None:
        words.append(categories.get(place.category_id, "–"))
    if place.material:
        words.append(codes.material(place.material))
    if place.overflow:
        words.append(_("overflow"))
    if place.same_title:
        words.append(_("several copies of one title"))
    kind, state = KINDS[why], _("Free") if why is None else str(why.label)
    if why is None and place.weekday not in {None, today.weekday()}:
        kind, state = "neutral", _("Free, but not today")
    return PlaceRow(
        place=place,
        kind=kind,
        state=state,
        for_whom=tuple(words),
        reserved_by=names.get(place.reserved_by, ""),
        mine=place.reserved_by == by.label,
    )


SAYINGS: Final[Mapping[str, Callable[..., None]]] = {
    "reserve": actions.reserve,
    "open": actions.open_to_all,
    "full": lambda place_id, **told: actions.mark_full(place_id, full=True, **told),
    "not-full": lambda place_id, **told: actions.mark_full(
        place_id, full=False, **told
    ),
}


@require_POST
def say_of_shelf_place(
    request: StaffRequest, shelf_place_id: int
) -> HttpResponseRedirect:
    """Reserve a place for oneself, open it to all, mark it as full or as not."""
    say = SAYINGS.get(request.POST.get("what", ""))
    if say is None:
        raise Http404
    try:
        say(shelf_place_id, by=request.actor, now=timezone.now())
    except ShelfPlace.DoesNotExist:
        tell(request, _("The place has been removed."), kind="attention")
    except Refused as refused:
        tell(request, refused.words, kind="stop")
    return redirect("shelf_places")


@require_http_methods(["GET", "POST"])
def new_shelf_place(request: StaffRequest) -> HttpResponse:
    """Add a place to the hold shelf here."""
    return _decide(request, None)


@require_http_methods(["GET", "POST"])
def shelf_place(request: StaffRequest, shelf_place_id: int) -> HttpResponse:
    """Say anew what a place is for and how much it takes."""
    places = ShelfPlace.objects.select_related("category")
    found = places.filter(pk=shelf_place_id, library_id=_here(request)).first()
    if found is None:
        raise Http404
    return _decide(request, found)


def _decide(request: StaffRequest, found: ShelfPlace | None) -> HttpResponse:
    here, sent = _here(request), request.method == "POST"
    form = PlaceForm(request.POST if sent else None, place=found, library_id=here)
    if form.is_valid():
        try:
            actions.save_place(
                here,
                form.told,
                by=request.actor,
                now=timezone.now(),
                place_id=None if found is None else found.pk,
            )
        except ShelfPlace.DoesNotExist:
            tell(request, _("The place has been removed."), kind="attention")
            return redirect("shelf_places")
        except Refused as refused:
            add_refusals(form, refused)
        else:
            tell(request, _("The place was saved."))
            return redirect("shelf_places")
    told = {"form": form, "place": found}
    status = INVALID if form.errors else 200
    return render(request, "staff/shelf_place.html", told, status=status)


@require_POST
def remove_shelf_place(
    request: StaffRequest, shelf_place_id: int
) -> HttpResponseRedirect:
    """Take an empty place away."""
    try:
        actions.remove_place(shelf_place_id, by=request.actor, now=timezone.now())
    except ShelfPlace.DoesNotExist:
        tell(request, _("The place has been removed."), kind="info")
    except Refused as refused:
        tell(request, refused.words, kind="stop")
        return redirect("shelf_place", shelf_place_id=shelf_place_id)
    else:
        tell(request, _("The place was removed."))
    return redirect("shelf_places")


@require_POST
def put_elsewhere(request: StaffRequest, hold_id: int) -> HttpResponseRedirect:
    """Put a waiting copy in another place of the shelf than the one offered."""
    found = hold_to_show(hold_id)
    places = places_at(found.pickup_library_id, today=timezone.localdate())
    form = PutForm(request.POST, places=places)
    if not form.is_valid():
        tell(request, _("Choose one of the places of the shelf."), kind="stop")
        return redirect("hold", hold_id=hold_id)
    try:
        actions.put_elsewhere(
            hold_id,
            form.cleaned_data["place"],
            by=request.actor,
            now=timezone.now(),
        )
    except ShelfPlace.DoesNotExist:
        tell(request, _("The place has been removed."), kind="attention")
    except Refused as refused:
        tell(request, refused.words, kind="stop")
    else:
        tell(request, _("Noted where the copy stands."))
    return redirect("hold", hold_id=hold_id)


LEND: Final = LendingPermission.LEND
PLACE: Final = HoldPermission.PLACE
urlpatterns = [
    page("hold-shelf/places/", shelf_places, needs=LEND),
    page("hold-shelf/places/new/", new_shelf_place, needs=DECIDE),
    page("hold-shelf/places/<int:shelf_place_id>/", shelf_place, needs=DECIDE),
    page(
        "hold-shelf/places/<int:shelf_place_id>/say/", say_of_shelf_place, needs=PLACE
    ),
    page(
        "hold-shelf/places/<int:shelf_place_id>/remove/",
        remove_shelf_place,
        needs=DECIDE,
    ),
    page("holds/<int:hold_id>/place/", put_elsewhere, needs=PLACE),
]
