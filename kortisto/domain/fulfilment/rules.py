"""Which copy on a shelf goes to which hold. Pure, the same for the same facts.

The holds are served in the order of their queue. Each takes, of the copies that are
left, the one that is nearest to where it is collected: in that library, else in its
picking group, else the one that arrives first and costs least to carry (HLD-31).
A library that no van connects comes last: somebody would have to drive.

Where a consortium wants it, a long queue is served *nearest first* instead: of the
first holds in it, one that is collected where a copy stands, or in its picking group.
Else whoever waits where most wait for each copy, then the order: a copy that has to be
carried anyway passes nobody for the sake of a shorter way. Each hold may be passed so a
few times only, and one for a certain copy never (HLD-20).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import IntEnum
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from kortisto.domain.circulation.filling import may_fill
from kortisto.domain.org.vans import Leg
from kortisto.domain.policies.rules import Terms

NOTHING: Final[Mapping[int, int]] = MappingProxyType({})
MOST_WORK: Final = 4  # holds for each copy of a library; more make no difference
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
    collection: str = ""


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
    passed: int = 0  # how many later holds of the title have got a copy before it


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestFirst:
    """When the nearest of the first holds is served, and how often one is passed."""

    window: int  # holds of the queue that are looked at
    passes: int
    least_holds: int  # in shorter queues the order alone decides
    least_copies: int

    def applies(self, *, holds: int, copies: int) -> bool:
        return holds >= self.least_holds and copies >= self.least_copies


def anywhere(_copy: Copy, _library_id: int) -> bool:
    """Where nobody has limited what is sent where."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How copies are given, when not simply in the order of the queue."""

    nearest_first: NearestFirst | None = None
    lent: Mapping[int, int] = field(default_factory=dict)
    """Copies on loan by library: they come back there for those who wait there."""
    arranged: Mapping[int, int] = field(default_factory=dict)
    """The item for each hold that the plan of the whole region has chosen."""
    may_go: Callable[[Copy, int], bool] = anywhere
    """Whether a copy may be sent to a library (CIR-51)."""


IN_ORDER: Final = Manner()


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
    passes: int | None = None  # earlier holds that it passes; None: the order decides
    arranged: bool = False  # by the plan of the whole region

    @property
    def trace(self) -> dict[str, Any]:
        told: dict[str, Any] = {}
        if self.passes is not None:
            told["passes"] = self.passes
        if self.arranged:
            told["arranged"] = True
        return told | {
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
    manner: Manner = IN_ORDER,
) -> list[Assignment]:
    """Give the copies to the holds; those for whom nothing is left wait.

    ``journey(origin, destination)`` and ``terms`` look up what is known;
    ``now_for(item)`` is the hold that a copy is being fetched for already, which
    decides between copies that are equal otherwise, so that lists stay calm.
    An arrangement stands as long as everybody who is served has a copy in it; otherwise
    the title is planned by itself.
    """
    choosing = _Choosing(today, terms, journey, same_group, now_for, manner.may_go)
    if manner.nearest_first is not None:
        rule = manner.nearest_first
        return list(choosing.nearest_first(holds, copies, rule, manner.lent))
    found = list(choosing.in_order(holds, copies))
    return choosing.as_arranged(holds, copies, found, manner.arranged) or found


def fits(
    copy: Copy,
    hold: Waiting,
    terms: Terms,
    *,
    same_group: Callable[[int, int], bool],
    may_go: Callable[[Copy, int], bool] = anywhere,
) -> bool:
    """Whether the hold asks for such a copy, and its home lets it have it.

    ``may_go(copy, library)``: whether it may be sent there (CIR-51).
    """
    wanted = hold.wanted_item_id in {None, copy.item_id} and hold.wanted_volume in {
        "",
        copy.volume,
    }
    sent = copy.library_id == hold.pickup_library_id or may_go(
        copy, hold.pickup_library_id
    )
    return (wanted and sent) and may_fill(
        terms,
        home=copy.home_library_id,
        holding=copy.library_id,
        patron_home=hold.patron_home_id,
        pickup=hold.pickup_library_id,
        same_group=same_group,
    )


