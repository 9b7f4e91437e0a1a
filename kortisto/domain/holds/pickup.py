"""Where holds are picked up."""

from collections.abc import Sequence
from datetime import date

from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.holds.reasons import HoldReason
from kortisto.domain.holds.settings import HOLDS_PICKED_UP
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.stop_queries import bus_stops
from kortisto.domain.org.tree import Node


def pickup_libraries(today: date) -> Sequence[Node]:
    """Libraries in use that have a shelf for holds, in the order of the tree.

    Those that are closed for a time, or are about to be, are not among them.
    """
    tree = organisation()
    return [
        library
        for library in tree.libraries(on=today)
        if tree.setting(HOLDS_PICKED_UP, library.id).value
        and tree.closed_period(library.id, today) is None
    ]


def require_pickup(library_id: int, *, today: date, stop_id: int | None = None) -> None:
    """Raise Refused (no-pickup-there) for any other library, or for none.

    ``stop_id`` is a stop of the library, when it is a bookmobile (no-such-stop).
    """
    stop = None if stop_id is None else bus_stops().get(stop_id)
    if stop_id is not None and (stop is None or stop.library_id != library_id):
        raise Refused([Refusal(HoldReason.NO_SUCH_STOP)])
    if any(library.id == library_id for library in pickup_libraries(today)):
        return
    name = organisation().name(library_id)
    raise Refused([Refusal(HoldReason.NO_PICKUP_THERE, facts={"library": name})])
