"""Two years of loans and holds replayed: who gets which copy, by several policies.

The wishes are the loans of the demo's most lent titles, by whom, where and for how long
they were. They crowd towards a day on which each title came out, and of its copies so
many are kept as were busy nearly all the time: long queues, as HLD-20 speaks of them.
What nobody can know is drawn with a seed, the same for every policy: who reserves and
who looks on the shelf, how soon a copy is collected, where it is returned. Vans,
opening days and rules are those of the demo. Vans have room enough here; a copy that
nobody waits for goes home.

Our policy is the real planner: ``fulfilment.rules.assign`` by day and at the desk,
``fulfilment.solving.cheapest`` at night. The others stand below, as they are
documented.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from typing import Final, Protocol

from django.db.models import Count
from django.utils.timezone import localdate

from bench.measure import Lines
from bench.replay_chart import Bar, draw
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.models import Loan
from kortisto.domain.fulfilment.facts import MOST_HOLDS, Title
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

A_DAY: Final = timedelta(days=1)
SEED: Final = 6
TITLES: Final = 60
SET_ASIDE: Final = (
    60  # titles on which, with seed 5, our rule was chosen: not used here
)
LEAST_COPIES: Final = 10
LOAD: Final = 0.95  # of their time copies are on loan or between two loans
BETWEEN_DAYS: Final = 5  # from a return to the next loan, about
RUSH: Final = 1.6  # 1: as many wish at the end as on the day that a title comes out
FROM_HOME: Final = 0.6  # of those who wish reserve; the others look on the shelf first
ELSEWHERE: Final = 0.1  # of the copies are returned to another library
COLLECTED_AFTER: Final = (0, 1, 1, 2, 2, 3, 4, 5, 6, 7)  # days, each as likely
FIRST_DAYS, LAST_DAYS = 60, 120  # whoever reserves in them is served, not counted
NEVER: Final = 10**6
NO_WAY: Final = 1e7

Given = Mapping[int, int]  # the copy for each hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Somebody's wish for a title, and what they do with the copy."""

    record: int
    hold: Waiting
    days: int  # of the loan
    collected_after: int
    returned_to: int
    from_home: bool


@dataclass(frozen=True, slots=True)
class Past:
    """What was read: the copies of each title, and the wishes of each day."""

    copies: Mapping[int, Sequence[Copy]]
    wishes: Mapping[date, Sequence[Request]]
    first: date
    last: date


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


