"""The pull list: what stands on the shelves here and somebody waits for (HLD-30).

The list follows what happens: it asks every other second whether it is still true.
Whoever walks with it scans what is found, which takes it in as at the check-in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kortisto.domain.catalogue.models import CodedValue
from kortisto.domain.fulfilment.actions.picking import ask_later, not_found
from kortisto.domain.fulfilment.queries import (
    PullRow,
    pull_list_of,
    sections_of,
    waiting_for_room,
)
from kortisto.domain.holds.models import Pull
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.org.queries import Organisation, organisation
from kortisto.domain.org.van_queries import van_network
from kortisto.domain.org.vans import VanNetwork
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.catalogue_words import PICTURES, CodeNames
from kortisto.interfaces.staff.told import tell
from kortisto.interfaces.staff.van_words import why_fetched
from kortisto.ui.parts import TraceLine

SHOWN: Final = 100  # rows at one time; the rest comes up as these are fetched
SECTIONS: Final = "pull_sections"  # session key: whose shelves somebody walks along
UNCHANGED: Final = 204


@dataclass(frozen=True, slots=True)
class Found:
    """What the list of a library is at this moment."""

    library_id: int
    sections: Sequence[tuple[str, int]]  # shelving locations, and how many rows each
    chosen: Sequence[str]
    rows: Sequence[PullRow]
    no_room: Sequence[tuple[int, int]] = ()  # pick-up libraries, and how many wait

    @property
    def digest(self) -> str:
        """What a page shows, in a few letters: the same rows in the same order."""
        shown = ",".join(
            f"{row.pull_id}{'-' if row.put_off else ''}" for row in self.rows
        )
        shown += "".join(f"/{library}:{copies}" for library, copies in self.no_room)
        return blake2b(shown.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Line:
    """A row in words."""

    row: PullRow
    place: str
    material: str
    picture: str
    pickup: str
    here: bool  # it is collected in this very library
    trace: list[TraceLine]


@require_GET
def pull_list(request: StaffRequest) -> HttpResponse:
    """The list of the working library; ``section`` narrows it to some shelves."""
    if "chosen" in request.GET:
        request.session[SECTIONS] = request.GET.getlist("section")
        return redirect("pull_list")
    return render(request, "staff/pull_list.html", _told(request))


@require_GET
def pull_rows(request: StaffRequest) -> HttpResponse:
    """The rows alone; nothing (204) when they are still what the page shows."""
    found = _found(request)
    if request.GET.get("seen") == found.digest:
        return HttpResponse(status=UNCHANGED)
    return render(request, "staff/_pull_rows.html", _words(found))


@require_POST
def pull_missed(request: StaffRequest, pull_id: int) -> HttpResponse:
    """The copy is not there: somebody else is asked, or it is marked missing."""
    try:
        missing = not_found(pull_id, by=request.actor, now=timezone.now())
    except Pull.DoesNotExist:
        tell(request, _("The row has gone from the list already."), kind="info")
    else:
        if missing:
            tell(request, _("The item is now marked missing."), kind="attention")
        else:
            tell(request, _("Noted: another copy is sought."))
    return _back(request)


@require_POST
def pull_later(request: StaffRequest, pull_id: int) -> HttpResponse:
    """Put the row at the end of the list for a while."""
    try:
        ask_later(pull_id, by=request.actor, now=timezone.now())
    except Pull.DoesNotExist:
        tell(request, _("The row has gone from the list already."), kind="info")
    return _back(request)


def _back(request: StaffRequest) -> HttpResponse:
    if "HX-Request" in request.headers:
        return render(request, "staff/_pull_rows.html", _told(request))
    return redirect("pull_list")


def _told(request: StaffRequest) -> dict[str, Any]:
    return _words(_found(request))


def _found(request: StaffRequest) -> Found:
    library_id, now = request.actor.library_id, timezone.now()
    if library_id is None:
        raise Http404
    sections = sections_of(library_id, now=now)
    known = {section for section, _rows in sections}
    chosen = [one for one in request.session.get(SECTIONS, []) if one in known]
    rows = pull_list_of(library_id, now=now, sections=chosen, most=SHOWN)
    no_room = waiting_for_room(library_id, now=now)
    return Found(library_id, sections, chosen, rows, no_room)


def _words(found: Found) -> dict[str, Any]:
    names, tree, network = CodeNames(), organisation(), van_network()
    sections, chosen = found.sections, found.chosen
    return {
        "lines": [
            _line(row, names, tree, network, at=found.library_id) for row in found.rows
        ],
        "all": sum(rows for _section, rows in sections),
        "listed": sum(n for one, n in sections if not chosen or one in chosen),
        "sections": [
            (
                one,
                names(CodedValue.List.LOCATION, one) or _("No location"),
                n,
                one in chosen,
            )
            for one, n in sections
        ],
        "chosen": chosen,
        "no_room": [(tree.name(library), copies) for library, copies in found.no_room],
        "digest": found.digest,
    }


def _line(
    row: PullRow, names: CodeNames, tree: Organisation, network: VanNetwork, *, at: int
) -> Line:
    return Line(
        row=row,
        place=names.place(row),
        material=names.material(row.material),
        picture=PICTURES.get(row.material, "book"),
        pickup=tree.name(row.pickup_library_id),
        here=row.pickup_library_id == at,
        trace=why_fetched(row.trace, tree=tree, network=network),
    )


urlpatterns = [
    page("pulls/", pull_list, needs=HoldPermission.PULL),
    page("pulls/rows/", pull_rows, needs=HoldPermission.PULL),
    page("pulls/<int:pull_id>/missed/", pull_missed, needs=HoldPermission.PULL),
    page("pulls/<int:pull_id>/later/", pull_later, needs=HoldPermission.PULL),
]
