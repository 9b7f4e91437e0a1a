"""Listen on one port: the change service, the single query, and ``/control``.

    POST /control/happen    {"what": "moved", "code": "..."}: see register.HAPPENINGS
    POST /control/misbehave {"how": "slow", "times": 1, "seconds": 3}: see MISBEHAVIOURS
    POST /control/feed      {"page": 2, "repeats": true}
    GET  /control/people

The control address has no password: it listens on this machine alone by default.
"""

import json
import re
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any, Final

from lxml import etree
from typing_extensions import override

from kortisto.simulators.population_register import wire
from kortisto.simulators.population_register.register import (
    FIRST_KEY,
    NoSuchPerson,
    Register,
)

USER: Final = "kirjasto"
PASSWORD: Final = "salasana"  # noqa: S105 - of a game
MISBEHAVIOURS: Final = (
    "slow",
    "dripping",
    "busy",
    "broken",
    "wrong-password",
    "malformed",
)
LARGEST: Final = 1_000_000  # bytes of a request
NOTHING_READABLE: Final = b'{"muutokset": [{"henk'
FIELDS: Final = (
    "SoSoNimi",
    "Kayttajatunnus",
    "Salasana",
    "Loppukayttaja",
    "Henkilotunnus",
)


@dataclass
class Mood:
    """How the service behaves for the next requests; ``times`` -1: until told."""

    how: str = ""
    times: int = 0
    seconds: float = 0.0
    lock: Lock = field(default_factory=Lock)

    def take(self) -> str:
        with self.lock:
            if not self.how or self.times == 0:
                return ""
            self.times -= 1
            return self.how

    def become(self, how: str, times: int, seconds: float) -> None:
        with self.lock:
            self.how, self.times, self.seconds = how, times, seconds