@dataclass
class Run:
    """What becomes of it all by one policy."""

    policy: Policy
    past: Past
    served: int = 0
    local: int = 0
    moves: int = 0  # for holds
    sent_home: int = 0
    kilometres: int = 0
    passed: int = 0  # the hold that was passed most often
    placed: dict[int, date] = field(default_factory=dict)
    waits: dict[int, int] = field(default_factory=dict)  # days until to be collected

    def __post_init__(self) -> None:
        copies = self.past.copies
        self.record_of = {c.item_id: r for r, each in copies.items() for c in each}
        self.shelf = {r: {c.item_id: c for c in each} for r, each in copies.items()}
        self.queues: dict[int, list[Waiting]] = defaultdict(list)
        self.lent: dict[int, Counter[int]] = defaultdict(Counter)
        self.requests: dict[int, Request] = {}
        self.arriving: dict[date, list[tuple[Copy, Request | None]]] = defaultdict(list)
        self.collected: dict[date, list[tuple[Copy, Request]]] = defaultdict(list)
        self.returned: dict[date, list[tuple[Copy, Request]]] = defaultdict(list)

    def live(self, day: Day, wishes: Iterable[Request]) -> None:
        for copy, request in self.arriving.pop(day.today, ()):
            if request is None:
                self._comes_back(day, copy)
            else:
                self._can_be_collected(day, copy, request)
        for copy, lent_to in self.collected.pop(day.today, ()):
            self._lend(day, copy, lent_to)
        for copy, lent_to in self.returned.pop(day.today, ()):
            self.lent[lent_to.record][copy.library_id] -= 1
            self._comes_back(day, replace(copy, library_id=lent_to.returned_to))
        for wish in wishes:
            self._wish(day, wish)
        self._night(day)

    def _title(self, record: int) -> Title:
        return Title(
            copies=tuple(self.shelf[record].values()),
            holds=tuple(self.queues[record][:MOST_HOLDS]),
            owned=len(self.past.copies[record]),
            lent=self.lent[record],
        )

    def _wish(self, day: Day, wish: Request) -> None:
        shelf, pickup = self.shelf[wish.record], wish.hold.pickup_library_id
        here = [copy for copy in shelf.values() if copy.library_id == pickup]
        if here and not wish.from_home:
            self._lend(day, shelf.pop(here[0].item_id), wish)
            return
        self.queues[wish.record].append(wish.hold)
        self.requests[wish.hold.hold_id] = wish
        self.placed[wish.hold.hold_id] = day.today

    def _comes_back(self, day: Day, copy: Copy) -> None:
        record = self.record_of[copy.item_id]
        if self.queues[record]:
            hold_id = self.policy.returned(day, self._title(record), copy)
            if hold_id is not None:
                self._serve(day, hold_id, copy)
                return
        if copy.library_id == copy.home_library_id:
            self.shelf[record][copy.item_id] = copy
            return
        way = day.journey(copy.library_id, copy.home_library_id)
        self.sent_home += 1
        self.kilometres += way.kilometres
        at_home = replace(copy, library_id=copy.home_library_id)
        self.arriving[max(way.arrives_on, day.today + A_DAY)].append((at_home, None))

    def _serve(self, day: Day, hold_id: int, copy: Copy) -> None:
        request = self.requests[hold_id]
        queue = self.queues[request.record]
        place = next(n for n, hold in enumerate(queue) if hold.hold_id == hold_id)
        hold = queue.pop(place)
        queue[:place] = [
            replace(each, passed=each.passed + 1) for each in queue[:place]
        ]
        self.passed = max(self.passed, hold.passed)
        self.served += 1
        way = day.journey(copy.library_id, hold.pickup_library_id)
        if copy.library_id == hold.pickup_library_id:
            self.local += 1
        else:
            self.moves += 1
            self.kilometres += way.kilometres
        there = replace(copy, library_id=hold.pickup_library_id)
        if way.arrives_on <= day.today:
            self._can_be_collected(day, there, request)
        else:
            self.arriving[way.arrives_on].append((there, request))

    def _can_be_collected(self, day: Day, copy: Copy, request: Request) -> None:
        hold_id = request.hold.hold_id
        self.waits[hold_id] = (day.today - self.placed[hold_id]).days
        wanted = day.today + A_DAY * max(request.collected_after, 1)
        on = day.region.open_from(copy.library_id, wanted)
        self.collected[on].append((copy, request))

    def _lend(self, day: Day, copy: Copy, request: Request) -> None:
        self.lent[request.record][copy.library_id] += 1
        wanted = day.today + A_DAY * max(request.days, 1)
        on = day.region.open_from(request.returned_to, wanted)
        self.returned[on].append((copy, request))

    def _night(self, day: Day) -> None:
        waited_for = [r for r, queue in self.queues.items() if queue and self.shelf[r]]
        titles = [self._title(record) for record in waited_for]
        for hold_id, item_id in self.policy.night(day, titles).items():
            record = self.requests[hold_id].record
            self._serve(day, hold_id, self.shelf[record].pop(item_id))

    def counted(self) -> list[int]:
        """The days that holds waited, those that still wait at the end last."""
        since = self.past.first + A_DAY * FIRST_DAYS
        until = self.past.last - A_DAY * LAST_DAYS
        counted = [hold for hold, on in self.placed.items() if since <= on <= until]
        return sorted(self.waits.get(hold, NEVER) for hold in counted)


