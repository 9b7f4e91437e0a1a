"""Rotating collections: where each is, what is missing, and sending it on (CIR-52)."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kortisto.core.refusals import Refused
from kortisto.core.text import whole_number
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.queries import ItemStatus, statuses
from kortisto.domain.distribution.actions import rotating as actions
from kortisto.domain.distribution.models import RotatingCollection, RotatingItem
from kortisto.domain.distribution.permissions import DistributionPermission
from kortisto.domain.distribution.queries import rotating
from kortisto.domain.fulfilment.journeys import journeys_from
from kortisto.domain.holds.models import Transit
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.van_queries import van_network
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.pages.dispatches import stop_of
from kortisto.interfaces.staff.pages.titles import status_row
from kortisto.interfaces.staff.rotating_forms import (
    AddItemsForm,
    GoesOnForm,
    RotatingForm,
)
from kortisto.interfaces.staff.told import tell
from kortisto.ui.formats import count

ROTATE: Final = DistributionPermission.ROTATE
SEE: Final = LendingPermission.LEND
INVALID: Final = 422
MOST_SAID: Final = 20  # refusals of one box that are told one by one


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """An item, where it is, and whether that is where its collection is."""

    item: Item
    title: str
    status: ItemStatus
    place: str  # the library where it stands, or is going to
    arrives_on: date | None  # when it is on its way
    here: bool


@require_GET
def rotating_collections(request: StaffRequest) -> HttpResponse:
    """All that are in use, the next to go first."""
    found = list(rotating())
    members = RotatingItem.objects.filter(collection__in=found)
    sizes = Counter(members.values_list("collection", flat=True))
    today = localdate()
    told = {
        "rows": [(one, sizes[one.pk], one.goes_on <= today) for one in found],
        "may_rotate": request.actor.may(ROTATE),
    }
    return render(request, "staff/rotating_collections.html", told)


@require_GET
def rotating_collection(request: StaffRequest, rotating_id: int) -> HttpResponse:
    """One: its round, and where each of its items is."""
    return _shown(request, _collection(rotating_id), AddItemsForm())


def _collection(rotating_id: int) -> RotatingCollection:
    found = RotatingCollection.objects.select_related("stop__library")
    return get_object_or_404(found, pk=rotating_id, ended_at=None)


def _shown(
    request: StaffRequest,
    found: RotatingCollection,
    adding: AddItemsForm,
    goes_on: GoesOnForm | None = None,
) -> HttpResponse:
    rows = _members(found)
    stops = list(found.stops.select_related("library").order_by("place"))
    broken = bool(adding.errors or (goes_on and goes_on.errors))
    told = {
        "collection": found,
        "stop": stop_of(found),
        "stops": stops,
        "rows": rows,
        "here": sum(row.here for row in rows),
        "due": found.goes_on <= localdate(),
        "adding": adding,
        "goes_on": goes_on or GoesOnForm(initial={"goes_on": found.goes_on}),
        "may_rotate": request.actor.may(ROTATE),
    }
    status = INVALID if broken else 200
    return render(request, "staff/rotating_collection.html", told, status=status)


def _members(found: RotatingCollection) -> list[MemberRow]:
    """What is not here first, then by title."""
    tree, network = organisation(), van_network()
    items = [one.item for one in _read(found)]
    now = statuses([status_row(item) for item in items])
    moving = Transit.objects.filter(
        item__in=items, arrived_at=None, cancelled_at=None
    ).values_list("item", "origin", "destination", "sent_at")
    journeys = cache(lambda day: journeys_from(tree, network, day))
    arrives = {
        item_id: journeys(localdate(sent_at))(origin, destination).arrives_on
        for item_id, origin, destination, sent_at in moving
    }
    at = stop_of(found).library_id
    rows = [
        MemberRow(
            item=item,
            title=item.record.title,
            status=now[item.pk],
            place=tree.name(now[item.pk].towards_id or item.library_id),
            arrives_on=arrives.get(item.pk),
            here=now[item.pk].available and item.library_id == at,
        )
        for item in items
    ]
    return sorted(rows, key=lambda row: (row.here, row.title))


def _read(found: RotatingCollection) -> list[RotatingItem]:
    members = found.members.select_related("item__record")
    return list(members.defer("item__record__marc", "item__record__description"))


@require_http_methods(["GET", "POST"])
def new_rotating(request: StaffRequest) -> HttpResponse:
    """Make one: its name, its round, and since when it is at the first library."""
    return _decide(request, None)


@require_http_methods(["GET", "POST"])
def change_rotating(request: StaffRequest, rotating_id: int) -> HttpResponse:
    """Another name or round."""
    return _decide(request, _collection(rotating_id))


def _decide(request: StaffRequest, found: RotatingCollection | None) -> HttpResponse:
    now = timezone.now()
    sent = request.POST if request.method == "POST" else None
    form = RotatingForm(sent, collection=found, today=localdate(now))
    if form.is_valid():
        name, stays = form.cleaned_data["name"], form.stays
        by = request.actor
        try:
            if found is None:
                starts_on = form.cleaned_data["starts_on"]
                saved = actions.make_rotating(
                    name, stays, starts_on=starts_on, by=by, now=now
                )
            else:
                saved = actions.change_rotating(found.pk, name, stays, by=by, now=now)
        except Refused as refused:
            add_refusals(form, refused)
        else:
            tell(request, _("The collection was saved."))
            return redirect("rotating_collection", rotating_id=saved.pk)
    told = {"form": form, "collection": found}
    status = INVALID if form.errors else 200
    return render(request, "staff/rotating_form.html", told, status=status)


@require_POST
def add_rotating_items(request: StaffRequest, rotating_id: int) -> HttpResponse:
    """What was scanned belongs to the collection; what cannot is told."""
    found, now = _collection(rotating_id), timezone.now()
    form = AddItemsForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, form)
    added, wrong = 0, []
    for barcode in form.cleaned_data["barcodes"]:
        try:
            actions.add_to_rotation(found.pk, barcode, by=request.actor, now=now)
        except Refused as refused:
            wrong += [refusal.message for refusal in refused.refusals]
        else:
            added += 1
    if added:
        sentence = ngettext(
            "{number} item belongs to the collection.",
            "{number} items belong to the collection.",
            added,
        )
        tell(request, sentence.format(number=count(added)))
    for message in wrong[:MOST_SAID]:
        tell(request, message, kind="attention")
    return redirect("rotating_collection", rotating_id=found.pk)


@require_POST
def remove_rotating_item(
    request: StaffRequest, rotating_id: int, item_id: int
) -> HttpResponseRedirect:
    """The item goes home when it is checked in next."""
    now = timezone.now()
    try:
        actions.remove_from_rotation(rotating_id, item_id, by=request.actor, now=now)
    except RotatingItem.DoesNotExist:
        tell(request, _("The item has been taken out already."), kind="info")
    else:
        tell(request, _("The item is out of the collection: it goes home."))
    return redirect("rotating_collection", rotating_id=rotating_id)


@require_POST
def send_rotating_on(request: StaffRequest, rotating_id: int) -> HttpResponseRedirect:
    """It goes to its next library: what stands here is on the list to be sent."""
    found, now = _collection(rotating_id), timezone.now()
    seen = whole_number(request.POST.get("stop", "")) or 0
    try:
        gone = actions.send_on(found.pk, seen_stop_id=seen, by=request.actor, now=now)
    except Refused as refused:
        for refusal in refused.refusals:
            tell(request, refusal.message, kind="attention")
    else:
        library = stop_of(gone).library.name
        sentence = _(
            "It goes to {library}. What stands here is on the list to be sent."
        )
        tell(request, sentence.format(library=library))
    return redirect("rotating_collection", rotating_id=rotating_id)


@require_POST
def set_rotating_day(request: StaffRequest, rotating_id: int) -> HttpResponse:
    """It goes on earlier or later."""
    found, now = _collection(rotating_id), timezone.now()
    form = GoesOnForm(request.POST)
    if form.is_valid():
        day = form.cleaned_data["goes_on"]
        try:
            actions.set_day(found.pk, day, by=request.actor, now=now)
        except Refused as refused:
            add_refusals(form, refused)
        else:
            tell(request, _("The day was saved."))
            return redirect("rotating_collection", rotating_id=rotating_id)
    return _shown(request, found, AddItemsForm(), form)


@require_POST
def end_rotating_collection(
    request: StaffRequest, rotating_id: int
) -> HttpResponseRedirect:
    """It rotates no more."""
    found, now = _collection(rotating_id), timezone.now()
    try:
        actions.end_rotating(found.pk, by=request.actor, now=now)
    except Refused as refused:
        for refusal in refused.refusals:
            tell(request, refusal.message, kind="attention")
    else:
        tell(request, _("The collection was ended: its items go home."))
    return redirect("rotating_collections")


urlpatterns = [
    page("rotating/", rotating_collections, needs=SEE),
    page("rotating/new/", new_rotating, needs=ROTATE),
    page("rotating/<int:rotating_id>/", rotating_collection, needs=SEE),
    page("rotating/<int:rotating_id>/edit/", change_rotating, needs=ROTATE),
    page("rotating/<int:rotating_id>/add/", add_rotating_items, needs=ROTATE),
    page(
        "rotating/<int:rotating_id>/remove/<int:item_id>/",
        remove_rotating_item,
        needs=ROTATE,
    ),
    page("rotating/<int:rotating_id>/send-on/", send_rotating_on, needs=ROTATE),
    page("rotating/<int:rotating_id>/day/", set_rotating_day, needs=ROTATE),
    page("rotating/<int:rotating_id>/end/", end_rotating_collection, needs=ROTATE),
]
