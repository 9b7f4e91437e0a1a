"""The real service over its real socket, as the sites meet it."""

import json
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from kortisto.adapters.identity_vault.client import VaultClient, _UnixConnection
from kortisto.adapters.identity_vault.tests.conftest import Installation
from kortisto.core.failures import AdapterError
from kortisto.testing.identity_codes import new_code
from kortisto.vault.signing import signed_headers, signing_key

ACTOR = "staff:12"


def credentials(where: Installation, account: str) -> tuple[str, bytes]:
    name, secret = (where.folder / f"{account}.secret").read_text().split()
    return name, signing_key(secret)


def post(
    where: Installation, path: str, body: bytes, headers: dict[str, str]
) -> tuple[int, bytes]:
    connection: HTTPConnection = _UnixConnection(str(where.socket), 3.0)
    with closing(connection):
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        return response.status, response.read()


def signed(where: Installation, account: str, path: str, body: bytes) -> dict[str, str]:
    name, key = credentials(where, account)
    return dict(signed_headers(name, key, path, body, now=time.time()))


def test_the_socket_is_for_its_owner_only(served: Installation) -> None:
    assert served.socket.stat().st_mode & 0o777 == 0o600


def test_a_request_is_answered_once_and_its_copy_refused(served: Installation) -> None:
    body = json.dumps({"code": new_code()}).encode()
    headers = signed(served, "desk", "/find", body)

    assert post(served, "/find", body, headers) == (200, b'{"key": null}')
    assert post(served, "/find", body, headers) == (401, b"{}")


def test_an_altered_request_is_refused_and_keeps_nothing(served: Installation) -> None:
    code, other = new_code(), new_code()
    body = json.dumps({"code": code, "actor": ACTOR}).encode()
    headers = signed(served, "desk", "/reserve", body)
    altered = body.replace(code.encode(), other.encode())

    assert post(served, "/reserve", altered, headers) == (401, b"{}")
    assert served.client().find(other) is None


@pytest.mark.parametrize(
    ("account", "path", "body", "status"),
    [
        ("billing", "/find", b'{"code": "170580-900X"}', 403),
        ("desk", "/resolve", b'{"key": ""}', 403),
        ("desk", "/everything", b"{}", 404),
        ("desk", "/find", b"{", 400),
        ("desk", "/find", b"[]", 400),
        ("desk", "/find", b'{"code": "\xff"}', 400),
        ("desk", "/find", b"x" * 70_000, 413),
    ],
)
def test_what_cannot_be_answered_is_refused_with_nothing_said(
    account: str, path: str, body: bytes, status: int, served: Installation
) -> None:
    headers = signed(served, account, path, body)
    assert post(served, path, body, headers) == (status, b"{}")


def test_a_request_without_a_signature_is_refused(served: Installation) -> None:
    assert post(served, "/ping", b"{}", {}) == (401, b"{}")


def test_ten_desks_at_once_get_one_key_for_one_new_code(served: Installation) -> None:
    for _ in range(3):
        code, together = new_code(), threading.Barrier(10)

        def bring(_desk: int, code: str = code, together: Any = together) -> str:
            together.wait()
            return served.client().reserve(code, actor=ACTOR).key

        with ThreadPoolExecutor(10) as desks:
            assert len(set(desks.map(bring, range(10)))) == 1


def test_a_client_that_says_nothing_holds_up_nobody(served: Installation) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(str(served.socket))
        silent.sendall(b"POST /ping HTTP/1.1\r\n")
        served.client().ping()


def test_neither_disk_nor_log_holds_a_code(served: Installation) -> None:
    codes = [new_code() for _ in range(20)]
    client = served.client()
    for code in codes:
        key = client.reserve(code, actor=ACTOR).key
        assert client.resolve(key, actor=ACTOR, reason="Lasku") == code
        bad = json.dumps({"code": code, "actor": code}).encode()
        headers = signed(served, "desk", "/reserve", bad)
        assert post(served, "/reserve", bad, headers)[0] == 400
        assert post(served, f"/{code}", b"{}", {})[0] == 401

    files = [path for path in served.folder.rglob("*") if path.is_file()]
    assert {"vault.sqlite3", "log", "vault.key"} <= {path.name for path in files}
    held = b"".join(path.read_bytes() for path in files)
    with closing(sqlite3.connect(served.folder / "vault" / "vault.sqlite3")) as plain:
        resolves = plain.execute("SELECT count(*) FROM log WHERE what = 'resolve'")
        assert resolves.fetchone()[0] >= len(codes)
    for code in codes:
        assert code.encode() not in held


def test_a_second_service_over_the_same_vault_does_not_start(
    served: Installation,
) -> None:
    assert served.run("serve") == 2
    assert "served already" in served.log.read_text()
    served.client().ping()


