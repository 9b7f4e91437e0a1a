"""Who gets which copy: Kortisto's planner, and others as they are documented."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Final, Protocol

from kortisto.domain.fulfilment.facts import Title
from kortisto.domain.fulfilment.journeys import journeys_from
from kortisto.domain.fulfilment.region import cents_of, overflow_cents
from kortisto.domain.fulfilment.rules import (
    Assignment,
    Copy,
    Journey,
    Manner,
    NearestFirst,
    Waiting,
    assign,
    fits,
)
from kortisto.domain.fulfilment.settings import DAY_CENTS
from kortisto.domain.fulfilment.solving import Option, cheapest
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.van_queries import van_network
from kortisto.domain.policies.queries import rules_in_force
from kortisto.domain.policies.rules import Terms

NO_WAY: Final = 1e7  # cents

Given = Mapping[int, int]  # the copy for each hold


class Region:
    """What does not depend on the policy: ways, rules and neighbours."""

    def __init__(self, today: date) -> None:
        self.tree, self.network = organisation(), van_network()
        self.day_cents: int = self.tree.setting(DAY_CENTS, None).value
        self.usual = journeys_from(self.tree, self.network, today)
        self._terms = cache(rules_in_force(today).terms)

    def terms(self, copy: Copy, hold: Waiting) -> Terms:
        return self._terms(copy.home_library_id, hold.category_id, copy.item_type_id)

    def fits(self, copy: Copy, hold: Waiting) -> bool:
        terms = self.terms(copy, hold)
        return fits(copy, hold, terms, same_group=self.tree.same_picking_group)

    def open_from(self, library: int, day: date) -> date:
        return self.tree.calendar(library).soonest_open(day)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the replay, as policies ask about it."""

    today: date
    region: Region
    journey: Callable[[int, int], Journey]


class Policy(Protocol):
    """Who is served: by a copy that comes back, and from the shelves at night."""

    @property
    def name(self) -> str: ...

    def returned(self, day: Day, title: Title, copy: Copy) -> int | None: ...

    def night(self, day: Day, titles: Sequence[Title]) -> Given: ...


def planned(day: Day, title: Title, manner: Manner) -> list[Assignment]:
    return assign(
        title.holds,
        title.copies,
        today=day.today,
        terms=day.region.terms,
        journey=day.journey,
        same_group=day.region.tree.same_picking_group,
        now_for=lambda _item: None,
        manner=manner,
    )


def first_that_fits(day: Day, title: Title, copy: Copy) -> int | None:
    return next((h.hold_id for h in title.holds if day.region.fits(copy, h)), None)


@dataclass(frozen=True)
class Ours:
    """Kortisto, with the bounds that a consortium sets; None: it has set none."""

    name: str
    rule: NearestFirst | None = None

    def returned(self, day: Day, title: Title, copy: Copy) -> int | None:
        manner = self._manner(title)
        if manner.nearest_first is None:
            return first_that_fits(day, title, copy)
        found = planned(day, replace(title, copies=(copy,)), manner)
        return found[0].hold_id if found else None

    def night(self, day: Day, titles: Sequence[Title]) -> Given:
        given: dict[int, int] = {}
        options: list[Option] = []
        for title in titles:
            manner = self._manner(title)
            found = planned(day, title, manner)
            given |= {each.hold_id: each.item_id for each in found}
            if manner.nearest_first is None and len(title.copies) > 1:
                options += self._options(day, title, {each.hold_id for each in found})
        overflow = overflow_cents(day.region.day_cents)
        arranged = cheapest(options, room_left={}, overflow_cents=overflow)
        return given | dict(arranged.items)

    def _manner(self, title: Title) -> Manner:
        rule = self.rule
        if rule and rule.applies(holds=len(title.holds), copies=title.owned):
            return Manner(nearest_first=rule, lent=title.lent)
        return Manner()

    def _options(self, day: Day, title: Title, served: set[int]) -> Iterator[Option]:
        for hold in title.holds:
            for copy in title.copies:
                if hold.hold_id in served and day.region.fits(copy, hold):
                    way = day.journey(copy.library_id, hold.pickup_library_id)
                    yield Option(
                        hold_id=hold.hold_id,
                        item_id=copy.item_id,
                        cents=cents_of(
                            way,
                            today=day.today,
                            day_cents=day.region.day_cents,
                            planned_now=False,
                        ),
                    )


@dataclass(frozen=True)
class NearestCopy:
    """The order of the queue; each hold gets the copy that is nearest to it."""

    name: str = "nearest first: nearest copy in order"

    def returned(self, day: Day, title: Title, copy: Copy) -> int | None:
        return first_that_fits(day, title, copy)

    def night(self, day: Day, titles: Sequence[Title]) -> Given:
        found = [each for title in titles for each in planned(day, title, Manner())]
        return {each.hold_id: each.item_id for each in found}


