"""Holds on the titles that many want: queues, hold shelves, copies on their way."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from kortisto.interfaces.cli.demo.facts import Fact
from kortisto.interfaces.cli.demo.pool import Borrower
from kortisto.interfaces.cli.demo.shelves import QUICK, Copy
from kortisto.interfaces.cli.demo.world import World

MOST_WAITING: Final = 24
TRAPPED: Final = 3  # copies at most that wait on hold shelves or travel


@dataclass(slots=True)
class HoldMade:
    """A hold to be written; ``origin``: its copy travels from there."""

    borrower: Borrower
    record: int
    pickup: int
    state: str
    placed_at: str
    item: int | None = None
    pickup_until: date | None = None
    origin: int | None = None
    sent_at: str | None = None


def queue_up(
    world: World, number: int, fact: Fact, copies: list[Copy], rng: Random
) -> tuple[list[HoldMade], dict[int, int]]:
    """The queue for a title, and its copies that are set aside: id and since when."""
    if not world.popularity.queue[number]:
        return [], {}
    usable = [
        copy
        for copy in copies
        if copy.type_code != QUICK and not (copy.not_for_loan or copy.lost)
    ]
    if not usable:
        return [], {}
    holds: dict[int, HoldMade] = {}
    for place in range(2 + int(rng.random() ** 2 * MOST_WAITING)):
        library = rng.choices(world.libraries, world.sizes)[0]
        borrower = world.pool.one(
            library,
            rng,
            day=world.now_day - 90,
            juvenile=fact.is_juvenile,
            adult=bool(fact.age),
        )
        if borrower is None or borrower.id in holds:
            continue
        day = world.now_day - 60 + min(place * 3, 58)
        holds[borrower.id] = HoldMade(
            borrower=borrower,
            record=number + 1,
            pickup=borrower.library_id,
            state="queued",
            placed_at=f"{world.day(day)} {6 + rng.randrange(14):02d}:"
            f"{rng.randrange(60):02d}:00",
        )
    queue = sorted(holds.values(), key=lambda hold: hold.placed_at)
    return queue, _set_aside(world, queue, usable, rng)


def _set_aside(
    world: World, queue: list[HoldMade], usable: list[Copy], rng: Random
) -> dict[int, int]:
    """The first in the queue have their copies on a hold shelf, or under way."""
    aside: dict[int, int] = {}
    for hold, copy in zip(queue[:TRAPPED], usable, strict=False):
        calendar = world.calendars[hold.pickup]
        since = calendar.next_open(world.now_day - 1 - rng.randrange(5))
        if rng.random() < 0.35 or since >= world.now_day:
            continue
        if world.number(copy.acquired_on) > since:
            continue
        hold.item = copy.id
        aside[copy.id] = since
        if copy.home != hold.pickup and rng.random() < 0.4:
            hold.state, hold.origin = "travelling", copy.home
            hold.sent_at = copy.last_seen = calendar.moment(since, rng)
            continue
        hold.state = "waiting"
        copy.here = hold.pickup
        copy.last_seen = calendar.moment(since, rng)
        hold.pickup_until = _last_day(world, hold.pickup, since)
    return aside


def _last_day(world: World, library: int, since: int) -> date:
    """Seven open days of the pick-up library, fourteen of a mobile one."""
    days = 14 if library in world.mobile else 7
    calendar = world.calendars[library]
    day = since
    for _open_day in range(days):
        day = calendar.next_open(day + 1)
    return world.first + timedelta(days=day)