@dataclass
class Simulator:
    """One register and its mood; what was asked is kept for tests."""

    register: Register
    mood: Mood = field(default_factory=Mood)
    asked: list[str] = field(default_factory=list)
    codes_asked: list[str] = field(default_factory=list)
    end_users: list[str] = field(default_factory=list)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], simulator: Simulator) -> None:
        super().__init__(address, Handler)
        self.simulator = simulator


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Requests are about people: nothing is logged."""

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self._answer(self.rfile.read(min(length, LARGEST)))

    def _answer(self, body: bytes) -> None:
        if self.path.startswith("/control/"):
            self._control(body)
            return
        simulator = self.server.simulator
        simulator.asked.append(f"{self.command} {self.path}")
        if not self._misbehaves(simulator.mood):
            self._serve(body)

    def _serve(self, body: bytes) -> None:
        for pattern, answer in ROUTES:
            found = re.fullmatch(pattern, f"{self.command} {self.path}")
            if found:
                answer(self, body, **found.groupdict())
                return
        self._send(HTTPStatus.NOT_FOUND, b"{}")

    def _misbehaves(self, mood: Mood) -> bool:
        """Whether this request got its answer already."""
        match mood.take():
            case "busy":
                headers = {"Retry-After": f"{mood.seconds:g}"}
                self._send(HTTPStatus.TOO_MANY_REQUESTS, b"{}", headers)
            case "broken":
                self._send(HTTPStatus.INTERNAL_SERVER_ERROR, b"<html>oops</html>")
            case "wrong-password":
                self._send(HTTPStatus.UNAUTHORIZED, b"{}")
            case "malformed":
                self._send(HTTPStatus.OK, NOTHING_READABLE)
            case "dripping":
                self._drip(mood.seconds)
            case "slow":
                time.sleep(mood.seconds)
                return False
            case _:
                return False
        return True

    def _drip(self, pause: float) -> None:
        """A byte now and then, for as long as somebody listens."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        try:
            for _ in range(1000):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(pause)
        except OSError:
            self.close_connection = True

    def _signed_in(self) -> bool:
        basic = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        mutp = (self.headers.get("MUTP-Tunnus"), self.headers.get("MUTP-Salasana"))
        if (
            mutp == (USER, PASSWORD)
            or self.headers.get("Authorization") == f"Basic {basic}"
        ):
            return True
        self._send(HTTPStatus.UNAUTHORIZED, b"{}")
        return False

    def first_key(self, _body: bytes, *, day: str) -> None:
        """Every day begins with the first key: the log of the simulator is short."""
        del day
        if self._signed_in():
            self._json({"viimeisinKirjausavain": FIRST_KEY})

    def changes(self, body: bytes) -> None:
        if not self._signed_in():
            return
        asked = json.loads(body)
        self.server.simulator.codes_asked.extend(asked["hetulista"])
        key, told, up_to_date = self.server.simulator.register.changes(
            int(asked["viimeisinKirjausavain"]), list(asked["hetulista"])
        )
        changes = [
            {
                "henkilotunnus": one.code,
                "muutospv": "2027-03-01T03:00:00.000Z",
                "tietoryhmat": one.groups,
            }
            for one in told
        ]
        self._json(
            {
                "viimeisinKirjausavain": key,
                "ajanTasalla": up_to_date,
                "muutokset": changes,
            }
        )

    def base_data(self, body: bytes) -> None:
        if not self._signed_in():
            return
        register = self.server.simulator.register
        codes = json.loads(body)["hetulista"]
        self.server.simulator.codes_asked.extend(codes)
        found = [one for code in codes if (one := register.find(code)) is not None]
        self._json(
            {
                "perustiedot": [
                    {
                        "henkilotunnus": one.code,
                        "tietoryhmat": wire.groups_of(one, register.people),
                    }
                    for one in found
                ]
            }
        )

    def query(self, body: bytes) -> None:
        """The single query. A wrong password is a Fault, as the real one says it."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        top = etree.fromstring(body, parser)
        asked = {
            name: top.findtext(f".//{{http://tempuri.org/}}{name}") or ""
            for name in FIELDS
        }
        if (asked["Kayttajatunnus"], asked["Salasana"]) != (USER, PASSWORD):
            said = wire.fault("Client", "Käyttäjätunnus tai salasana on väärä")
            self._xml(HTTPStatus.INTERNAL_SERVER_ERROR, said)
            return
        simulator = self.server.simulator
        simulator.end_users.append(asked["Loppukayttaja"])
        found = simulator.register.find(asked["Henkilotunnus"])
        outcome = "0001" if found is None else "0000"
        if found is not None and found.code != asked["Henkilotunnus"]:
            outcome = "0002"
        people = simulator.register.people
        self._xml(HTTPStatus.OK, wire.answer(outcome, asked["SoSoNimi"], found, people))

    def _control(self, body: bytes) -> None:
        try:
            given = json.loads(body or b"{}")
            said = CONTROLS[f"{self.command} {self.path}"](self.server.simulator, given)
        except (ValueError, KeyError, NoSuchPerson) as error:
            text = {"trouble": f"{type(error).__name__}: {error}"}
            self._json(text, HTTPStatus.BAD_REQUEST)
        else:
            self._json(said)

    def _json(self, said: Any, status: HTTPStatus = HTTPStatus.OK) -> None:
        body = json.dumps(said, ensure_ascii=False).encode()
        self._send(status, body, {"Content-Type": "application/json"})

    def _xml(self, status: HTTPStatus, text: str) -> None:
        self._send(status, text.encode(), {"Content-Type": "text/xml; charset=utf-8"})

    def _send(
        self, status: HTTPStatus, body: bytes, headers: Mapping[str, str] | None = None
    ) -> None:
        try:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:  # the client has gone away
            self.close_connection = True


def _people(simulator: Simulator, _: Mapping[str, Any]) -> Any:
    return [
        {
            "code": one.code,
            "surname": one.surname,
            "first_names": one.first_names,
            "language": one.language,
            "protected": one.protected,
            "died_on": one.died_on and one.died_on.isoformat(),
            "guardians": one.guardians,
        }
        for one in simulator.register.people.values()
    ]


def _happen(simulator: Simulator, given: Mapping[str, Any]) -> Any:
    key = simulator.register.happen(given["what"], given["code"], given)
    return {"key": key}


def _misbehave(simulator: Simulator, given: Mapping[str, Any]) -> Any:
    how = str(given.get("how") or "")
    if how and how not in MISBEHAVIOURS:
        message = f"choose one of {', '.join(MISBEHAVIOURS)}"
        raise ValueError(message)
    times, seconds = int(given.get("times", -1)), float(given.get("seconds", 1))
    simulator.mood.become(how, times, seconds)
    return {"how": how}


def _feed(simulator: Simulator, given: Mapping[str, Any]) -> Any:
    register = simulator.register
    register.page = max(1, int(given.get("page", register.page)))
    register.repeats = bool(given.get("repeats", register.repeats))
    return {"page": register.page, "repeats": register.repeats}


CONTROLS: Final[dict[str, Callable[[Simulator, Mapping[str, Any]], Any]]] = {
    "GET /control/people": _people,
    "POST /control/happen": _happen,
    "POST /control/misbehave": _misbehave,
    "POST /control/feed": _feed,
}
ROUTES: Final[tuple[tuple[str, Callable[..., None]], ...]] = (
    (r"GET /api/v1/kirjausavain/(?P<day>\d{4}-\d\d-\d\d)", Handler.first_key),
    (r"POST /api/v1/muutokset", Handler.changes),
    (r"POST /api/v1/perustiedot", Handler.base_data),
    (r"POST /query", Handler.query),
)