@dataclass(frozen=True)
class NearestHold:
    """Each copy goes to whoever collects it nearest, however long others wait."""

    name: str = "nearest first: nearest hold, no bound"

    def returned(self, day: Day, title: Title, copy: Copy) -> int | None:
        found = self._title(day, replace(title, copies=(copy,)))
        return next(iter(found), None)

    def night(self, day: Day, titles: Sequence[Title]) -> Given:
        given: dict[int, int] = {}
        for title in titles:
            given |= self._title(day, title)
        return given

    def _title(self, day: Day, title: Title) -> Given:
        pairs = []
        for place, hold in enumerate(title.holds):
            for copy in title.copies:
                if day.region.fits(copy, hold):
                    way = day.journey(copy.library_id, hold.pickup_library_id)
                    far = (way.nearness, way.arrives_on, way.cost_cents)
                    pairs.append((far, place, copy.item_id, hold.hold_id))
        given: dict[int, int] = {}
        taken: set[int] = set()
        for _far, _place, item_id, hold_id in sorted(pairs):
            if hold_id not in given and item_id not in taken:
                given[hold_id] = item_id
                taken.add(item_id)
        return given


@dataclass(frozen=True)
class Koha:
    """Title by title: local holds first, then least cost by the transport cost matrix.

    At check-in a local hold goes first, then the order. For what stands on shelves:
    the local ones, then as many of the first as there are copies left, so that together
    they cost least. The matrix holds what our vans cost on an ordinary day.
    """

    name: str = "Koha: local holds first, least cost"
    local_first: bool = True

    def returned(self, day: Day, title: Title, copy: Copy) -> int | None:
        able = [hold for hold in title.holds if day.region.fits(copy, hold)]
        local = [h for h in able if h.pickup_library_id == copy.library_id]
        first = (local if self.local_first and local else able)[:1]
        return first[0].hold_id if first else None

    def night(self, day: Day, titles: Sequence[Title]) -> Given:
        given: dict[int, int] = {}
        for title in titles:
            queue, copies = list(title.holds), list(title.copies)
            if self.local_first:
                given |= self._local(day, queue, copies)
            given |= self._least_cost(day, queue[: len(copies)], copies)
        return given

    def _local(self, day: Day, queue: list[Waiting], copies: list[Copy]) -> Given:
        given = {}
        for hold in tuple(queue):
            here = [
                copy
                for copy in copies
                if copy.library_id == hold.pickup_library_id
                and day.region.fits(copy, hold)
            ]
            if here:
                given[hold.hold_id] = here[0].item_id
                queue.remove(hold)
                copies.remove(here[0])
        return given

    def _least_cost(
        self, day: Day, queue: Sequence[Waiting], copies: Sequence[Copy]
    ) -> Given:
        import numpy as np
        from scipy.optimize import linear_sum_assignment

        if not queue:
            return {}

        def cents(copy: Copy, hold: Waiting) -> float:
            if not day.region.fits(copy, hold):
                return NO_WAY
            usual = day.region.usual(copy.library_id, hold.pickup_library_id)
            return usual.cost_cents

        costs = np.array([[cents(copy, hold) for copy in copies] for hold in queue])
        rows, columns = linear_sum_assignment(costs)
        return {
            queue[row].hold_id: copies[column].item_id
            for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
            if costs[row, column] < NO_WAY
        }


def bounded(window: int, passes: int, *, every_queue: bool = True) -> NearestFirst:
    """In every queue, or as in the trials in those of 20 holds and 10 copies."""
    holds, copies = (2, 2) if every_queue else (20, 10)
    return NearestFirst(
        window=window, passes=passes, least_holds=holds, least_copies=copies
    )


POLICIES: Final[tuple[Policy, ...]] = (
    Ours("Kortisto: order of the queue, plan of the night"),
    Ours("Kortisto: long queues, passed 3 times", bounded(20, 3, every_queue=False)),
    Ours("Kortisto: every queue, passed 5 times", bounded(20, 5)),
    Ours("Kortisto: every queue, passed 20 times", bounded(100, 20)),
    Ours("Kortisto: every queue, passed 40 times", bounded(200, 40)),
    Ours("Kortisto: every queue, passed 60 times", bounded(200, 60)),
    Ours("Kortisto: every queue, passed 99 times", bounded(200, 99)),
    NearestCopy(),
    NearestHold(),
    Koha(),
    Koha("Koha: least cost alone", local_first=False),
)
