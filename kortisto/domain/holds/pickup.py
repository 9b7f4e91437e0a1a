"""Where holds are picked up."""

from collections.abc import Sequence
from datetime import date

from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.holds.reasons import HoldReason
from kortisto.domain.holds.settings import HOLDS_PICKED_UP
from kortisto.domain.org.queries import organisation
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


def require_pickup(library_id: int, *, today: date) -> None:
    """Raise Refused (no-pickup-there) for any other library, or for none."""
    if any(library.id == library_id for library in pickup_libraries(today)):
        return
    name = organisation().name(library_id)
    raise Refused([Refusal(HoldReason.NO_PICKUP_THERE, facts={"library": name})])
