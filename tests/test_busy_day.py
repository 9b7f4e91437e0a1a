"""Ten desks and four machines at once, over the same few copies and people.

KORTISTO_BUSY_SECONDS makes the day longer, as docs/how-to/measure.md says.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from bench.measure import Figures
from kortisto.testing.busy import CSRF, Desk, Stock, Tally
from kortisto.testing.installations import own_installation, stage
from kortisto.testing.servers import process, running

pytestmark = pytest.mark.slow

DESKS: Final = 10
MACHINES: Final = 4
SECONDS: Final = float(os.environ.get("KORTISTO_BUSY_SECONDS", "12"))
MODULE: Final = "tests.busy_stage"


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    with own_installation(tmp_path) as made:
        yield made


def test_a_crowd_breaks_no_promise_and_meets_no_error(
    environment: dict[str, str],
) -> None:
    told = json.loads(stage(MODULE, "prepare", str(DESKS), environment=environment))
    stock = told["stock"]

    def machine(seed: int) -> Tally:
        said = stage(
            MODULE,
            *("machine", str(SECONDS), str(seed)),
            environment=environment,
            told=json.dumps(stock),
        )
        return Tally.read(said)

    day = Tally()
    with ExitStack() as processes:
        processes.enter_context(process("work", environment=environment))
        server = processes.enter_context(running("staff", environment))
        desks = [
            Desk(
                server.port,
                Stock(**stock),
                cookies=f"{told['cookie']}={key}; {told['csrf_cookie']}={CSRF}",
                ends_at=time.monotonic() + SECONDS,
                seed=seed,
            )
            for seed, key in enumerate(told["sessions"])
        ]
        machines = processes.enter_context(ThreadPoolExecutor(MACHINES))
        counted = machines.map(machine, range(DESKS, DESKS + MACHINES))
        for desk in desks:
            desk.start()
        for desk in desks:
            desk.join()
            day.join(desk.tally)
        for tally in counted:
            day.join(tally)

    assert day.troubles == []
    came_to = json.loads(stage(MODULE, "verify", environment=environment))
    _tell(day, came_to)
    for what in ("check-out", "check-in", "place", "machine, check-out"):
        assert day.answers[f"{what}: done"] > 0, f"nobody managed to: {what}"
    said = Path(environment["KORTISTO_TEST_LOG"]).read_text()
    assert "deadlock" not in said


def _tell(day: Tally, came_to: dict[str, int]) -> None:
    for answer, number in sorted(day.answers.items()):
        sys.stdout.write(f"{number:7} {answer}\n")
    for what, times in sorted(day.times.items()):
        taken = Figures(what, tuple(times))
        p50, p95 = taken.percentile(0.5), taken.percentile(0.95)
        sys.stdout.write(f"{what}: p50 {p50:.1f} ms, p95 {p95:.1f} ms\n")
    sys.stdout.write(f"{came_to}\n")
