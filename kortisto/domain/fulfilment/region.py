"""Which copy for whom over all titles at once: cheapest for the whole region. Pure.

Who is served is settled title by title, by the order of each queue; here only the
copies change hands among those who are served. What a pair costs is what carrying
costs and what the days of waiting are worth. A van that is fuller than it has room for
makes what is too much wait for another one, which costs as well: so copies that could
stand elsewhere come from elsewhere.

``solving.py`` finds the cheapest of all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from kortisto.domain.fulfilment.rules import Assignment, Journey, Nearness
from kortisto.domain.fulfilment.solving import Segment
from kortisto.domain.org.vans import VanNetwork

OUT_OF_THE_WAY_CENTS: Final[Mapping[Nearness, int]] = {
    Nearness.SAME_LIBRARY: 0,
    Nearness.SAME_GROUP: 0,
    Nearness.ELSEWHERE: 100,  # what staying within the picking group is worth
    Nearness.NO_VAN: 1000,
}
STAYS_CENTS: Final = 0.5  # a list that stays as it is: it decides between equals only
MISSED_VAN_DAYS: Final = 3  # that an item waits for the next one, about


@dataclass(frozen=True, slots=True)
class Burden:
    """What a plan asks of the region."""

    moves: int = 0  # items that change library
    kilometres: int = 0  # that items travel, together
    days: int = 0  # until the copies can be collected, together


def burden(journeys: Iterable[Journey], *, today: date) -> Burden:
    moves = kilometres = days = 0
    for way in journeys:
        moves += way.nearness != Nearness.SAME_LIBRARY
        kilometres += way.kilometres
        days += (way.arrives_on - today).days
    return Burden(moves, kilometres, days)


def cents_of(way: Journey, *, today: date, day_cents: int, planned_now: bool) -> float:
    """What fetching a copy so costs: carrying, waiting, and leaving one's own group."""
    waiting = (way.arrives_on - today).days * day_cents
    stays = STAYS_CENTS if planned_now else 0
    return way.cost_cents + waiting + OUT_OF_THE_WAY_CENTS[way.nearness] - stays


def overflow_cents(day_cents: int) -> float:
    """What it costs that a van has no room for an item."""
    return max(day_cents, 1) * MISSED_VAN_DAYS


def segments_of(way: Journey, network: VanNetwork) -> tuple[Segment, ...]:
    """The parts of runs on which the copy takes room."""
    found: list[Segment] = []
    for leg in way.vans:
        day = leg.leaves.date()
        van = network.round_on(leg.code, day)
        if van is not None:
            found += [
                (leg.code, day, stop.at)
                for stop in van.stops
                if leg.leaves.time() <= stop.at < leg.arrives.time()
            ]
    return tuple(found)


def room(
    settled: Sequence[Assignment], segments: Iterable[Segment], network: VanNetwork
) -> dict[Segment, int]:
    """Items that still fit on each part of a run, after what is settled."""
    left: dict[Segment, int] = {}
    for segment in segments:
        van = network.round_on(segment[0], segment[1])
        if van is not None:
            left[segment] = van.capacity
    for each in settled:
        for segment in segments_of(each.journey, network):
            if segment in left:
                left[segment] -= 1
    return left
