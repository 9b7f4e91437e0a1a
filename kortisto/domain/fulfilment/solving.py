"""The cheapest copies for thousands of holds at once: numbers only, nothing is read.

Titles have nothing to do with each other but the room in the vans. So each part of a
run that could become too full is given a price, every title is solved by itself at
those prices (an assignment problem, exactly), and the prices are moved towards what
the vans have room for. The titles at any prices tell how cheap a plan could be at best
(Lagrange), and what they chose is a plan; when the two are as near as they need to be,
that is the answer. Where they are not, HiGHS chooses among what the titles have wanted
at any of the prices.

numpy and scipy are imported where they are used: only the worker that plans the night
carries them in memory.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, Final

Segment = tuple[str, date, time]  # a round, its run, and the stop where a part begins

CLOSE_ENOUGH: Final = 0.001  # of the whole cost, to the best that could be
ROUNDS: Final = 60  # that prices are moved, at most
PATIENCE: Final = 4  # rounds without a better bound, until steps are halved
LONGEST_SECONDS: Final = 20.0  # that HiGHS may take
FEW: Final = 5000  # options that HiGHS is asked about whole
NEVER: Final = 1e7  # cents: a pair that is no option
HALF: Final = 0.5  # what is chosen is about 1 in an answer, what is not about 0


class NoPlan(Exception):
    """There are holds of the options that cannot be served together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A copy that a served hold could get, and what that costs the region."""

    hold_id: int
    item_id: int
    cents: float
    segments: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """The item for each hold. ``bound``: no plan can cost less, in cents."""

    items: Mapping[int, int] = field(default_factory=dict)
    cents: float = 0.0
    bound: float = 0.0

    @property
    def gap(self) -> float:
        """By what part of its cost a better plan could be cheaper, at most."""
        return _gap(self.cents, self.bound)


def cheapest(
    options: Sequence[Option],
    *,
    room_left: Mapping[Segment, int],
    overflow_cents: float,
) -> Solution:
    """The cheapest plan, or one that is nearly so; every hold of the options is served.

    An item that a part of a run has no room for costs ``overflow_cents``. The same
    options in the same order give the same answer. Raises NoPlan.
    """
    if not options:
        return Solution()
    model = _Model(options, room_left, float(overflow_cents))
    model.move_prices()
    if model.gap > CLOSE_ENOUGH:
        model.ask_highs()
    return Solution(
        items={options[n].hold_id: options[n].item_id for n in model.chosen.tolist()},
        cents=model.cost,
        bound=min(model.bound, model.cost),
    )


class _Model:
    """Arrays over the options, by their place; one title after another in a buffer."""

    def __init__(
        self,
        options: Sequence[Option],
        room_left: Mapping[Segment, int],
        overflow: float,
    ) -> None:
        import numpy as np
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import connected_components

        self.overflow = overflow
        self.cents = np.array([each.cents for each in options])
        self.holds = _numbered(each.hold_id for each in options)
        self.items = _numbered(each.item_id for each in options)
        number, holds = len(options), int(self.holds.max()) + 1
        both = holds + int(self.items.max()) + 1
        ones = np.ones(number)
        graph = csr_array((ones, (self.holds, holds + self.items)), shape=(both, both))
        titles, of_node = connected_components(graph, directed=False)
        tight = _tight(options, room_left)
        cells = [
            (tight[segment], n)
            for n, each in enumerate(options)
            for segment in each.segments
            if segment in tight
        ]
        at, which = np.array(cells, dtype=int).reshape(-1, 2).T
        shape = (len(tight), number)
        self.loads = csr_array((np.ones(len(cells)), (at, which)), shape=shape)
        self.room = np.array([max(room_left[each], 0) for each in tight], dtype=float)
        self._lay_out(titles, of_node, holds)
        self.chosen = np.array([], dtype=int)
        self.wanted = np.zeros(number, dtype=bool)  # at any prices so far
        self.cost, self.bound = np.inf, -np.inf

    def _lay_out(self, titles: int, of_node: Any, holds: int) -> None:
        """Give each title a matrix of its holds and items, all in one buffer."""
        import numpy as np

        row, rows = _within(of_node[:holds], titles)
        column, columns = _within(of_node[holds:], titles)
        ends = np.cumsum(rows * columns)
        starts = ends - rows * columns
        title = of_node[self.holds]
        self.places = (
            starts[title] + row[self.holds] * columns[title] + column[self.items]
        )
        self.option_at = np.full(ends[-1], -1)
        self.option_at[self.places] = np.arange(len(self.places))
        self.buffer = np.full(ends[-1], NEVER)
        self.matrices = [
            (start, width, self.buffer[start:end].reshape(-1, width))
            for start, end, width in zip(
                starts.tolist(), ends.tolist(), columns.tolist(), strict=True
            )
        ]

    @property
    def gap(self) -> float:
        return _gap(self.cost, self.bound)

    def move_prices(self) -> None:
        """Until the plan is good enough, or nothing moves any more."""
        import numpy as np

        prices = best = np.zeros(len(self.room))
        step, stalled = 1.0, 0
        for _round in range(ROUNDS):
            priced = self.cents + self.loads.T @ prices
            chosen = self._each_title(priced)
            load = self._look_at(chosen)
            bound = float(priced[chosen].sum() - prices @ self.room)
            stalled += 1
            if bound > self.bound:
                self.bound, best, stalled = bound, prices, 0
            slope = load - self.room
            slope[(prices <= 0) & (slope < 0)] = 0
            slope[(prices >= self.overflow) & (slope > 0)] = 0
            if self.gap <= CLOSE_ENOUGH or not slope.any():
                break
            if stalled >= PATIENCE:
                prices, step, stalled = best, step / 2, 0
            length = step * (self.cost - bound) / float(slope @ slope)
            prices = np.clip(prices + length * slope, 0, self.overflow)

    def _each_title(self, priced: Any) -> Any:
        """The options that every title chooses by itself."""
        import numpy as np
        from scipy.optimize import linear_sum_assignment

        self.buffer[self.places] = priced
        found = []
        for start, width, matrix in self.matrices:
            if len(matrix) > width:
                raise NoPlan
            rows, columns = linear_sum_assignment(matrix)
            found.append(start + rows * width + columns)
        chosen = self.option_at[np.concatenate(found)]
        if (chosen < 0).any():
            raise NoPlan
        return chosen

    def _look_at(self, chosen: Any) -> Any:
        """Keep it if it is the cheapest so far; what it loads on the tight parts."""
        import numpy as np

        self.wanted[chosen] = True
        taken = np.zeros(len(self.cents))
        taken[chosen] = 1
        load = self.loads @ taken
        too_much = float(np.maximum(load - self.room, 0).sum())
        cost = float(self.cents[chosen].sum()) + self.overflow * too_much
        if cost < self.cost:
            self.cost, self.chosen = cost, chosen
        return load

    def ask_highs(self) -> None:
        """Choose among what was wanted at any prices; all, where that is little."""
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_array, eye_array, hstack

        if len(self.cents) <= FEW:
            self.wanted[:] = True
        asked = np.flatnonzero(self.wanted)
        tight, number = len(self.room), len(asked)
        every, ones = np.arange(number), np.ones(number)

        def rows(which: Any) -> Any:
            shape = (int(which.max()) + 1, number + tight)
            return csr_array((ones, (which[asked], every)), shape=shape)

        loads = hstack([self.loads[:, asked], -eye_array(tight)], format="csr")
        answer = milp(
            np.concatenate([self.cents[asked], np.full(tight, self.overflow)]),
            integrality=np.concatenate([ones, np.zeros(tight)]),
            bounds=Bounds(0, np.concatenate([ones, np.full(tight, np.inf)])),
            constraints=[
                LinearConstraint(rows(self.holds), 1, 1),
                LinearConstraint(rows(self.items), -np.inf, 1),
                LinearConstraint(loads, -np.inf, self.room),
            ],
            options={"time_limit": LONGEST_SECONDS, "mip_rel_gap": CLOSE_ENOUGH / 2},
        )
        if answer.x is None:
            return  # time ran out: the best plan of the prices stands, its gap is told
        self._look_at(asked[answer.x[:number] > HALF])
        if number == len(self.cents):
            self.bound = max(self.bound, float(answer.mip_dual_bound))


def _gap(cost: float, bound: float) -> float:
    return max(cost - bound, 0.0) / max(abs(cost), 1.0)


def _tight(
    options: Sequence[Option], room_left: Mapping[Segment, int]
) -> dict[Segment, int]:
    """Parts of runs that could become too full, numbered; the others decide nothing."""
    most: dict[Segment, set[int]] = defaultdict(set)
    for each in options:
        for segment in each.segments:
            most[segment].add(each.hold_id)
    full = [
        segment
        for segment, carried in most.items()
        if segment in room_left and len(carried) > room_left[segment]
    ]
    return {segment: at for at, segment in enumerate(full)}


def _numbered(ids: Iterable[int]) -> Any:
    """The ids as numbers from 0, in the order in which they appear."""
    import numpy as np

    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(each, len(numbers)) for each in ids])


def _within(titles_of: Any, titles: int) -> tuple[Any, Any]:
    """The number of each within its title, and how many each title has."""
    import numpy as np

    order = np.argsort(titles_of, kind="stable")
    many = np.bincount(titles_of, minlength=titles)
    within = np.empty(len(titles_of), dtype=int)
    before = np.repeat(np.cumsum(many) - many, many)
    within[order] = np.arange(len(titles_of)) - before
    return within, many