def test_a_key_is_kept_when_the_service_is_killed(own: Installation) -> None:
    """SIGKILL, and started again over what it left: its socket, its lock."""
    code = new_code()
    with own.serving() as running:
        key = own.client().reserve(code, actor=ACTOR).key
        running.send_signal(signal.SIGKILL)
        running.wait()
        with pytest.raises(AdapterError) as failed:
            own.client().find(code)
        assert not failed.value.permanent
    assert own.socket.exists()

    with own.serving():
        assert own.client().find(code) == key
        resolved = own.client().resolve(key, actor=ACTOR, reason="Lasku")
        assert resolved == code
    assert not own.socket.exists()


def test_the_key_is_rotated_while_the_service_runs(own: Installation) -> None:
    with own.serving():
        client, codes = own.client(), [new_code() for _ in range(30)]
        keys = [client.reserve(code, actor=ACTOR).key for code in codes]

        assert own.run("rotate") == 0

        later = new_code()
        keys.append(client.reserve(later, actor=ACTOR).key)
        found = [client.resolve(k, actor=ACTOR, reason="Lasku") for k in keys]
        assert found == [*codes, later]


def test_an_account_that_is_removed_is_let_in_no_more(own: Installation) -> None:
    with own.serving():
        client = own.client()
        client.ping()
        assert own.run("accounts", "remove", "desk") == 0
        with pytest.raises(AdapterError, match="does not accept the account") as failed:
            client.ping()
        assert failed.value.permanent


def test_an_account_that_asks_too_often_is_told_to_wait(own: Installation) -> None:
    with own.serving("--finds-per-minute", "2"):
        client = own.client()
        for _ in range(2):
            client.find(new_code())
        with pytest.raises(AdapterError, match="too often") as failed:
            client.find(new_code())
        assert not failed.value.permanent
        assert failed.value.retry_after is not None
        assert 0 < failed.value.retry_after <= 60


@contextmanager
def a_server_that(
    answer: Callable[[socket.socket], None], path: Path
) -> Iterator[None]:
    """Something at the socket's place that is no vault."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()

        def once() -> None:
            with server.accept()[0] as caller:
                answer(caller)

        thread = threading.Thread(target=once)
        thread.start()
        yield
        thread.join()


def says_nothing(caller: socket.socket) -> None:
    while caller.recv(4096):
        pass


def says(answer: bytes) -> Callable[[socket.socket], None]:
    def say(caller: socket.socket) -> None:
        request, length = caller.makefile("rb"), 0
        while line := request.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        request.read(length)  # all of it: else the sender meets a closed door
        caller.sendall(answer)

    return say


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [
        (says_nothing, False),
        (says(b""), False),
        (says(b"HTTP/1.0 500 x\r\nContent-Length: 2\r\n\r\n{}"), False),
        (says(b"HTTP/1.0 200 x\r\nContent-Length: 9\r\n\r\n{}"), False),
        (says(b"HTTP/1.0 400 x\r\nContent-Length: 2\r\n\r\n{}"), True),
        (says(b"HTTP/1.0 200 x\r\nContent-Length: 1\r\n\r\n{"), True),
    ],
)
def test_every_failure_says_whether_to_try_again_and_never_what_was_asked(
    answer: Callable[[socket.socket], None],
    permanent: bool,  # noqa: FBT001
    tmp_path: Path,
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"desk {'0' * 64}")
    client = VaultClient(f"unix:{tmp_path}/s", {"desk": secret}, patience=0.3)
    code = new_code()

    with a_server_that(answer, tmp_path / "s"), pytest.raises(AdapterError) as failed:
        client.reserve(code, actor=ACTOR)

    assert failed.value.permanent is permanent
    assert code not in str(failed.value)


def test_no_service_is_a_passing_trouble_and_no_account_a_lasting_one(
    tmp_path: Path,
) -> None:
    secret = tmp_path / "secret"
    client = VaultClient(f"unix:{tmp_path}/s", {"desk": secret})
    with pytest.raises(AdapterError, match="cannot be read") as failed:
        client.ping()
    assert (failed.value.permanent, client.is_set_up) == (True, False)

    secret.write_text(f"desk {'0' * 64}")
    with pytest.raises(AdapterError, match="FileNotFoundError") as failed:
        client.ping()
    assert (failed.value.permanent, client.is_set_up) == (False, True)
    with pytest.raises(AdapterError, match="no billing account"):
        client.resolve("0" * 32, actor=ACTOR, reason="Lasku")


@pytest.mark.parametrize("url", ["http://vault.example", "vault.sock", "https://"])
def test_codes_travel_by_a_socket_or_by_tls_only(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="unix:/path or https"):
        VaultClient(url, {})
