"""How a copy gets from one library to another: opening days and the vans."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import Final

from kortisto.domain.fulfilment.rules import Journey, Nearness
from kortisto.domain.org.queries import Organisation
from kortisto.domain.org.vans import VanNetwork, Way

A_DAY: Final = timedelta(days=1)
SATURDAY: Final = 5


def journeys_from(
    tree: Organisation, network: VanNetwork, today: date
) -> Callable[[int, int], Journey]:
    """The journey between two libraries, worked out once for each pair.

    A copy is taken off its shelf on the next day that its library is open, travels
    with vans from the day after on, and is there when the other library is open. Of
    the ways the one that is collected soonest is taken, then the cheapest. As long as
    nobody has told where vans drive, one is thought to drive each weekday, from
    everywhere to everywhere; so also where none goes, but those copies come last.
    """

    @cache
    def journey(origin: int, destination: int) -> Journey:
        fetched = tree.calendar(origin).soonest_open(today)
        if origin == destination:
            return Journey(
                nearness=Nearness.SAME_LIBRARY, fetched_on=fetched, arrives_on=fetched
            )
        opens = tree.calendar(destination).soonest_open
        near = tree.same_picking_group(origin, destination)
        nearness = Nearness.SAME_GROUP if near else Nearness.ELSEWHERE
        ways = network.ways(origin, destination, ready=fetched)
        if not ways:
            return Journey(
                nearness=nearness if network.is_empty else Nearness.NO_VAN,
                fetched_on=fetched,
                arrives_on=opens(_next_weekday(fetched)),
            )

        def wait_and_cost(way: Way) -> tuple[date, int, int]:
            return opens(way.arrives_on), way.cents, len(way.legs)

        best = min(ways, key=wait_and_cost)
        return Journey(
            nearness=nearness,
            fetched_on=fetched,
            arrives_on=opens(best.arrives_on),
            cost_cents=best.cents,
            vans=best.legs,
        )

    return journey


def _next_weekday(day: date) -> date:
    """The first day after it from Monday to Friday."""
    day += A_DAY
    while day.weekday() >= SATURDAY:
        day += A_DAY
    return day
