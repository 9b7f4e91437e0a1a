"""How a copy gets from one library to another: opening days and the van."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import Final

from kortisto.domain.fulfilment.rules import Journey, Nearness
from kortisto.domain.org.queries import Organisation

A_DAY: Final = timedelta(days=1)
SATURDAY: Final = 5


def journeys_from(tree: Organisation, today: date) -> Callable[[int, int], Journey]:
    """The journey between two libraries, worked out once for each pair.

    A copy is taken off its shelf on the next day that its library is open, travels
    with the van of the next weekday, and is there when the other library is open.
    """

    @cache
    def journey(origin: int, destination: int) -> Journey:
        fetched = tree.calendar(origin).soonest_open(today)
        if origin == destination:
            return Journey(
                nearness=Nearness.SAME_LIBRARY, fetched_on=fetched, arrives_on=fetched
            )
        arrives = tree.calendar(destination).soonest_open(_next_van(fetched))
        near = tree.same_picking_group(origin, destination)
        return Journey(
            nearness=Nearness.SAME_GROUP if near else Nearness.ELSEWHERE,
            fetched_on=fetched,
            arrives_on=arrives,
        )

    return journey


def _next_van(day: date) -> date:
    """The next day on which a van drives: Monday to Friday."""
    day += A_DAY
    while day.weekday() >= SATURDAY:
        day += A_DAY
    return day
