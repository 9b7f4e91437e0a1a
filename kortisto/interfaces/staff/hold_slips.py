"""The slip of a copy on the hold shelf: the hold identifier, large; never a name."""

from dataclasses import dataclass
from datetime import date

from kortisto.domain.holds.lists import OF_A_ROW
from kortisto.domain.holds.models import Hold, ShelfPlace
from kortisto.domain.org.stop_words import stop_name


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldSlip:
    hold_id: int
    identifier: str
    title: str
    barcode: str
    library: str
    until: date | None  # the last day to pick it up
    place: str = ""  # of the hold shelf
    no_room: bool = False  # the shelf has places, and none was free
    stop: str = ""  # of the bookmobile


def slip_of_item(item_id: int) -> HoldSlip | None:
    """The slip of a copy that waits on a hold shelf; None for every other."""
    found = Hold.objects.filter(item_id=item_id, state=Hold.State.WAITING)
    hold = found.select_related(*OF_A_ROW).defer("record__marc").first()
    return None if hold is None else slip_of(hold)


def slip_of(hold: Hold) -> HoldSlip:
    """Of a hold whose copy waits, with what a row needs fetched."""
    return HoldSlip(
        hold_id=hold.pk,
        identifier=hold.patron.hold_identifier,
        title=hold.record.title,
        barcode="" if hold.item is None else hold.item.barcode,
        library=hold.pickup_library.name,
        until=hold.pickup_until,
        place="" if hold.stands_in is None else hold.stands_in.name,
        no_room=hold.stands_in is None and _has_places(hold.pickup_library_id),
        stop=stop_name(hold.stop_id, hold.pickup_library_id),
    )


def _has_places(library_id: int) -> bool:
    return ShelfPlace.objects.filter(library_id=library_id).exists()
