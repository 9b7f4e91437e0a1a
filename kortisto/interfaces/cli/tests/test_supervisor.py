import os
import signal
import subprocess
import sys
from select import select

import pytest

from kortisto.interfaces.cli.supervisor import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    STEADY,
    Child,
    Supervisor,
)


class Said(list[str]):
    def __call__(self, text: str) -> None:
        self.append(text)


def child(*command: str) -> Child:
    return Child("worker", [sys.executable, "-c", *command], os.environ)


def end_of(this: Child) -> None:
    assert this.running is not None
    this.running.wait(timeout=20)


def test_a_process_that_dies_is_told_and_started_again_after_a_pause() -> None:
    said, one = Said(), child("raise SystemExit(3)")
    family = Supervisor(say=said, children=[one])

    family.look_after(one, 100.0)
    end_of(one)
    family.look_after(one, 101.0)

    assert said == ["worker stopped (exit code 3); it is started again in 1 s."]
    assert one.running is None

    family.look_after(one, 101.0 + FIRST_PAUSE - 0.1)
    assert one.running is None  # not yet

    family.look_after(one, 101.0 + FIRST_PAUSE)
    assert one.running is not None
    end_of(one)


def test_pauses_grow_while_it_keeps_dying_and_never_beyond_the_longest() -> None:
    one = child("pass")
    family = Supervisor(say=Said(), children=[one])
    now, pauses = 0.0, []
    for _ in range(8):
        family.look_after(one, now)
        end_of(one)
        family.look_after(one, now)
        pauses.append(one.starts_at - now)
        now = one.starts_at

    assert pauses == [1, 2, 4, 8, 16, 32, LONGEST_PAUSE, LONGEST_PAUSE]


def test_after_a_steady_life_the_pause_is_short_again() -> None:
    one = child("pass")
    one.pause = 32.0
    family = Supervisor(say=Said(), children=[one])
    family.look_after(one, 0.0)
    end_of(one)
    family.look_after(one, STEADY)

    assert one.starts_at == STEADY + FIRST_PAUSE


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_all_of_them(number: signal.Signals) -> None:
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    waiting = "import signal; signal.pause()"
    children = [child(waiting), child(waiting)]
    family = Supervisor(say=Said(), children=children)
    try:
        family.run(when_up=lambda: os.kill(os.getpid(), number))
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)

    assert all(one.running and one.running.returncode for one in children)


def test_what_a_dead_process_left_behind_is_ended_before_it_starts_again() -> None:
    """The one left behind holds the pipe; the pipe ends when it does."""
    one = child(
        "import os, subprocess, sys\n"
        "wait = 'import signal; signal.pause()'\n"
        "subprocess.Popen([sys.executable, '-c', wait])\n"
        "os._exit(1)"
    )
    one.running = subprocess.Popen(
        one.command, stdout=subprocess.PIPE, start_new_session=True
    )
    pipe = one.running.stdout
    assert pipe is not None
    end_of(one)
    assert select([pipe], [], [], 0) == ([], [], [])

    Supervisor(say=Said(), children=[one]).look_after(one, 0.0)

    assert select([pipe], [], [], 20) == ([pipe], [], [])
    pipe.close()