def read() -> Past:
    """The titles that were lent most for each copy, with what is drawn for them."""
    chance = random.Random(SEED)
    lendable = Item.objects.filter(lost="", withdrawn="", not_for_loan="", damaged="")
    owned = dict(
        lendable.values_list("record")
        .annotate(copies=Count("pk"))
        .filter(copies__gte=LEAST_COPIES)
        .order_by("-copies", "record")[: TITLES * 3]
    )
    past = Loan.objects.filter(record__in=owned, patron__isnull=False).exclude(
        returned_at=None
    )
    lent = dict(past.order_by().values_list("record").annotate(loans=Count("pk")))
    by_loans = sorted(owned, key=lambda r: (-lent.get(r, 0) / owned[r], r))
    chosen = by_loans[SET_ASIDE : SET_ASIDE + TITLES]
    loans = list(
        past.filter(record__in=chosen)
        .order_by("lent_at", "pk")
        .values_list(
            "pk",
            "record",
            "category",
            "patron__home_library",
            "library",
            "lent_at",
            "returned_at",
        )
    )
    first, last = localdate(loans[0][5]), localdate(loans[-1][5])
    span = (last - first).days
    came_out = {record: chance.randrange(span // 2) for record in chosen}
    busy: Counter[int] = Counter()
    for loan in loans:
        busy[loan[1]] += ((loan[6] or loan[5]) - loan[5]).days + BETWEEN_DAYS
    copies: dict[int, list[Copy]] = defaultdict(list)
    for record, pk, home, kind in (
        lendable.filter(record__in=chosen)
        .order_by("pk")
        .values_list("record", "pk", "home_library", "item_type")
    ):
        copies[record].append(
            Copy(item_id=pk, home_library_id=home, library_id=home, item_type_id=kind)
        )
    for record, each in copies.items():
        enough = max(2, round(busy[record] / (LOAD * (span - came_out[record]))))
        copies[record] = chance.sample(each, min(enough, len(each)))
    libraries = [copy.home_library_id for each in copies.values() for copy in each]
    wishes: dict[date, list[Request]] = defaultdict(list)
    for pk, record, category, home, library, lent_at, back in loans:
        share = ((localdate(lent_at) - first).days / span) ** RUSH
        after = came_out[record] + (span - came_out[record]) * share
        elsewhere = chance.random() < ELSEWHERE
        wishes[first + A_DAY * int(after)].append(
            Request(
                record=record,
                hold=Waiting(
                    hold_id=pk,
                    category_id=category,
                    patron_home_id=home,
                    pickup_library_id=library,
                ),
                days=((back or lent_at) - lent_at).days,
                collected_after=chance.choice(COLLECTED_AFTER),
                returned_to=chance.choice(libraries) if elsewhere else library,
                from_home=chance.random() < FROM_HOME,
            )
        )
    return Past(copies, wishes, first, last)


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


COLUMNS: Final = (
    "policy",
    "item moves",
    "km of items",
    "median days",
    "mean",
    "p90",
    "p99",
    "longest",
    "filled where it stood",
    "passed at most",
    "still wait",
)


def measure() -> Iterator[Lines]:
    past = read()
    region = Region(past.last)
    runs = [Run(policy, past) for policy in POLICIES]
    today = past.first
    while today <= past.last:
        day = Day(today, region, journeys_from(region.tree, region.network, today))
        for run in runs:
            run.live(day, past.wishes.get(today, ()))
        today += A_DAY
    draw([_bar(run) for run in runs])
    yield Lines(
        "the replay",
        (
            _told(past, len(runs[0].counted())),
            "",
            f"| {' | '.join(COLUMNS)} |",
            f"|---|{'---:|' * (len(COLUMNS) - 1)}",
            *(_row(run) for run in runs),
            "",
            "![Item moves and median wait by policy](images/replay.svg)",
            "",
            *_verdict(runs),
        ),
    )


def _told(past: Past, counted: int) -> str:
    wishes = sum(map(len, past.wishes.values()))
    copies = sum(map(len, past.copies.values()))
    return (
        f"{wishes:,} wishes for {len(past.copies)} titles with {copies:,} copies, "
        f"{past.first} to {past.last}, seed {SEED}: what `bench/replay.py` tells. "
        f"Counted are {counted:,} holds of the middle; days are until a copy can be "
        "collected, kilometres those of items. Our rule was chosen of some twenty, "
        f"tried on {SET_ASIDE} other titles with another seed; none of those is here."
    )


def at(waits: Sequence[int], share: float) -> int:
    return waits[min(int(len(waits) * share), len(waits) - 1)]


def _row(run: Run) -> str:
    waits = run.counted()
    came = [days for days in waits if days < NEVER]
    figures = (
        f"{run.moves + run.sent_home:,}",
        f"{run.kilometres:,}",
        f"{at(waits, 0.5)}",
        f"{sum(came) / len(came):.1f}",
        f"{at(waits, 0.9)}",
        f"{at(waits, 0.99)}",
        f"{_longest(run)}",
        f"{run.local / run.served:.0%}",
        f"{run.passed}",
        f"{len(waits) - len(came)}",
    )
    return f"| {run.policy.name} | {' | '.join(figures)} |"


def _bar(run: Run) -> Bar:
    return Bar(
        run.policy.name,
        ours=isinstance(run.policy, Ours),
        moves=run.moves + run.sent_home,
        days=at(run.counted(), 0.5),
    )


def _verdict(runs: Sequence[Run]) -> Iterator[str]:
    """What was to be reached: fewer moves and a shorter median than each other one."""
    yield "Fewer item moves and a shorter median wait were to be reached against each:"
    yield ""
    ours = [run for run in runs if isinstance(run.policy, Ours)]
    for other in (run for run in runs if run not in ours):
        theirs = _bar(other)
        better = [
            f"{run.policy.name.partition(': ')[2]} (longest {_longest(run)} days)"
            for run in ours
            if _bar(run).moves < theirs.moves and _bar(run).days < theirs.days
        ]
        reached = f"reached with: {'; '.join(better)}" if better else "not reached"
        yield f"- {theirs.name} (longest {_longest(other)} days): {reached}."


def _longest(run: Run) -> int:
    """The longest wait of those that ended, in days: what passing others costs."""
    return [days for days in run.counted() if days < NEVER][-1]
