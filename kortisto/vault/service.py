"""The door of the vault: HTTP over a Unix socket, answered by threads.

Codes travel in bodies only. No line of any log holds a body, and no answer repeats
what was sent.
"""

import fcntl
import json
import logging
import os
import signal
import socket
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from types import FrameType
from typing import IO, Any, Final

from typing_extensions import override

from kortisto.vault.accounts import Accounts, NotAuthentic
from kortisto.vault.limits import Limits, TooOften
from kortisto.vault.places import Places, VaultTrouble
from kortisto.vault.requests import BadRequest, NoSuchVerb, NotAllowed, Vault
from kortisto.vault.sealing import OWNER_ONLY, master_key
from kortisto.vault.signing import HEADERS
from kortisto.vault.store import Store, UnknownKey

logger = logging.getLogger(__name__)

LARGEST_BODY: Final = 64 * 1024
MOST_PASSED_OVER: Final = 1024 * 1024  # bytes
PATIENCE: Final = 5.0  # seconds for a client to send its request
SHARED: Final = 0o660  # of the socket, when a group may use it


class Service(ThreadingMixIn, UnixStreamServer):
    """One per database: a lock in the vault's folder sees to it."""

    request_queue_size = 64

    def __init__(
        self,
        places: Places,
        limits: Limits,
        *,
        clock: Callable[[], float] = time.time,
        group: int | None = None,
    ) -> None:
        master = master_key(places.key_file)
        self.clock = clock
        self.accounts = Accounts(places.database, master)
        self.vault = Vault(Store(places.database, master), limits)
        self._lock = _only_one(places)
        places.socket.parent.mkdir(parents=True, exist_ok=True)
        places.socket.unlink(missing_ok=True)  # left by one that was killed
        super().__init__(str(places.socket), _Handler)
        places.socket.chmod(OWNER_ONLY if group is None else SHARED)
        if group is not None:
            os.chown(places.socket, -1, group)
        self._socket = places.socket

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away in the middle, or was too slow, is nobody's fault."""
        logger.info("a client went away before it had its answer")

    @override
    def server_close(self) -> None:
        super().server_close()
        self._socket.unlink(missing_ok=True)
        self.vault.store.close()
        self.accounts.close()
        self._lock.close()

    def run_until_told(self) -> None:
        """Serve until SIGTERM or SIGINT; requests under way are answered."""

        def stop(_number: int, _frame: FrameType | None) -> None:
            threading.Thread(target=self.shutdown).start()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        with self:
            self.serve_forever(poll_interval=0.2)


def answers(path: Path) -> bool:
    """Whether somebody listens on the socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        with suppress(OSError):
            probe.connect(str(path))
            return True
    return False


class _Handler(BaseHTTPRequestHandler):
    server: Service
    timeout = PATIENCE

    def do_POST(self) -> None:
        now = int(self.server.clock())
        body = self._body()
        if body is None:
            self._send(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {})
            return
        try:
            self._send(HTTPStatus.OK, self._answer(body, now=now))
        except TooOften as refused:
            self._send(HTTPStatus.TOO_MANY_REQUESTS, {}, wait=refused.wait)
        except tuple(STATUSES) as refused:
            self._send(STATUSES[type(refused)], {})
        except OSError:
            raise  # the client went away
        except Exception as error:  # noqa: BLE001 (a thread's outermost frame)
            # Where it failed, and never what was sent.
            where = "".join(traceback.format_tb(error.__traceback__))
            logger.error("a request failed: %s\n%s", type(error).__name__, where)  # noqa: TRY400 (the message could hold a value)
            self._send(HTTPStatus.INTERNAL_SERVER_ERROR, {})

    def _answer(self, body: bytes, *, now: int) -> dict[str, Any]:
        headers = {name: self.headers.get(name, "") for name in HEADERS}
        by = self.server.accounts.sender(headers, self.path, body, now=now)
        try:
            asked = json.loads(body)
        except ValueError:
            raise BadRequest from None  # the error's own text could hold the body
        if not isinstance(asked, dict):
            raise BadRequest
        return self.server.vault.answer(self.path, by, asked, now=now)

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit():
            return None
        if int(length) > LARGEST_BODY:  # taken in, so that the sender hears the answer
            self.rfile.read(min(int(length), MOST_PASSED_OVER))
            return None
        return self.rfile.read(int(length))

    def _send(
        self, status: HTTPStatus, answer: dict[str, Any], *, wait: int | None = None
    ) -> None:
        body = json.dumps(answer).encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if wait is not None:
            self.send_header("Retry-After", str(wait))
        self.end_headers()
        self.wfile.write(body)

    @override
    def address_string(self) -> str:
        return "socket"

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: what is asked is in the vault's own log, and no more is kept."""


STATUSES: Final[dict[type[Exception], HTTPStatus]] = {
    NotAuthentic: HTTPStatus.UNAUTHORIZED,
    NotAllowed: HTTPStatus.FORBIDDEN,
    UnknownKey: HTTPStatus.NOT_FOUND,
    NoSuchVerb: HTTPStatus.NOT_FOUND,
    BadRequest: HTTPStatus.BAD_REQUEST,
}


def _only_one(places: Places) -> IO[str]:
    lock = places.lock.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        message = "the vault is served already"
        raise VaultTrouble(message) from None
    return lock
