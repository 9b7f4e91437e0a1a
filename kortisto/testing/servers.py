"""Start Kortisto's own processes, as an administrator would, for as long as needed."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kortisto.testing.waiting import wait_until


@dataclass(frozen=True, slots=True)
class Server:
    """Answering on a port of 127.0.0.1; its workers are children of ``pid``."""

    port: int
    pid: int


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in listed]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def process(
    *arguments: str, environment: Mapping[str, str] = os.environ
) -> Iterator["subprocess.Popen[bytes]"]:
    """``kortisto ARGUMENTS`` in its own process; ended when the block ends.

    What it says goes to where KORTISTO_TEST_LOG says, else nowhere.
    """
    log = Path(environment.get("KORTISTO_TEST_LOG") or os.devnull)
    command = [str(Path(sys.executable).with_name("kortisto")), *arguments]
    with log.open("ab") as said:
        started = subprocess.Popen(  # noqa: S603 - our own command
            command,
            env=environment,
            stdout=said,
            stderr=said,
            start_new_session=True,  # its pid names the group of its workers too
        )
    try:
        yield started
    finally:
        started.terminate()
        started.wait(timeout=30)


@contextmanager
def running(site: str, environment: Mapping[str, str] = os.environ) -> Iterator[Server]:
    """``kortisto serve public|staff`` on a free port."""
    port = free_port()
    where = ("--host", "127.0.0.1", "--port", str(port))
    with process("serve", site, *where, environment=environment) as started:
        wait_for_port(port, started)
        yield Server(port, started.pid)


def wait_for_port(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Until the process answers there. Raises RuntimeError when it never does."""

    def answers() -> bool:
        if process.poll() is not None:
            message = "the server stopped before it answered"
            raise RuntimeError(message)
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    wait_until(answers, otherwise="the server did not answer")
