"""Which copy for whom over all titles at once: cheapest for the whole region. Pure.

Who is served is settled title by title, by the order of each queue; here only the
copies change hands among those who are served. What a pair costs is what carrying
costs and what the days of waiting are worth. A van that is fuller than it has room for
makes what is too much wait for another one, which costs as well: so copies that could
stand elsewhere come from elsewhere.

The solver (HiGHS in scipy) is imported where it is used: only the worker that plans
the night carries it in memory.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Final

from kortisto.domain.fulfilment.rules import Assignment, Journey, Nearness
from kortisto.domain.org.vans import VanNetwork

Segment = tuple[str, date, time]  # a round, its run, and the stop where a part begins

OUT_OF_THE_WAY_CENTS: Final[Mapping[Nearness, int]] = {
    Nearness.SAME_LIBRARY: 0,
    Nearness.SAME_GROUP: 0,
    Nearness.ELSEWHERE: 100,  # what staying within the picking group is worth
    Nearness.NO_VAN: 1000,
}
STAYS_CENTS: Final = 0.5  # a list that stays as it is: it decides between equals only
MISSED_VAN_DAYS: Final = 3  # that an item waits for the next one, about
LONGEST_SECONDS: Final = 45.0
CLOSE_ENOUGH: Final = 0.001  # of the whole cost, to the best that could be
HALF: Final = 0.5  # what is chosen is about 1 in the answer, what is not about 0


class NoPlan(Exception):
    """The solver found none in the time that it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A copy that a served hold could get, and what that costs the region."""

    hold_id: int
    item_id: int
    cents: float
    segments: tuple[Segment, ...] = ()


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


def cheapest(
    options: Sequence[Option], *, room_left: Mapping[Segment, int], day_cents: int
) -> dict[int, int]:
    """The item for each hold. Every hold of the options can be served at once.

    The same options in the same order give the same answer, unless time runs out: then
    it is the best one so far. Raises NoPlan.
    """
    if not options:
        return {}
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    holds = _numbered(each.hold_id for each in options)
    items = _numbered(each.item_id for each in options)
    tight = _tight(options, room_left)
    total = len(options) + len(tight)  # a variable for each option, and each overflow

    def rows(cells: list[tuple[int, int, float]], number: int) -> Any:
        at, column, value = zip(*cells, strict=True)
        return csr_array((value, (at, column)), shape=(number, total))

    served = [(holds[o.hold_id], n, 1.0) for n, o in enumerate(options)]
    given = [(items[o.item_id], n, 1.0) for n, o in enumerate(options)]
    constraints = [
        LinearConstraint(rows(served, len(holds)), 1, 1),
        LinearConstraint(rows(given, len(items)), -np.inf, 1),
    ]
    if tight:
        loads = [
            (tight[segment], n, 1.0)
            for n, o in enumerate(options)
            for segment in o.segments
            if segment in tight
        ]
        loads += [(at, len(options) + at, -1.0) for at in tight.values()]
        most = np.array([max(room_left[segment], 0) for segment in tight], dtype=float)
        constraints.append(LinearConstraint(rows(loads, len(tight)), -np.inf, most))
    overflow = [float(max(day_cents, 1) * MISSED_VAN_DAYS)] * len(tight)
    whole = np.array([1] * len(options) + [0] * len(tight))
    answer = milp(
        np.array([o.cents for o in options] + overflow),
        integrality=whole,
        bounds=Bounds(0, np.array([1.0] * len(options) + [np.inf] * len(tight))),
        constraints=constraints,
        options={"time_limit": LONGEST_SECONDS, "mip_rel_gap": CLOSE_ENOUGH},
    )
    if answer.x is None:
        raise NoPlan(answer.message)
    return {
        o.hold_id: o.item_id
        for o, chosen in zip(options, answer.x, strict=False)
        if chosen > HALF
    }


def _tight(
    options: Sequence[Option], room_left: Mapping[Segment, int]
) -> dict[Segment, int]:
    """Parts of runs that could become too full, numbered; the others decide nothing."""
    most: dict[Segment, set[int]] = defaultdict(set)
    for each in options:
        for segment in each.segments:
            most[segment].add(each.hold_id)
    full = sorted(
        segment
        for segment, carried in most.items()
        if segment in room_left and len(carried) > room_left[segment]
    )
    return {segment: at for at, segment in enumerate(full)}


def _numbered(ids: Iterable[int]) -> dict[int, int]:
    return {each: at for at, each in enumerate(dict.fromkeys(ids))}
