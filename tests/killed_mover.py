"""A worker that is killed, as by ``kill -9``, in the middle of a closure.

    python -m tests.killed_mover N

carries the next shift out in the database of the settings, and dies in the transaction
of the Nth thing that it moves: after that was written, and before it was kept.
"""

import os
import signal
import sys
from datetime import datetime

import django

django.setup()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from kortisto.core.actors import Actor  # noqa: E402
from kortisto.core.job_runs import claim, run  # noqa: E402
from kortisto.domain.closures.actions import carrying_out  # noqa: E402

whole = carrying_out.carry_out


class Deadly:
    """Moves one thing after another, up to a point."""

    def __init__(self, number: int) -> None:
        self._left = number

    def __call__(self, move_id: int, *, by: Actor, now: datetime) -> None:
        self._left -= 1
        with transaction.atomic():
            whole(move_id, by=by, now=now)
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    carrying_out.carry_out = Deadly(int(sys.argv[1]))
    job = claim(worker="killed", queues=["default"], now=timezone.now())
    if job is not None:
        run(job, now=timezone.now())
