"""What is to leave the library, for a balance or after its collection: fetch and scan.

A scan checks the item in, and the check-in sends it where the list says.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.balancing import drop_dispatch
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.rotating import to_follow
from kortisto.domain.distribution.models import (
    Dispatch,
    RotatingCollection,
    RotationStop,
)
from kortisto.domain.distribution.queries import dispatches_of
from kortisto.domain.fulfilment.journeys import journeys_from
from kortisto.domain.org.models import Unit
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.van_queries import van_network
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.catalogue_words import CodeNames
from kortisto.interfaces.staff.told import tell

SHOWN: Final = 200  # rows at one time; the rest comes up as these are sent


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchRow:
    """An item to be sent, where it stands, and when it would be there.

    ``id`` of a dispatch that may be dropped; None: it follows its ``collection``.
    """

    id: int | None
    item_id: int
    title: str
    barcode: str
    place: str
    call_number: str
    destination: str
    arrives_on: date
    collection: str = ""


@require_GET
def dispatches(request: StaffRequest) -> HttpResponse:
    """The list of the working library, in the order of its shelves."""
    here = request.actor.library_id or 0
    found, following = dispatches_of(here), to_follow(here)
    rows = _Rows(here)
    told = {
        "all": found.count() + following.count(),
        "rows": [
            *(
                rows.row(
                    None,
                    one.item,
                    stop_of(one.collection).library,
                    collection=one.collection.name,
                )
                for one in following[:SHOWN]
            ),
            *(rows.row(one.pk, one.item, one.destination) for one in found[:SHOWN]),
        ],
    }
    return render(request, "staff/dispatches.html", told)


def stop_of(collection: RotatingCollection) -> RotationStop:
    """Where a collection is now."""
    assert collection.stop is not None  # noqa: S101 - written with its round
    return collection.stop


class _Rows:
    """Rows in words: where an item stands, and when it would be there."""

    def __init__(self, here: int) -> None:
        self._here, self._names = here, CodeNames()
        today = timezone.localdate()
        self._journey = journeys_from(organisation(), van_network(), today)

    def row(
        self, row_id: int | None, item: Item, there: Unit, *, collection: str = ""
    ) -> DispatchRow:
        return DispatchRow(
            id=row_id,
            item_id=item.pk,
            title=item.record.title,
            barcode=item.barcode,
            place=self._names.place(item),
            call_number=item.call_number,
            destination=there.name,
            arrives_on=self._journey(self._here, there.pk).arrives_on,
            collection=collection,
        )


@require_POST
def drop_dispatch_row(request: StaffRequest, dispatch_id: int) -> HttpResponseRedirect:
    """The item stays here after all, or was not found."""
    try:
        drop_dispatch(dispatch_id, by=request.actor, now=timezone.now())
    except Dispatch.DoesNotExist:
        tell(request, _("The row has gone from the list already."), kind="info")
    else:
        tell(request, _("The item is off the list."))
    return redirect("dispatches")


urlpatterns = [
    page("dispatches/", dispatches, needs=LendingPermission.LEND),
    page(
        "dispatches/<int:dispatch_id>/drop/",
        drop_dispatch_row,
        needs=LendingPermission.LEND,
    ),
]
