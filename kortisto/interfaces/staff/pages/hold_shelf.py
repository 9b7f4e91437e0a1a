"""The hold shelf here: what waits, what is to be taken off, the slip, a reading."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from kortisto.domain.catalogue.models import Item
from kortisto.domain.catalogue.queries import items_barcoded
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.queries import ItemStatus, statuses
from kortisto.domain.holds.lists import on_shelf
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.shelf_queries import places_at
from kortisto.domain.holds.shelf_reading import read_shelf
from kortisto.domain.org.stop_words import stop_name
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.desk_forms import BoxForm
from kortisto.interfaces.staff.hold_rows import state_words
from kortisto.interfaces.staff.hold_slips import slip_of
from kortisto.interfaces.staff.pages.hold import hold_to_show
from kortisto.interfaces.staff.pages.titles import status_row
from kortisto.interfaces.staff.paging import PAGE, Trail, cut
from kortisto.ui.parts import Tab

WAITING, PROCESSING, UNCLEARED = "waiting", "processing", "uncleared"
STATES: Final = {
    WAITING: Hold.State.WAITING,
    PROCESSING: Hold.State.PROCESSING,
    UNCLEARED: Hold.State.UNCLEARED,
}
LARGEST_SHELF: Final = 2000  # holds that one reading compares
INVALID: Final = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfRow:
    """A copy on the hold shelf, by its hold identifier; nobody's name."""

    hold_id: int
    identifier: str
    title: str
    barcode: str
    until: date | None
    late: bool  # the last day has gone by
    why: str  # in words, why its hold ended and when
    place: str
    stop: str  # of the bookmobile


@never_cache
@require_GET
def hold_shelf(request: StaffRequest) -> HttpResponse:
    """What stands on the hold shelf here, in the order of the shelf."""
    asked = request.GET.get("view", "")
    view = asked if asked in STATES else WAITING
    here, trail = request.actor.library_id or 0, Trail.of(request)
    places = places_at(here, today=timezone.localdate())
    asked = request.GET.get("place", "")
    place = next((one for one in places if str(one.id) == asked), None)
    shelf = on_shelf(
        here,
        STATES[view],
        after=trail.last,
        place_id=None if place is None else place.id,
    )
    holds = list(shelf[: PAGE + 1])
    told = {
        "view": view,
        "tabs": _tabs(here, view),
        "rows": _rows(holds[:PAGE]),
        "pages": trail.pages(request, next_key=cut([hold.pk for hold in holds])),
        "places": places,
        "has_places": bool(places),
        "place": place,
        "actor": request.actor,
    }
    return render(request, "staff/hold_shelf.html", told)


def _tabs(here: int, view: str) -> list[Tab]:
    address = reverse("hold_shelf")
    holds = Hold.objects.filter(pickup_library=here)
    words = {
        WAITING: (_("Waiting for pick-up"), "hold"),
        PROCESSING: (_("Came when nobody worked"), "check-in"),
        UNCLEARED: (_("Expired, not collected"), "clock"),
    }
    return [
        Tab(
            label=label,
            url=f"{address}?view={name}",
            icon=icon,
            count=holds.filter(state=STATES[name]).count(),
            current=name == view,
        )
        for name, (label, icon) in words.items()
    ]


def _rows(holds: Iterable[Hold]) -> list[ShelfRow]:
    today = timezone.localdate()
    return [
        ShelfRow(
            hold_id=hold.pk,
            identifier=hold.patron.hold_identifier,
            title=hold.record.title,
            barcode="" if hold.item is None else hold.item.barcode,
            until=hold.pickup_until,
            late=hold.pickup_until is not None and hold.pickup_until < today,
            why=state_words(hold, today=today)[1] if hold.ended_at else "",
            place="" if hold.stands_in is None else hold.stands_in.name,
            stop=stop_name(hold.stop_id, hold.pickup_library_id),
        )
        for hold in holds
    ]


@never_cache
@require_GET
def hold_slip(request: StaffRequest, hold_id: int) -> HttpResponse:
    """The slip again, for a copy that waits."""
    found = hold_to_show(hold_id)
    if found.state != Hold.State.WAITING:
        raise Http404
    return render(request, "staff/hold_slip.html", {"slip": slip_of(found)})


class ReadingForm(BoxForm):
    as_of = None  # type: ignore[assignment]

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["barcodes"].help_text = gettext_lazy(
            "Scan everything that stands on the hold shelf, in any order."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """Something on the shelf that waits for nobody here. None: no such item."""

    barcode: str
    item: Item | None
    status: ItemStatus | None


@never_cache
@require_http_methods(["GET", "POST"])
def read_hold_shelf(request: StaffRequest) -> HttpResponse:
    """Scan all that stands there: what is missing, and what should not be there."""
    form = ReadingForm(request.POST if request.method == "POST" else None)
    told: dict[str, Any] = {"form": form}
    if form.is_valid():
        told |= _read(form.cleaned_data["barcodes"], request.actor.library_id or 0)
    status = INVALID if form.errors else 200
    return render(request, "staff/read_hold_shelf.html", told, status=status)


def _read(scanned: Sequence[str], here: int) -> dict[str, Any]:
    waiting = _by_barcode(on_shelf(here, Hold.State.WAITING)[:LARGEST_SHELF])
    ended = _by_barcode(on_shelf(here, Hold.State.UNCLEARED)[:LARGEST_SHELF])
    reading = read_shelf(scanned, waiting=waiting, ended=ended)
    return {
        "read": len(scanned),
        "there": len(reading.there),
        "missing": _rows(waiting[code] for code in reading.missing),
        "to_clear": _rows(ended[code] for code in reading.to_clear),
        "strangers": _strangers(reading.strangers),
    }


def _by_barcode(holds: Iterable[Hold]) -> dict[str, Hold]:
    return {hold.item.barcode.upper(): hold for hold in holds if hold.item is not None}


def _strangers(barcodes: Sequence[str]) -> list[Stranger]:
    found = {
        item.barcode.upper(): item
        for item in items_barcoded(*barcodes).select_related("record")
    }
    now = statuses([status_row(item) for item in found.values()])
    return [
        Stranger(
            barcode=code,
            item=found.get(code),
            status=now[found[code].pk] if code in found else None,
        )
        for code in barcodes
    ]


LEND: Final = LendingPermission.LEND
urlpatterns = [
    page("hold-shelf/", hold_shelf, needs=LEND),
    page("hold-shelf/read/", read_hold_shelf, needs=LEND),
    page("holds/<int:hold_id>/slip/", hold_slip, needs=LEND),
]
