"""Live through the days by one policy, and count what becomes of holds and copies."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from bench.replay.policies import Day, Policy
from bench.replay.wishes import A_DAY, Past, Wish
from kortisto.domain.fulfilment.facts import MOST_HOLDS, Title
from kortisto.domain.fulfilment.rules import Copy, Waiting

FIRST_DAYS, LAST_DAYS = 60, 120  # whoever reserves in them is served, not counted
NEVER: Final = 10**6  # days


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
        self.wishes: dict[int, Wish] = {}
        self.arriving: dict[date, list[tuple[Copy, Wish | None]]] = defaultdict(list)
        self.collected: dict[date, list[tuple[Copy, Wish]]] = defaultdict(list)
        self.returned: dict[date, list[tuple[Copy, Wish]]] = defaultdict(list)

    def live(self, day: Day, wishes: Iterable[Wish]) -> None:
        for copy, sent_to in self.arriving.pop(day.today, ()):
            if sent_to is None:
                self._comes_back(day, copy)
            else:
                self._can_be_collected(day, copy, sent_to)
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

    def _wish(self, day: Day, wish: Wish) -> None:
        shelf, pickup = self.shelf[wish.record], wish.hold.pickup_library_id
        here = [copy for copy in shelf.values() if copy.library_id == pickup]
        if here and not wish.from_home:
            self._lend(day, shelf.pop(here[0].item_id), wish)
            return
        self.queues[wish.record].append(wish.hold)
        self.wishes[wish.hold.hold_id] = wish
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
        wish = self.wishes[hold_id]
        queue = self.queues[wish.record]
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
            self._can_be_collected(day, there, wish)
        else:
            self.arriving[way.arrives_on].append((there, wish))

    def _can_be_collected(self, day: Day, copy: Copy, wish: Wish) -> None:
        hold_id = wish.hold.hold_id
        self.waits[hold_id] = (day.today - self.placed[hold_id]).days
        wanted = day.today + A_DAY * max(wish.collected_after, 1)
        on = day.region.open_from(copy.library_id, wanted)
        self.collected[on].append((copy, wish))

    def _lend(self, day: Day, copy: Copy, wish: Wish) -> None:
        self.lent[wish.record][copy.library_id] += 1
        wanted = day.today + A_DAY * max(wish.days, 1)
        on = day.region.open_from(wish.returned_to, wanted)
        self.returned[on].append((copy, wish))

    def _night(self, day: Day) -> None:
        waited_for = [r for r, queue in self.queues.items() if queue and self.shelf[r]]
        titles = [self._title(record) for record in waited_for]
        for hold_id, item_id in self.policy.night(day, titles).items():
            record = self.wishes[hold_id].record
            self._serve(day, hold_id, self.shelf[record].pop(item_id))

    def counted(self) -> list[int]:
        """The days that holds waited, those that still wait at the end last."""
        since = self.past.first + A_DAY * FIRST_DAYS
        until = self.past.last - A_DAY * LAST_DAYS
        counted = [hold for hold, on in self.placed.items() if since <= on <= until]
        return sorted(self.waits.get(hold, NEVER) for hold in counted)
