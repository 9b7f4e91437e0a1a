"""The night's plan of the whole region: the copies of all titles arranged at once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.utils.timezone import localdate

from kortisto.domain.fulfilment.actions.planning import (
    Planner,
    plan_titles,
    waited_for,
)
from kortisto.domain.fulfilment.facts import Title
from kortisto.domain.fulfilment.region import (
    burden,
    cents_of,
    overflow_cents,
    room,
    segments_of,
)
from kortisto.domain.fulfilment.rules import Assignment, Copy, Waiting
from kortisto.domain.fulfilment.settings import DAY_CENTS
from kortisto.domain.fulfilment.solving import Option, cheapest
from kortisto.domain.holds.models import Pull
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.van_queries import van_network

AT_ONCE: Final = 500  # titles that are read at a time
A_CHOICE: Final = 2  # copies on shelves: with one there is nothing to arrange

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Question:
    """What the solver is asked, and what is settled without it."""

    options: list[Option] = field(default_factory=list)
    pairs: dict[tuple[int, int], tuple[Waiting, Copy]] = field(default_factory=dict)
    in_order: dict[int, Assignment] = field(default_factory=dict)  # by hold
    settled: list[Assignment] = field(default_factory=list)
    records: dict[int, int] = field(default_factory=dict)  # the title of each hold


def arrange_region(
    *, now: datetime, progress: Progress = lambda _done, _total: None
) -> dict[str, int]:
    """Arrange what has not been fetched yet, and tell what that saves.

    Titles of which one copy stands on a shelf, and those whose queue is served nearest
    first, stay as they are. Titles that change meanwhile are planned from what is true
    then: an answer that does not fit any more is left out. Raises NoPlan.
    """
    today = localdate(now)
    planner = Planner({}, today)
    question = question_for(planner, today, progress)
    network, day_cents = van_network(), organisation().setting(DAY_CENTS, None).value
    segments = {each for option in question.options for each in option.segments}
    found = cheapest(
        question.options,
        room_left=room(question.settled, segments, network),
        overflow_cents=overflow_cents(day_cents),
    )
    answer = found.items
    changed = [
        hold for hold, item in answer.items() if question.in_order[hold].item_id != item
    ]
    titles = {question.records[hold] for hold in changed}
    arranged = {h: i for h, i in answer.items() if question.records[h] in titles}
    plan_titles(titles, now=now, arranged=arranged)
    before = burden((o.journey for o in question.in_order.values()), today=today)
    ways = [each.journey for each in question.settled]
    for pair in answer.items():
        hold, copy = question.pairs[pair]
        ways.append(planner.journey(copy.library_id, hold.pickup_library_id))
    after = burden(ways, today=today)
    return {
        "pulls": len(question.in_order),
        "rearranged": len(changed),
        "item_moves": after.moves,
        "item_moves_saved": before.moves - after.moves,
        "kilometres": after.kilometres,
        "kilometres_saved": before.kilometres - after.kilometres,
        "waiting_days": after.days,
        "waiting_days_saved": before.days - after.days,
        "from_best_cents": round(found.cents - found.bound),
    }


def question_for(
    planner: Planner, today: date, progress: Progress = lambda _done, _total: None
) -> Question:
    """Everything that is waited for now, read once."""
    question, ids = Question(), sorted(waited_for())
    pulls = dict(Pull.objects.values_list("item_id", "hold_id"))
    network, day_cents = van_network(), organisation().setting(DAY_CENTS, None).value
    for start in range(0, len(ids), AT_ONCE):
        progress(start, len(ids))
        titles = planner.titles(ids[start : start + AT_ONCE])
        for record_id, title in titles.items():
            given = planner.assignments(title)
            question.in_order.update({each.hold_id: each for each in given})
            question.records.update({each.hold_id: record_id for each in given})
            if len(title.copies) < A_CHOICE or planner.nearest_first_for(title):
                question.settled.extend(given)
                continue
            for hold, copy in _pairs(planner, title, given):
                way = planner.journey(copy.library_id, hold.pickup_library_id)
                cents = cents_of(
                    way,
                    today=today,
                    day_cents=day_cents,
                    planned_now=pulls.get(copy.item_id) == hold.hold_id,
                )
                question.pairs[hold.hold_id, copy.item_id] = hold, copy
                question.options.append(
                    Option(
                        hold_id=hold.hold_id,
                        item_id=copy.item_id,
                        cents=cents,
                        segments=segments_of(way, network),
                    )
                )
    return question


def _pairs(
    planner: Planner, title: Title, given: Sequence[Assignment]
) -> Iterator[tuple[Waiting, Copy]]:
    """Each hold that is served, with each copy that it could get."""
    served = {each.hold_id for each in given}
    for hold in title.holds:
        if hold.hold_id in served:
            for copy in title.copies:
                if planner.fits(copy, hold):
                    yield hold, copy
