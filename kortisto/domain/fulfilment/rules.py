"""Which copy on a shelf goes to which hold. Pure, the same for the same facts.

The holds are served in the order of their queue. Each takes, of the copies that are
left, the one that is nearest to where it is collected: in that library, else in its
picking group, else the one that arrives first and costs least to carry (HLD-31).
A library that no van connects comes last: somebody would have to drive.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any, Final

from kortisto.domain.circulation.filling import may_fill
from kortisto.domain.org.vans import Leg
from kortisto.domain.policies.rules import Terms

FAR_OFF_DAYS: Final = 7  # a shelf that nobody reaches sooner is the last to be asked


class Nearness(IntEnum):
    """How far a copy stands from where its hold is collected, the nearest first."""

    SAME_LIBRARY = 0
    SAME_GROUP = 1
    ELSEWHERE = 2
    NO_VAN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy that stands on a shelf, free to be fetched."""

    item_id: int
    home_library_id: int
    library_id: int
    item_type_id: int
    volume: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An active hold, in the order of its queue."""

    hold_id: int
    category_id: int
    patron_home_id: int
    pickup_library_id: int
    wanted_item_id: int | None = None
    wanted_volume: str = ""
    bundle_id: int | None = None  # one title of several that would do


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """What it takes to bring a copy from one library to another, from today on."""

    nearness: Nearness
    fetched_on: date  # when somebody is there to take it off the shelf
    arrives_on: date
    cost_cents: int = 0
    vans: tuple[Leg, ...] = ()  # none: nobody has told where vans drive

    @property
    def kilometres(self) -> int:
        return sum(leg.kilometres for leg in self.vans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A copy for a hold, and why it is this one."""

    hold_id: int
    item_id: int
    library_id: int
    journey: Journey
    place: int  # of the hold among the active ones, from 1
    chosen_of: int  # copies that could have served it

    @property
    def trace(self) -> dict[str, Any]:
        return {
            "place": self.place,
            "copies": self.chosen_of,
            "nearness": self.journey.nearness.name.lower(),
            "fetched_on": self.journey.fetched_on.isoformat(),
            "arrives_on": self.journey.arrives_on.isoformat(),
            "cost_cents": self.journey.cost_cents,
            "kilometres": self.journey.kilometres,
            "vans": [
                {
                    "round": leg.code,
                    "origin": leg.origin,
                    "destination": leg.destination,
                    "on": leg.leaves.date().isoformat(),
                }
                for leg in self.journey.vans
            ],
        }


def assign(
    holds: Sequence[Waiting],
    copies: Sequence[Copy],
    *,
    today: date,
    terms: Callable[[Copy, Waiting], Terms],
    journey: Callable[[int, int], Journey],
    same_group: Callable[[int, int], bool],
    now_for: Callable[[int], int | None],
) -> Iterator[Assignment]:
    """Serve the holds one after another; those for whom nothing is left wait.

    ``journey(origin, destination)`` and ``terms`` look up what is known;
    ``now_for(item)`` is the hold that a copy is being fetched for already, which
    decides between copies that are equal otherwise, so that lists stay calm.
    """
    left = list(copies)
    for place, hold in enumerate(holds, start=1):
        fitting = [
            copy for copy in left if _fits(copy, hold, terms(copy, hold), same_group)
        ]
        if not fitting:
            continue

        def reluctance(copy: Copy, hold: Waiting = hold) -> tuple[object, ...]:
            way = journey(copy.library_id, hold.pickup_library_id)
            return (
                (way.fetched_on - today).days > FAR_OFF_DAYS,
                way.nearness,
                way.arrives_on,
                way.cost_cents,
                now_for(copy.item_id) != hold.hold_id,
                copy.item_id,
            )

        best = min(fitting, key=reluctance)
        left.remove(best)
        yield Assignment(
            hold_id=hold.hold_id,
            item_id=best.item_id,
            library_id=best.library_id,
            journey=journey(best.library_id, hold.pickup_library_id),
            place=place,
            chosen_of=len(fitting),
        )


def _fits(
    copy: Copy,
    hold: Waiting,
    terms: Terms,
    same_group: Callable[[int, int], bool],
) -> bool:
    wanted = hold.wanted_item_id in {None, copy.item_id} and hold.wanted_volume in {
        "",
        copy.volume,
    }
    return wanted and may_fill(
        terms,
        home=copy.home_library_id,
        holding=copy.library_id,
        patron_home=hold.patron_home_id,
        pickup=hold.pickup_library_id,
        same_group=same_group,
    )
