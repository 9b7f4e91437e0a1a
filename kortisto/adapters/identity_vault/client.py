"""Ask the identity vault: signed requests over its Unix socket, or over HTTPS.

One connection for each request: on a socket it costs microseconds, and a service that
was started again needs no mending. Nothing is tried twice here; who asks decides.
"""

import json
import socket
import ssl
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from typing_extensions import override

from kortisto.core.failures import AdapterError
from kortisto.domain.patrons.ports import KeptKey, Reservation
from kortisto.vault.signing import signed_headers, signing_key

UNIX: Final = "unix:"
PATIENCE: Final = 3.0  # seconds, for each step; a desk waits for it
DESK, BILLING = "desk", "billing"
LATER: Final = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
SAID: Final = {
    HTTPStatus.UNAUTHORIZED: "it does not accept the account, or the clocks differ",
    HTTPStatus.FORBIDDEN: "the account lacks the right",
    HTTPStatus.NOT_FOUND: "it does not have the key",
    HTTPStatus.TOO_MANY_REQUESTS: "it was asked too often",
}


class VaultClient:
    """Keeps ``IdentityVault``. ``secrets`` maps desk and billing to secret files."""

    def __init__(
        self,
        url: str,
        secrets: Mapping[str, Path],
        *,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._connect = _connector(url, patience)
        self._secrets = secrets
        self._clock = clock

    @property
    def is_set_up(self) -> bool:
        return DESK in self._secrets and self._secrets[DESK].exists()

    def reserve(self, code: str, *, actor: str) -> Reservation:
        said = self._ask("/reserve", {"code": code, "actor": actor})
        return Reservation(said["key"], known=said["known"])

    def confirm(self, keys: Collection[str]) -> None:
        self._ask("/confirm", {"keys": [*keys]})

    def drop(self, keys: Collection[str], *, actor: str, reason: str) -> frozenset[str]:
        asked = {"keys": [*keys], "actor": actor, "reason": reason}
        return frozenset(self._ask("/drop", asked)["keys"])

    def find(self, code: str) -> str | None:
        key: str | None = self._ask("/find", {"code": code})["key"]
        return key

    def resolve(self, key: str, *, actor: str, reason: str) -> str:
        asked = {"key": key, "actor": actor, "reason": reason}
        code: str = self._ask("/resolve", asked, account=BILLING)["code"]
        return code

    def unknown(self, keys: Collection[str]) -> frozenset[str]:
        return frozenset(self._ask("/unknown", {"keys": [*keys]})["keys"])

    def page(
        self, *, after: str = "", only_pending: bool = False
    ) -> tuple[KeptKey, ...]:
        said = self._ask("/page", {"after": after, "only_pending": only_pending})
        return tuple(KeptKey(key, pending) for key, pending in said["keys"])

    def ping(self) -> None:
        self._ask("/ping", {})

    def _ask(
        self, path: str, asked: Mapping[str, Any], *, account: str = DESK
    ) -> dict[str, Any]:
        """Raises AdapterError; its message never holds what was asked or answered."""
        status, wait, body = self._exchange(path, json.dumps(asked).encode(), account)
        if status != HTTPStatus.OK:
            why = SAID.get(status, f"it answered {status.value}")
            raise AdapterError(
                f"the identity vault refused {path}: {why}",
                permanent=status < HTTPStatus.INTERNAL_SERVER_ERROR
                and status not in LATER,
                retry_after=wait,
            )
        try:
            answer: dict[str, Any] = json.loads(body)
        except ValueError:
            message = f"the identity vault's answer to {path} is not JSON"
            raise AdapterError(message, permanent=True) from None
        return answer

    def _exchange(
        self, path: str, body: bytes, account: str
    ) -> tuple[HTTPStatus, float | None, bytes]:
        credentials = self._credentials(account)
        headers = signed_headers(
            credentials.name, credentials.key, path, body, now=self._clock()
        )
        connection = self._connect()
        try:
            connection.request("POST", path, body, dict(headers))
            response = connection.getresponse()
            wait = response.getheader("Retry-After") or ""
            answer = response.read()
        except (OSError, HTTPException) as error:
            message = f"the identity vault does not answer: {type(error).__name__}"
            raise AdapterError(message, permanent=False) from error
        finally:
            connection.close()
        seconds = float(wait) if wait.isdigit() else None
        return HTTPStatus(response.status), seconds, answer

    def _credentials(self, account: str) -> "_Credentials":
        """Read each time: an account that was made anew is used at once."""
        path = self._secrets.get(account)
        if path is None:
            message = f"this process has no {account} account of the identity vault"
            raise AdapterError(message, permanent=True)
        try:
            name, secret = path.read_text("ascii").split()
        except (OSError, ValueError) as error:
            message = f"the secret of the vault's {account} account cannot be read"
            raise AdapterError(message, permanent=True) from error
        return _Credentials(name, signing_key(secret))


@dataclass(frozen=True, slots=True)
class _Credentials:
    name: str
    key: bytes


class _UnixConnection(HTTPConnection):
    def __init__(self, path: str, patience: float) -> None:
        super().__init__("vault", timeout=patience)
        self._path = path

    @override
    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _connector(url: str, patience: float) -> Callable[[], HTTPConnection]:
    """Refuses an address over which codes would travel in the clear."""
    if url.startswith(UNIX):
        return lambda: _UnixConnection(url.removeprefix(UNIX), patience)
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.hostname is None:
        message = "KORTISTO_VAULT_URL must be unix:/path or https://host:port"
        raise ImproperlyConfigured(message)
    host, port = parts.hostname, parts.port
    context = ssl.create_default_context()
    return lambda: HTTPSConnection(host, port, timeout=patience, context=context)


def vault_of_the_settings() -> VaultClient:
    secrets = {account: Path(path) for account, path in settings.VAULT_SECRETS.items()}
    return VaultClient(settings.VAULT_URL, secrets)
