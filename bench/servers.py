"""Start a server of Kortisto on a free port for as long as it is measured."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.measure import memory_of

PATIENCE = 60  # seconds


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    pid: int

    def memory(self) -> float:
        """Of the largest process of the server, in MB."""
        return max(memory_of(pid) for pid in (self.pid, *_children(self.pid)))


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in listed]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def process(*arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    """``kortisto ARGUMENTS`` over the database in use, for as long as it is needed."""
    command = [str(Path(sys.executable).with_name("kortisto")), *arguments]
    started = subprocess.Popen(
        command, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield started
    finally:
        started.terminate()
        started.wait(timeout=30)


@contextmanager
def running(site: str) -> Iterator[Server]:
    """``kortisto serve public|staff`` on a free port."""
    port = free_port()
    where = ("--host", "127.0.0.1", "--port", str(port))
    with process("serve", site, *where) as started:
        _wait_for(port, started)
        yield Server(port, started.pid)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            message = "the server stopped before it answered"
            raise RuntimeError(message)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    message = "the server did not answer"
    raise RuntimeError(message)
