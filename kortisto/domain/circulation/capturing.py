"""Which hold of its queue a returned copy serves, when not simply the first.

The plan of the shelves stands above lending (it knows vans and ways), and so does the
rule for long queues: the layer that plans says here what it would choose.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final

from kortisto.domain.circulation.returns import ReturnFacts
from kortisto.domain.holds.models import Hold

Choice = Callable[[ReturnFacts, int, date], int | None]
"""The hold for the copy that is in a library today; None: the order decides."""

_choices: Final[list[Choice]] = []


def chooses_for_returns(choice: Choice) -> Choice:
    """Let it choose; one is enough, and whoever registers twice is once."""
    if choice not in _choices:
        _choices.append(choice)
    return choice


def chosen(facts: ReturnFacts, *, at: int, today: date) -> ReturnFacts:
    """The facts with the hold that the copy serves before the first of its queue."""
    for choice in _choices:
        hold_id = choice(facts, at, today)
        if hold_id is not None and hold_id != facts.next_hold_id:
            pickup, category, home = Hold.objects.values_list(
                "pickup_library", "patron__category", "patron__home_library"
            ).get(pk=hold_id)
            return replace(
                facts,
                next_hold_id=hold_id,
                next_pickup_id=pickup,
                next_category_id=category,
                next_home_id=home,
            )
    return facts
