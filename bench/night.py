"""The plan of the night: 15,000 holds of which each could get several copies."""

import random
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.db.models import Count
from django.utils import timezone
from django.utils.timezone import localdate

from bench.measure import Figures, timed
from kortisto.domain.fulfilment.actions.arranging import arrange_region, question_for
from kortisto.domain.fulfilment.actions.planning import Planner, plan_everything
from kortisto.domain.fulfilment.facts import on_the_shelf
from kortisto.domain.fulfilment.region import overflow_cents, room
from kortisto.domain.fulfilment.settings import DAY_CENTS
from kortisto.domain.fulfilment.solving import cheapest
from kortisto.domain.holds.models import Hold, Pull
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.van_queries import van_network
from kortisto.domain.patrons.models import Patron

HOLDS: Final = 15_000
NIGHTS: Final = 5
SEED: Final = 7


def measure() -> Iterator[Figures]:
    _wait_for_what_stands()
    told: dict[str, int] = {}

    def night(_: int) -> float:
        Pull.objects.all().delete()
        plan_everything(now=timezone.now())
        started = time.perf_counter()
        told.update(arrange_region(now=timezone.now()))
        return (time.perf_counter() - started) * 1000

    times = tuple(night(number) for number in range(NIGHTS))
    yield Figures(
        f"the plan of a night: {told['pulls']:,} holds read, solved and written",
        times,
        target="≤ 60 s",
        note=_words(told),
    )
    yield from _steps()


def _words(told: dict[str, int]) -> str:
    return (
        f"{told['pulls']:,} copies to fetch, {told['rearranged']:,} given otherwise; "
        f"saves {told['item_moves_saved']:,} item moves of "
        f"{told['item_moves_saved'] + told['item_moves']:,}, "
        f"{told['kilometres_saved']:,} km of "
        f"{told['kilometres_saved'] + told['kilometres']:,} and "
        f"{told['waiting_days_saved']:,} days of "
        f"{told['waiting_days_saved'] + told['waiting_days']:,}; "
        f"at most {told['from_best_cents'] / 100:,.0f} € from the best"
    )


def _steps() -> Iterator[Figures]:
    """The same in its parts; what was arranged stands."""
    today = localdate(timezone.now())
    network, day_cents = van_network(), organisation().setting(DAY_CENTS, None).value
    asked = question_for(Planner({}, today), today)
    yield Figures(
        "its questions read from the database",
        timed(lambda _: question_for(Planner({}, today), today), range(NIGHTS)),
        note=f"{len(asked.options):,} pairs of a hold and a copy",
    )
    segments = {each for option in asked.options for each in option.segments}
    left = room(asked.settled, segments, network)
    overflow = overflow_cents(day_cents)
    found = cheapest(asked.options, room_left=left, overflow_cents=overflow)
    yield Figures(
        "its cheapest copies chosen",
        timed(
            lambda _: cheapest(asked.options, room_left=left, overflow_cents=overflow),
            range(NIGHTS),
        ),
        note=f"within {found.gap:.3%} of the best that could be",
    )


def _wait_for_what_stands() -> None:
    """Holds on titles of which several copies stand on shelves; each can be served."""
    chance = random.Random(SEED)
    patrons = list(Patron.objects.order_by("pk").values_list("pk", "home_library_id"))
    waited = Hold.objects.filter(state=Hold.State.QUEUED).values("record")
    shelves = on_the_shelf().filter(not_for_loan="").exclude(record__in=waited)
    titles = (
        shelves.values_list("record")
        .annotate(copies=Count("pk"))
        .filter(copies__gte=2)
        .order_by("-copies", "record")
    )
    made: list[Hold] = []
    start = timezone.now() - timedelta(days=1)
    for record_id, copies in titles[:HOLDS]:
        for patron_id, library_id in chance.sample(patrons, chance.randint(1, copies)):
            if len(made) == HOLDS:
                break
            moment = start + timedelta(seconds=len(made))
            made.append(
                Hold(
                    patron_id=patron_id,
                    record_id=record_id,
                    pickup_library_id=library_id,
                    placed_at=moment,
                    counts_from=moment,
                )
            )
    Hold.objects.bulk_create(made)
