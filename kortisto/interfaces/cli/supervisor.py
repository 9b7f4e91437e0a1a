"""Run several processes as one: restart what dies, stop all together."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

FIRST_PAUSE = 1.0  # seconds before a process that died is started again
LONGEST_PAUSE = 60.0
STEADY = 60.0  # seconds of life after which the pause starts small again
PATIENCE = 10.0  # seconds that a process gets to stop by itself
LOOK_EVERY = 0.25


@dataclass
class Child:
    """One process of the family, and when it may start again."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    answers: Callable[[], bool] = lambda: True  # whether it is up and at work
    running: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    starts_at: float = 0.0

    def start(self, now: float) -> None:
        # A session of its own: Ctrl-C reaches us, and we stop the children in order.
        self.running = subprocess.Popen(  # noqa: S603 (our own commands)
            self.command, env=dict(self.environment), start_new_session=True
        )
        self.started = now

    def clear_away(self) -> None:
        """End what it started itself and left behind, such as a server's workers."""
        if self.running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.running.pid, signal.SIGKILL)

    def is_up(self) -> bool:
        return bool(self.running and self.running.poll() is None and self.answers())

    def stop(self, how: signal.Signals) -> None:
        if self.running and self.running.poll() is None:
            self.running.send_signal(how)


@dataclass
class Supervisor:
    """Keeps children alive until it is told to stop by SIGINT or SIGTERM."""

    say: Callable[[str], None]
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def run(self, *, when_up: Callable[[], None]) -> None:
        """Return when everything has stopped after a signal.

        ``when_up`` is called once, when every child answers for the first time.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._asked_to_stop)
        told = False
        try:
            while not self.stopping:
                for child in self.children:
                    self.look_after(child, time.monotonic())
                if not told and all(child.is_up() for child in self.children):
                    told = True
                    when_up()
                time.sleep(LOOK_EVERY)
        finally:
            self._stop_all()

    def look_after(self, child: Child, now: float) -> None:
        """Start it when it is time to; notice that it died."""
        if child.running is None:
            if now >= child.starts_at:
                child.start(now)
            return
        code = child.running.poll()
        if code is None:
            return
        if now - child.started >= STEADY:
            child.pause = FIRST_PAUSE
        self.say(
            f"{child.name} stopped ({_ending(code)}); "
            f"it is started again in {child.pause:.0f} s."
        )
        child.clear_away()
        child.running, child.starts_at = None, now + child.pause
        child.pause = min(child.pause * 2, LONGEST_PAUSE)

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _stop_all(self) -> None:
        for child in self.children:
            child.stop(signal.SIGTERM)
        until = time.monotonic() + PATIENCE
        for child in self.children:
            if child.running is None:
                continue
            try:
                child.running.wait(max(until - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                child.stop(signal.SIGKILL)
                child.running.wait()
            child.clear_away()


def _ending(code: int) -> str:
    if code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"
