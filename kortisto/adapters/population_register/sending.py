"""Send one request and get the answer's bytes, or AdapterError with a plain reason.

Nothing that was sent or answered gets into an error: both are about people.
"""

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.client import (
    HTTPConnection,
    HTTPException,
    HTTPResponse,
    HTTPSConnection,
)
from typing import Final
from urllib.parse import urlsplit

from kortisto.adapters.population_register.connection import Connection
from kortisto.core.failures import AdapterError

LARGEST: Final = 64 * 1024 * 1024  # bytes of one answer
CHUNK: Final = 64 * 1024
LONGEST_WAIT: Final = 120.0  # seconds waited in all for one request, as told by 429
WAIT_UNTOLD: Final = 10.0  # seconds, when 429 does not say how long
REFUSED: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    retry_after: str


class Sender:
    """Requests by one connection. ``wait`` and ``clock`` are the machine's own."""

    def __init__(
        self,
        connection: Connection,
        *,
        wait: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connection = connection
        self._wait = wait
        self._clock = clock

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        accepts: tuple[int, ...] = (),
    ) -> bytes:
        """The body of an answer that went well, or whose status is among ``accepts``.

        Waits as long as the register tells with 429, at most ``LONGEST_WAIT`` in all.
        """
        waited = 0.0
        while True:
            answer = self._once(method, url, headers=headers, body=body)
            if answer.status != HTTPStatus.TOO_MANY_REQUESTS:
                return _body_of(answer, accepts)
            pause = _seconds(answer.retry_after)
            if waited + pause > LONGEST_WAIT:
                message = "the population register is busy and asks us to come later"
                raise AdapterError(message, permanent=False, retry_after=pause)
            self._wait(pause)
            waited += pause

    def _once(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        parts = urlsplit(url)
        target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        try:
            line = self._open(parts.scheme, parts.hostname or "", parts.port)
        except ValueError as error:
            message = "the address of the population register is not an address"
            raise AdapterError(message, permanent=True) from error
        try:
            line.request(method, target, body=body, headers=dict(headers))
            response = line.getresponse()
            return Answer(
                response.status,
                self._read(response),
                response.headers.get("Retry-After", ""),
            )
        except ssl.SSLCertVerificationError as error:
            message = "the population register's certificate is not to be trusted"
            raise AdapterError(message, permanent=True) from error
        except TimeoutError as error:
            message = "the population register did not answer in time"
            raise AdapterError(message, permanent=False) from error
        except (OSError, HTTPException) as error:
            message = (
                f"the population register cannot be reached: {type(error).__name__}"
            )
            raise AdapterError(message, permanent=False) from error
        finally:
            line.close()

    def _open(self, scheme: str, host: str, port: int | None) -> HTTPConnection:
        limit = self._connection.timeout
        if not host or scheme not in {"http", "https"}:
            message = "neither http nor https"
            raise ValueError(message)
        if scheme == "http":
            return HTTPConnection(host, port, timeout=limit)
        return HTTPSConnection(host, port, timeout=limit, context=self._trust())

    def _trust(self) -> ssl.SSLContext:
        """Certificates are always verified; more can be trusted, none fewer."""
        trust = ssl.create_default_context()
        if self._connection.ca_file:
            trust.load_verify_locations(self._connection.ca_file)
        if self._connection.client_file:
            trust.load_cert_chain(self._connection.client_file)
        return trust

    def _read(self, response: HTTPResponse) -> bytes:
        """All of it, unless it is too much or drips too slowly (TimeoutError)."""
        until = self._clock() + self._connection.patience
        parts: list[bytes] = []
        size = 0
        while chunk := response.read1(CHUNK):
            parts.append(chunk)
            size += len(chunk)
            if self._clock() > until:
                raise TimeoutError
            if size > LARGEST:
                message = "the population register's answer is too large"
                raise AdapterError(message, permanent=True)
        return b"".join(parts)


def _body_of(answer: Answer, accepts: tuple[int, ...]) -> bytes:
    if answer.status == HTTPStatus.OK or answer.status in accepts:
        return answer.body
    if answer.status in REFUSED:
        message = "the population register refuses our user name or password"
        raise AdapterError(message, permanent=True)
    message = f"the population register answered {answer.status}"
    broken = answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    raise AdapterError(message, permanent=not broken)


def _seconds(retry_after: str) -> float:
    """What ``Retry-After`` asks for: seconds, or a date; never less than nothing."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return WAIT_UNTOLD
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