def _work(
    queue: Sequence[tuple[int, Waiting]], lent: Mapping[int, int]
) -> Mapping[int, int]:
    """By library: how many wait there for each copy that comes back there, and one.

    A copy that is carried to where many wait serves them one after another; where few
    wait, the copies that come back there serve them.
    """
    waiting = Counter(hold.pickup_library_id for _place, hold in queue)
    return {
        library_id: min(number // (lent.get(library_id, 0) + 1), MOST_WORK)
        for library_id, number in waiting.items()
    }


@dataclass(frozen=True, slots=True)
class _Choosing:
    today: date
    terms: Callable[[Copy, Waiting], Terms]
    journey: Callable[[int, int], Journey]
    same_group: Callable[[int, int], bool]
    now_for: Callable[[int], int | None]
    may_go: Callable[[Copy, int], bool]

    def in_order(
        self, holds: Sequence[Waiting], copies: Sequence[Copy]
    ) -> Iterator[Assignment]:
        left = list(copies)
        for place, hold in enumerate(holds, start=1):
            fitting = self.fitting(hold, left)
            if fitting:
                best = min(fitting, key=partial(self.reluctance, hold))
                left.remove(best)
                yield self._given(best, hold, place=place, chosen_of=len(fitting))

    def nearest_first(
        self,
        holds: Sequence[Waiting],
        copies: Sequence[Copy],
        rule: NearestFirst,
        lent: Mapping[int, int],
    ) -> Iterator[Assignment]:
        left = list(copies)
        queue = list(enumerate(holds, start=1))
        passed = {hold.hold_id: hold.passed for hold in holds}
        while pairs := self._pairs(queue, left, passed, rule):
            place, hold, best = min(pairs, key=partial(self.detour, _work(queue, lent)))
            before = [one for at, one in queue if at < place and self.fits(best, one)]
            for one in before:
                passed[one.hold_id] += 1
            chosen_of = sum(at == place for at, _hold, _copy in pairs)
            queue.remove((place, hold))
            left.remove(best)
            yield self._given(
                best, hold, place=place, chosen_of=chosen_of, passes=len(before)
            )

    def as_arranged(
        self,
        holds: Sequence[Waiting],
        copies: Sequence[Copy],
        found: Sequence[Assignment],
        arranged: Mapping[int, int],
    ) -> list[Assignment]:
        """The same holds with the copies of the arrangement; empty: it is not true."""
        waiting = {hold.hold_id: hold for hold in holds}
        standing = {copy.item_id: copy for copy in copies}
        made = []
        for each in found:
            hold = waiting[each.hold_id]
            copy = standing.get(arranged.get(each.hold_id, 0))
            if copy is None or not self.fits(copy, hold):
                return []
            given = self._given(copy, hold, place=each.place, chosen_of=each.chosen_of)
            made.append(replace(given, arranged=True))
        return made

    def _pairs(
        self,
        queue: Sequence[tuple[int, Waiting]],
        left: Sequence[Copy],
        passed: Mapping[int, int],
        rule: NearestFirst,
    ) -> list[tuple[int, Waiting, Copy]]:
        """Who may be served with what now: nobody behind one that is not passed."""
        found = []
        for place, hold in queue[: rule.window]:
            fitting = self.fitting(hold, left)
            found += [(place, hold, copy) for copy in fitting]
            bound = hold.wanted_item_id is not None
            if fitting and (bound or passed[hold.hold_id] >= rule.passes):
                break
        return found

    def fitting(self, hold: Waiting, copies: Sequence[Copy]) -> list[Copy]:
        return [copy for copy in copies if self.fits(copy, hold)]

    def fits(self, copy: Copy, hold: Waiting) -> bool:
        terms = self.terms(copy, hold)
        return fits(copy, hold, terms, same_group=self.same_group, may_go=self.may_go)

    def reluctance(self, hold: Waiting, copy: Copy) -> tuple[Any, ...]:
        way = self.journey(copy.library_id, hold.pickup_library_id)
        return (
            (way.fetched_on - self.today).days > FAR_OFF_DAYS,
            way.nearness,
            way.arrives_on,
            way.cost_cents,
            self.now_for(copy.item_id) != hold.hold_id,
            copy.item_id,
        )

    def detour(
        self, work: Mapping[int, int], pair: tuple[int, Waiting, Copy]
    ) -> tuple[Any, ...]:
        """How little is won by a pair: only staying near is worth passing somebody.

        Of those to whom a copy would have to be carried, whoever waits where most wait
        for each copy goes first, then the order of the queue.
        """
        place, hold, copy = pair
        far, nearness, *rest = self.reluctance(hold, copy)
        return (far, nearness, -work[hold.pickup_library_id], place, *rest)

    def _given(
        self,
        copy: Copy,
        hold: Waiting,
        *,
        place: int,
        chosen_of: int,
        passes: int | None = None,
    ) -> Assignment:
        return Assignment(
            hold_id=hold.hold_id,
            item_id=copy.item_id,
            library_id=copy.library_id,
            journey=self.journey(copy.library_id, hold.pickup_library_id),
            place=place,
            chosen_of=chosen_of,
            passes=passes,
        )
