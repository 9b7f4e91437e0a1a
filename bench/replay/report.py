"""Replay by every policy, side by side; the table, the chart, and what was reached."""

from collections.abc import Iterator, Sequence
from typing import Final

from bench.measure import Lines, at_share
from bench.replay.chart import Bar, draw
from bench.replay.policies import POLICIES, Day, Ours, Region
from bench.replay.run import NEVER, Run
from bench.replay.wishes import A_DAY, SEED, SET_ASIDE, Past, read
from kortisto.domain.fulfilment.journeys import journeys_from

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
        f"{past.first} to {past.last}, seed {SEED}: what `bench/replay` tells. "
        f"Counted are {counted:,} holds of the middle; days are until a copy can be "
        "collected, kilometres those of items. Our rule was chosen of some twenty, "
        f"tried on {SET_ASIDE} other titles with another seed; none of those is here."
    )


def _row(run: Run) -> str:
    waits = run.counted()
    came = [days for days in waits if days < NEVER]
    figures = (
        f"{run.moves + run.sent_home:,}",
        f"{run.kilometres:,}",
        _days(waits, 0.5),
        f"{sum(came) / len(came):.1f}",
        _days(waits, 0.9),
        _days(waits, 0.99),
        f"{_longest(run)}",
        f"{run.local / run.served:.0%}",
        f"{run.passed}",
        f"{len(waits) - len(came)}",
    )
    return f"| {run.policy.name} | {' | '.join(figures)} |"


def _days(waits: Sequence[int], share: float) -> str:
    days = at_share(waits, share)
    return f"{days}" if days < NEVER else "not yet"


def _bar(run: Run) -> Bar:
    return Bar(
        run.policy.name,
        ours=isinstance(run.policy, Ours),
        moves=run.moves + run.sent_home,
        days=at_share(run.counted(), 0.5),
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
