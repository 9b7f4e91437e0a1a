"""Power goes in the middle of the day: nothing acknowledged is lost or done twice.

Real processes over a database of their own: clients lend by HTTP while the server,
then the worker, is killed without a word and started again.
"""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Condition, Event, Thread
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from typing_extensions import override

from kortisto.testing.installations import own_installation
from kortisto.testing.installations import stage as run_stage
from kortisto.testing.servers import process, running

CSRF: Final = "c" * 32
KILL_SERVER_AFTER: Final = 300  # acknowledged loans
KILL_WORKER_AFTER: Final = 650
OK: Final = 200

pytestmark = pytest.mark.slow


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    with own_installation(tmp_path) as made:
        yield made


def stage(what: str, environment: dict[str, str], told: str = "") -> str:
    return run_stage("tests.crash_stage", what, environment=environment, told=told)


@dataclass
class Day:
    """What the clients share: where the server is, and what they were told."""

    port: int = 0
    acknowledged: list[str] = field(default_factory=list)
    changed: Condition = field(default_factory=Condition)
    over: Event = field(default_factory=Event)

    def acknowledge(self, barcode: str) -> None:
        with self.changed:
            self.acknowledged.append(barcode)
            self.changed.notify_all()

    def open(self, port: int) -> None:
        with self.changed:
            self.port = port
            self.changed.notify_all()

    def wait_for(self, loans: int, *, clients: "list[Desk]") -> None:
        """Until so many loans have been acknowledged. Raises what a client met."""
        with self.changed:
            while len(self.acknowledged) < loans:
                for client in clients:
                    if client.trouble is not None:
                        raise client.trouble
                self.changed.wait(timeout=1)

    def another_than(self, port: int) -> int:
        """The port of a server that is not the one at ``port``, when it has opened."""
        with self.changed:
            while self.port == port and not self.over.is_set():
                self.changed.wait(timeout=1)
            return self.port


class Desk(Thread):
    """A client that lends one item after another, and sends again what was lost."""

    def __init__(self, day: Day, told: dict[str, Any], *, cookies: str) -> None:
        super().__init__(daemon=True)
        self.day = day
        self.patron: int = told["patron"]
        self.barcodes: list[str] = told["barcodes"]
        self.headers = {
            "Cookie": cookies,
            "X-CSRFToken": CSRF,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.trouble: Exception | None = None
        self.sent_again = 0

    @override
    def run(self) -> None:
        try:
            for barcode in self.barcodes:
                self.lend(barcode, key=uuid4().hex)
        except Exception as trouble:  # noqa: BLE001 - told in the main thread
            self.trouble = trouble

    def lend(self, barcode: str, *, key: str) -> None:
        """Send the scan with its key until a server has acknowledged it."""
        scan = {"scan": barcode, "key": key, "mode": "checkout", "patron": self.patron}
        port = self.day.another_than(0)
        while not self.day.over.is_set():
            try:
                status = self.post(port, urlencode(scan))
            except (OSError, HTTPException):
                self.sent_again += 1
                port = self.day.another_than(port)
                continue
            if status != OK:
                message = f"{barcode} was answered with {status}"
                raise AssertionError(message)
            self.day.acknowledge(barcode)
            return

    def post(self, port: int, body: str) -> int:
        with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as line:
            line.request("POST", "/scan/", body, self.headers)
            answer = line.getresponse()
            answer.read()
            return answer.status


def kill(pid: int) -> None:
    """The whole group of processes, with no chance to put anything in order."""
    os.killpg(pid, signal.SIGKILL)


def test_killed_in_the_middle_of_the_day_nothing_is_lost_or_doubled(
    environment: dict[str, str],
) -> None:
    told = json.loads(stage("prepare", environment))
    day = Day()
    desks = [
        Desk(
            day,
            each,
            cookies=f"{told['cookie']}={each['session']}; {told['csrf_cookie']}={CSRF}",
        )
        for each in told["clients"]
    ]
    loans = sum(len(desk.barcodes) for desk in desks)
    with ExitStack() as processes:
        processes.callback(day.over.set)
        worker = processes.enter_context(process("work", environment=environment))
        server = processes.enter_context(running("staff", environment))
        for desk in desks:
            desk.start()
        day.open(server.port)

        day.wait_for(KILL_SERVER_AFTER, clients=desks)
        kill(server.pid)
        server = processes.enter_context(running("staff", environment))
        day.open(server.port)

        day.wait_for(KILL_WORKER_AFTER, clients=desks)
        kill(worker.pid)
        processes.enter_context(process("work", environment=environment))

        day.wait_for(loans, clients=desks)
        stage("settle", environment)

    assert sum(desk.sent_again for desk in desks) > 0, "nobody noticed the crash"
    stage("verify", environment, json.dumps(day.acknowledged))
