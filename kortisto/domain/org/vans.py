"""How items travel between libraries: rounds of vans, and changes between them. Pure.

A way is searched forwards in time: first with one van, then with two, and so on. Of
the ways with each number of vans the one that is there first counts, so that a reader
can choose between soon and cheap.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import Final

from kortisto.core.names import in_language

A_DAY: Final = timedelta(days=1)
CHANGE: Final = timedelta(minutes=30)  # that an item needs from one van into another
MOST_VANS: Final = 4
SEARCHED_DAYS: Final = 28  # a van that does not come within four weeks is no way
KEPT_SEARCHES: Final = 512

Calls = Callable[[int, date], bool]


@dataclass(frozen=True, slots=True)
class Stop:
    """A library on a round. ``kilometres`` from the stop before."""

    library_id: int
    at: time
    kilometres: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A van's round as planning reads it; ``stops`` in the order of their times."""

    code: str
    names: Mapping[str, str]
    weekdays: frozenset[int]
    capacity: int
    stops: tuple[Stop, ...]
    starts_on: date
    ends_on: date | None = None
    run_cents: int = 0
    handling_cents: int = 0

    @property
    def name(self) -> str:
        return in_language(dict(self.names))

    @property
    def kilometres(self) -> int:
        return sum(stop.kilometres for stop in self.stops[1:])

    def cents(self, kilometres: int) -> int:
        """What carrying one item so far costs: handling, and its part of a full van."""
        places = max(self.kilometres, 1) * self.capacity
        return self.handling_cents + round(self.run_cents * kilometres / places)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A part of a way, with one van and without changing."""

    code: str  # of the round
    origin: int
    destination: int
    leaves: datetime
    arrives: datetime
    kilometres: int
    cents: int


@dataclass(frozen=True, slots=True)
class Way:
    """How an item gets somewhere: one leg or several after one another."""

    legs: tuple[Leg, ...]

    @property
    def arrives_on(self) -> date:
        return self.legs[-1].arrives.date()

    @property
    def cents(self) -> int:
        return sum(leg.cents for leg in self.legs)

    @property
    def kilometres(self) -> int:
        return sum(leg.kilometres for leg in self.legs)


@dataclass(frozen=True)
class VanNetwork:
    """Every round, and the ways that they make.

    ``calls`` tells whether a library is served on a day. Empty: nobody has told of
    any van.
    """

    versions: Sequence[Round] = ()
    calls: Calls = lambda _library, _day: True
    _by_code: dict[str, list[Round]] = field(
        default_factory=lambda: defaultdict(list), init=False, repr=False
    )

    def __post_init__(self) -> None:
        for one in sorted(self.versions, key=lambda one: (one.code, one.starts_on)):
            self._by_code[one.code].append(one)
        searched = lru_cache(maxsize=KEPT_SEARCHES)(self._search)
        object.__setattr__(self, "_searched", searched)

    @property
    def is_empty(self) -> bool:
        return not self._by_code

    def in_force(self, day: date) -> tuple[Round, ...]:
        """The rounds of a day, by code, whether or not they drive on it."""
        return tuple(one for code in self._by_code if (one := self.round_on(code, day)))

    def round_on(self, code: str, day: date) -> Round | None:
        """The round as it is on a day; None when there is none then."""
        begun = [one for one in self._by_code.get(code, ()) if one.starts_on <= day]
        if not begun or (begun[-1].ends_on or day) < day:
            return None
        return begun[-1]

    def libraries(self, day: date) -> frozenset[int]:
        """Where a van calls."""
        return frozenset(
            stop.library_id for one in self.in_force(day) for stop in one.stops
        )

    def ways(self, origin: int, destination: int, *, ready: date) -> Sequence[Way]:
        """Ways of an item that is taken off its shelf on ``ready``, fewest vans first.

        It leaves on the day after, at the earliest: the van may come in the morning.
        Each way arrives before those with fewer vans. Empty: no van goes there.
        """
        found: Mapping[int, list[Way]] = self._searched(origin, ready)  # type: ignore[attr-defined]
        return found.get(destination, ())

    def runs(self, day: date) -> Iterator[tuple[Round, list[tuple[Stop, int]]]]:
        """What drives on a day: each stop that is served, and kilometres up to it."""
        for one in self.in_force(day):
            if day.weekday() not in one.weekdays:
                continue
            driven = accumulate((stop.kilometres for stop in one.stops[1:]), initial=0)
            yield (
                one,
                [
                    (stop, so_far)
                    for stop, so_far in zip(one.stops, driven, strict=True)
                    if self.calls(stop.library_id, day)
                ],
            )

    def _search(self, origin: int, ready: date) -> Mapping[int, list[Way]]:
        found: dict[int, list[Way]] = defaultdict(list)
        soonest: dict[int, datetime] = {}
        days = [ready + A_DAY * number for number in range(1, SEARCHED_DAYS + 1)]
        runs = [(day, *run) for day in days for run in self.runs(day)]
        begin = datetime.combine(days[0], time.min) - CHANGE
        start: dict[int, tuple[datetime, tuple[Leg, ...]]] = {origin: (begin, ())}
        for _number in range(MOST_VANS):
            reached: dict[int, tuple[datetime, tuple[Leg, ...]]] = {}
            for day, van, stops in runs:
                for legs in _ridden(day, van, stops, start):
                    last = legs[-1]
                    known = soonest.get(last.destination)
                    if last.destination != origin and (
                        known is None or last.arrives < known
                    ):
                        soonest[last.destination] = last.arrives
                        reached[last.destination] = (last.arrives, legs)
            for library, (_arrives, legs) in reached.items():
                found[library].append(Way(legs))
            start = reached
        return found


def _ridden(
    day: date,
    van: Round,
    stops: Sequence[tuple[Stop, int]],
    start: Mapping[int, tuple[datetime, tuple[Leg, ...]]],
) -> Iterator[tuple[Leg, ...]]:
    """Where one run takes what waits at its stops: the legs up to each later stop."""
    aboard: tuple[Stop, int, tuple[Leg, ...]] | None = None
    for stop, so_far in stops:
        moment = datetime.combine(day, stop.at)
        if aboard is not None and stop.library_id != aboard[0].library_id:
            boarded, before, legs = aboard
            kilometres = so_far - before
            leg = Leg(
                code=van.code,
                origin=boarded.library_id,
                destination=stop.library_id,
                leaves=datetime.combine(day, boarded.at),
                arrives=moment,
                kilometres=kilometres,
                cents=van.cents(kilometres),
            )
            yield (*legs, leg)
        waiting = start.get(stop.library_id)
        if waiting is None or waiting[0] + CHANGE > moment:
            continue
        if aboard is None or stop.library_id == aboard[0].library_id:
            aboard = (stop, so_far, waiting[1])
