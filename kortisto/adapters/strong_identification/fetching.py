"""Ask the provider for JSON. What was sent or answered never gets into an error."""

import json
import ssl
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from kortisto.core.failures import AdapterError

LARGEST: Final = 1024 * 1024  # bytes of one answer
NAMED: Final = "the identification service"


def fetch_json(
    url: str,
    *,
    timeout: float,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The object that an address answers with; POST when there is a form."""
    parts = urlsplit(url)
    target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    body = None if form is None else urlencode(form).encode()
    sent = {"Accept": "application/json", **(headers or {})}
    if form is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    line = _line(parts.scheme, parts.hostname or "", parts.port, timeout=timeout)
    try:
        line.request("GET" if form is None else "POST", target, body=body, headers=sent)
        answer = line.getresponse()
        status, text = answer.status, answer.read(LARGEST + 1)
    except ssl.SSLCertVerificationError as error:
        message = f"the certificate of {NAMED} is not to be trusted"
        raise AdapterError(message, permanent=True) from error
    except (OSError, HTTPException) as error:
        message = f"{NAMED} cannot be reached: {type(error).__name__}"
        raise AdapterError(message, permanent=False) from error
    finally:
        line.close()
    if status != HTTPStatus.OK:
        message = f"{NAMED} answered {status}"
        raise AdapterError(message, permanent=status < HTTPStatus.INTERNAL_SERVER_ERROR)
    return _object(text)


def _line(
    scheme: str, host: str, port: int | None, *, timeout: float
) -> HTTPConnection:
    """Plain HTTP is for a simulator on this machine only."""
    if scheme == "https" and host:
        trust = ssl.create_default_context()
        return HTTPSConnection(host, port, timeout=timeout, context=trust)
    if scheme == "http" and host in {"localhost", "127.0.0.1", "::1"}:
        return HTTPConnection(host, port, timeout=timeout)
    message = f"the address of {NAMED} is not one of https"
    raise AdapterError(message, permanent=True)


def _object(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text) if len(text) <= LARGEST else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        message = f"{NAMED} answered what cannot be read"
        raise AdapterError(message, permanent=True)
    return found
