"""The database is stopped: the door goes on, and hands over each attempt once.

Acceptance scenario 19, with real processes: a door over a PostgreSQL of its own.
"""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any, Final

import pytest

from kortisto.testing.servers import Server, process, running
from kortisto.testing.waiting import wait_until

ROOT: Final = Path(__file__).resolve().parents[1]
PATIENCE: Final = 60  # seconds
PROMPT: Final = 2.0  # seconds; a door that waits for the database takes longer

pytestmark = pytest.mark.slow


def _private_postgres() -> Any:
    path = str(ROOT / "scripts" / "private_postgres")
    loader = SourceFileLoader("private_postgres", path)
    spec = spec_from_loader("private_postgres", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture
def database() -> Iterator[Any]:
    """A server that can be stopped and started again."""
    module = _private_postgres()
    programs = module.binaries()
    if programs is None:
        message = "PostgreSQL is not installed"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    server = module.Server(programs)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def environment(database: Any, tmp_path: Path) -> Iterator[dict[str, str]]:
    made = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "kortisto.config.settings.worker",
        "KORTISTO_DATA_DIR": str(tmp_path),
        "KORTISTO_SECRET_KEY": "only-for-tests",
        "KORTISTO_DATABASE_URL": database.url,
        "KORTISTO_TEST_LOG": str(tmp_path / "log"),
    }
    with process("migrate", environment=made) as migrating:
        assert migrating.wait() == 0
    yield made
    sys.stdout.write((tmp_path / "log").read_text())  # shown when the test fails


def stage(environment: dict[str, str], *what: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.door_stage", *what],
        cwd=ROOT,
        env=environment,
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def ask(server: Server, told: dict[str, Any], card: str) -> tuple[str, float]:
    """What the door answers, and after how many seconds."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    headers = {"Authorization": f"Bearer {told['token']}", "Host": "localhost"}
    body = json.dumps({"card": card, "pin": told["pin"]})
    began = time.monotonic()
    connection.request("POST", "/door/v1/entries", body, headers)
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer["code"], time.monotonic() - began


def health(server: Server) -> dict[str, Any]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    connection.request("GET", "/door/v1/health", headers={"Host": "localhost"})
    told: dict[str, Any] = json.loads(connection.getresponse().read())
    connection.close()
    return told


def until(true: Callable[[], bool]) -> None:
    wait_until(true, otherwise="it did not come true")


def test_a_door_goes_on_without_the_database_and_delivers_each_attempt_once(
    database: Any, environment: dict[str, str], tmp_path: Path
) -> None:
    told = json.loads(stage(environment, "prepare"))
    banned, *others = told["cards"]
    log = tmp_path / "log"
    with running("door", environment) as server:
        until(lambda: health(server)["copy_age_seconds"] is not None)
        until(lambda: bool(health(server)["database"]))
        stage(environment, "ban", str(told["patron"]))
        assert ask(server, told, banned)[0] == "revoked"
        until(lambda: "revoked" in block_list(server, told))  # it is in the copy

        database._run("pg_ctl", "--pgdata=data", "--mode=immediate", "stop")
        answers = [ask(server, told, card) for card in (*others, told["child"], banned)]
    assert [code for code, _seconds in answers] == [
        *["granted"] * 3,
        "underage",
        "revoked",
    ]
    assert max(seconds for _code, seconds in answers) < PROMPT

    with running("door", environment) as server:  # started without the database
        assert ask(server, told, others[0])[0] == "granted"
        assert health(server)["database"] is False
        database._run("pg_ctl", "--pgdata=data", "--log=log", "--wait", "start")
        until(lambda: bool(health(server)["database"]))
        until(lambda: len(offline(environment)) > 0)
        until(lambda: sum(n for _code, n in offline(environment)) == 6)

    kept = json.loads(stage(environment, "verify"))
    assert offline(environment) == [("granted", 4), ("revoked", 1), ("underage", 1)]
    assert kept["events"] == sum(n for *_rest, n in kept["attempts"]) == 7
    assert not any(card in log.read_text() for card in told["cards"])
    assert told["pin"] not in log.read_text()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[dict[str, str]]:
    """An installation over one file, as most small ones are."""
    made = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("KORTISTO_")
    }
    made |= {
        "DJANGO_SETTINGS_MODULE": "kortisto.config.settings.worker",
        "KORTISTO_DATA_DIR": str(tmp_path),
        "KORTISTO_SECRET_KEY": "only-for-tests",
        "KORTISTO_TEST_LOG": str(tmp_path / "log"),
    }
    with process("migrate", environment=made) as migrating:
        assert migrating.wait() == 0
    yield made
    sys.stdout.write((tmp_path / "log").read_text())  # shown when the test fails


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Somebody else writes in the file and does not come to an end."""
    other = sqlite3.connect(file, isolation_level=None, timeout=60)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


def test_a_door_goes_on_while_the_file_of_the_database_is_locked_or_gone(
    sqlite: dict[str, str], tmp_path: Path
) -> None:
    told = json.loads(stage(sqlite, "prepare"))
    file, away = tmp_path / "kortisto.sqlite3", tmp_path / "taken-away"
    cards = told["cards"]
    with running("door", sqlite) as server:
        until(lambda: health(server)["copy_age_seconds"] is not None)
        with locked(file):
            answers = [ask(server, told, card) for card in (*cards, told["child"])]
        assert [code for code, _seconds in answers] == [*["granted"] * 4, "underage"]
        assert max(seconds for _code, seconds in answers) < PROMPT
        until(lambda: attempts(sqlite) == 5)

    file.rename(away)
    with running("door", sqlite) as server:
        answers = [ask(server, told, card) for card in (cards[0], told["child"])]
        assert [code for code, _seconds in answers] == ["granted", "underage"]
    away.rename(file)
    with running("door", sqlite):
        until(lambda: attempts(sqlite) == 7)

    kept = json.loads(stage(sqlite, "verify"))
    assert kept["events"] == 7  # nothing twice


def attempts(environment: dict[str, str]) -> int:
    """How many the database has, however they were decided."""
    kept = json.loads(stage(environment, "verify"))
    return sum(n for *_rest, n in kept["attempts"])


def offline(environment: dict[str, str]) -> list[tuple[str, int]]:
    """Attempts that were decided without the database, as it has them now."""
    kept = json.loads(stage(environment, "verify"))
    return [(code, n) for code, offline_, n in kept["attempts"] if offline_]


def block_list(server: Server, told: dict[str, Any]) -> str:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    headers = {"Authorization": f"Bearer {told['token']}", "Host": "localhost"}
    connection.request("GET", "/door/v1/block-list.csv", headers=headers)
    text = connection.getresponse().read().decode()
    connection.close()
    return text
