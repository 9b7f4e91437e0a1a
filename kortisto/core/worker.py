"""The process that does what nobody waits for: ``kortisto work``.

Two threads, so that a long job does not hold up what follows the event log: one runs
followers, schedules and background work, the others run jobs.
"""

import logging
import os
import signal
import socket
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Event as Signal
from threading import Thread
from typing import Final

from django.db import close_old_connections, connection
from django.utils import timezone

from kortisto.core import job_runs
from kortisto.core.background import run_background_once
from kortisto.core.followers import run_followers_once
from kortisto.core.schedules import run_due, sync_schedules

logger = logging.getLogger(__name__)

PAUSE: Final = 0.5  # seconds when there was nothing to do
AFTER_TROUBLE: Final = 5.0  # seconds, for example while the database restarts

Clock = Callable[[], datetime]


class Worker:
    """Turns the wheels until told to stop, and then lets what is in hand end well."""

    def __init__(
        self,
        *,
        queues: Sequence[str] = ("default",),
        job_threads: int = 1,
        clock: Clock = timezone.now,
    ) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}"[:70]
        self._queues = queues
        self._job_threads = job_threads
        self._clock = clock

    def run(self, stop: Signal) -> None:
        """Work until ``stop`` is set. A running job is told to stop and waited for."""
        threads = [
            Thread(
                target=self._repeat,
                args=(lambda n=number: self.do_one_job(stop, thread=n), stop),
                name=f"jobs-{number}",
            )
            for number in range(self._job_threads)
        ]
        for thread in threads:
            thread.start()
        try:
            self._repeat(self.follow_once, stop, first=self._begin)
        finally:
            stop.set()
            for thread in threads:
                thread.join()

    def follow_once(self) -> bool:
        """One round of followers, background work and schedules."""
        now = self._clock()
        run_due(now)
        moved = run_followers_once(now)
        return bool(moved + run_background_once(now))

    def do_one_job(self, stop: Signal, *, thread: int = 0) -> bool:
        """Run the next job that is due. Returns False when there is none."""
        now = self._clock()
        job_runs.take_back_lost(now)
        name = f"{self.name}:{thread}"
        job = job_runs.claim(worker=name, queues=self._queues, now=now)
        if job is None:
            return False
        job_runs.run(job, now=now, stopping=stop.is_set, clock=self._clock)
        return True

    def _begin(self) -> bool:
        sync_schedules(self._clock())
        return True

    def _repeat(
        self,
        turn: Callable[[], bool],
        stop: Signal,
        first: Callable[[], bool] | None = None,
    ) -> None:
        """Take turns for ever; a database that is away for a while ends nothing."""
        next_turn = first or turn
        try:
            while not stop.is_set():
                try:
                    pause = 0.0 if next_turn() else PAUSE
                    next_turn = turn
                except Exception:
                    logger.exception("the worker goes on after a failure")
                    close_old_connections()
                    pause = AFTER_TROUBLE
                if pause:
                    stop.wait(pause)
        finally:
            connection.close()


def run_forever(*, queues: Sequence[str] = ("default",), job_threads: int = 1) -> None:
    """Work until SIGTERM or SIGINT, then stop cleanly. For the main thread."""
    stop = Signal()

    def ask_to_stop(_number: int, _frame: object) -> None:
        stop.set()

    before = {
        number: signal.signal(number, ask_to_stop)
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        Worker(queues=queues, job_threads=job_threads).run(stop)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
