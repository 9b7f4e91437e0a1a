"""Go through the addresses of a site as somebody, and note which marks were found."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.cookies import SimpleCookie
from typing import Any, Final
from urllib.parse import urlsplit

from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern
from typing_extensions import override

from kortisto.core.log_lines import LogLines
from tests.leak_marks import Marks, Secret
from tests.walk import OTHER_PLACES, QUERIES

NEAR: Final = (-1, 1)  # beside the stage's own ids are others' and nobody's
STRANGE: Final = ("10000000", str(10**30), "-1", "teksti", "1%00", "'")
BROKEN: Final = 500


class Heard(logging.Handler):
    """Keeps every line of the log, as a server writes it."""

    def __init__(self) -> None:
        super().__init__(level=logging.INFO)
        self.setFormatter(LogLines("%(name)s: %(message)s"))
        self.lines: list[str] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def listening() -> Iterator[list[str]]:
    """The lines that are written to the log meanwhile; nobody else hears them."""
    heard, root = Heard(), logging.getLogger()
    before, root.handlers = root.handlers, [heard]
    try:
        yield heard.lines
    finally:
        root.handlers = before


@dataclass(slots=True)
class Walk:
    """Somebody's way through a site. ``may_see`` says which secrets are theirs."""

    client: Client
    marks: Marks
    may_see: Callable[[Secret], bool]
    headers: Mapping[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)  # fields, rightly or not
    leaks: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    asked: int = 0

    def go(self, addresses: Iterable[str], body: Mapping[str, Any]) -> None:
        """GET and POST each address; nothing that they do is kept."""
        client, headers = self.client, dict(self.headers)
        for address in addresses:
            path = address.partition("?")[0]
            self._ask(f"GET {address}", partial(client.get, address, headers=headers))
            post = partial(client.post, path, dict(body), headers=headers)
            self._ask(f"POST {path}", post)

    def send(self, address: str, told: Mapping[str, str]) -> None:
        """POST something as JSON."""
        headers, kind = dict(self.headers), "application/json"
        post = partial(self.client.post, address, dict(told), kind, headers=headers)
        self._ask(f"POST {address} {dict(told)}", post)

    def _ask(self, what: str, ask: Callable[[], HttpResponseBase]) -> None:
        before = self.client.cookies.output()
        with listening() as heard, transaction.atomic():
            answer = ask()
            told = [*_everything(answer), *self._told_after(answer)]
            transaction.set_rollback(True)
        self._keep_session(before)
        self.asked += 1
        where = f"{what} ({answer.status_code})"
        if answer.status_code >= BROKEN:
            self.broken.append(f"{where}: {heard[-1:]}")
        for part in told:
            self._note(where, self.marks.in_bytes(part), self.may_see)
        logged = self.marks.in_text("\n".join(heard))
        self._note(f"the log of {where}", logged, lambda _secret: False)

    def _told_after(self, answer: HttpResponseBase) -> tuple[bytes, ...]:
        """What the next page tells of what was done; the session kept it."""
        place = urlsplit(answer.headers.get("Location", ""))
        if place.netloc or not place.path.startswith("/"):
            return ()
        return _everything(self.client.get(place.geturl(), headers=dict(self.headers)))

    def _keep_session(self, before: str) -> None:
        """Whoever was led out comes in again as before."""
        if self.client.cookies.output() != before:
            self.client.cookies = SimpleCookie()
            self.client.cookies.load(before.replace("Set-Cookie: ", ""))

    def _note(
        self, where: str, found: set[Secret], allowed: Callable[[Secret], bool]
    ) -> None:
        self.seen |= {one.field for one in found}
        self.leaks += [f"{where}: {one}" for one in found if not allowed(one)]


def _everything(answer: HttpResponseBase) -> tuple[bytes, bytes]:
    """The body; headers and cookies."""
    streamed = getattr(answer, "streaming_content", None)
    body = b"".join(streamed) if streamed is not None else answer.content  # type: ignore[attr-defined]
    beside = f"{dict(answer.items())}\n{answer.cookies.output()}"
    return bytes(body), beside.encode()


def addresses_of(
    patterns: Iterable[URLPattern], samples: Mapping[str, Any], *, strange: bool
) -> Iterator[str]:
    """Every address with the stage's own ids and those beside them.

    ``strange``: also with ids that nothing has.
    """
    for one in patterns:
        name, route = str(one.name), str(one.pattern)
        places = {
            place: samples[OTHER_PLACES.get((name, place), place)]
            for place in one.pattern.converters
        }
        for query in QUERIES.get(name, ("",)):
            ending = f"?{query.format_map(samples)}" if query else ""
            yield _address(route, places) + ending
        for place, value in places.items():
            for other in _others(value, strange=strange):
                yield _address(route, {**places, place: other})


def _others(value: Any, *, strange: bool) -> Iterator[str]:
    if isinstance(value, int):
        yield from (str(value + step) for step in NEAR if value + step > 0)
    if strange:
        yield from STRANGE


def _address(route: str, places: Mapping[str, Any]) -> str:
    path = route
    for place, value in places.items():
        (before, after) = path.split(f":{place}>", 1)
        path = f"{before[: before.rindex('<')]}{value}{after}"
    return f"/{path}"
