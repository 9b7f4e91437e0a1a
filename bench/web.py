"""Pages through HTTP, against the real servers, one client and several."""

import http.client
import re
import threading
import time
import urllib.parse
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from bench.lending import busiest_library, pairs
from bench.measure import Figures, memory_of, timed
from kortisto.core.permissions import all_permissions
from kortisto.domain.catalogue.models import Record
from kortisto.domain.org.models import Grant, Role, Staff, Unit
from kortisto.testing.servers import Server, children, running

PATRON = re.compile(r'name="patron" value="(\d+)"')
PAGES = {"checkout": "desk", "checkin": "checkin"}
VISITS, ITEMS_OF_A_VISIT, WARM_UP = 120, 5, 10
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
CLIENTS = 4
PASSWORD = "a password for measuring only"  # noqa: S105
WORDS = (
    "kissa", "sota", "historia", "rakkaus", "lapset", "musiikki", "talo", "meri",
    "kirja", "suomi", "waltari", "christie", "dekkari", "keittokirja", "koira",
    "sodan", "kissat", "järvi", "metsä", "matka",
)  # fmt: skip


@dataclass(slots=True)
class Browser:
    """A connection that is kept open, with its cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port)

    def get(self, path: str) -> tuple[int, str]:
        return self._ask("GET", path, None, {})

    def post(self, path: str, form: dict[str, str], **headers: str) -> tuple[int, str]:
        body = urllib.parse.urlencode(form)
        given = {"Content-Type": "application/x-www-form-urlencoded"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self._ask("POST", path, body, given)

    def _ask(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[int, str]:
        sent = {
            "Host": f"127.0.0.1:{self.port}",
            "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
            "Accept-Language": "fi",
            **headers,
        }
        self.connection.request(method, path, body, sent)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer.status, text


def measure_public() -> Iterator[Figures]:
    with running("public") as server:
        browser = Browser(server.port)
        searches = [f"/search/?q={urllib.parse.quote(word)}" for word in WORDS]
        timed(browser.get, searches)
        times = timed(browser.get, searches * 10)
        yield Figures("search page with facets", times, target="p95 ≤ 60 ms")
        two = [f"{first}+{urllib.parse.quote(WORDS[3])}" for first in searches]
        timed(browser.get, two)
        yield Figures("search page, two words", timed(browser.get, two * 5))
        yield _rate("search pages, four clients", server, searches * 5, "≥ 80 pages/s")
        yield from _records(browser)
        yield _memory("memory of a public worker", server)


def _records(browser: Browser) -> Iterator[Figures]:
    some = Record.objects.order_by("pk").values_list("pk", flat=True)[:200]
    paths = [f"/record/{pk}/" for pk in some]
    timed(browser.get, paths[:20])
    yield Figures("record page", timed(browser.get, paths))
    most = most_copied()
    path = f"/record/{most.pk}/"
    browser.get(path)
    yield Figures(
        f"record page with {most.items.count():,} items",
        timed(browser.get, [path] * 60),
        target="p95 ≤ 50 ms with 1,500 items",
    )


def most_copied() -> Record:
    from django.db.models import Count

    return Record.objects.annotate(n=Count("items")).order_by("-n", "pk")[0]


def _memory(name: str, server: Server) -> Figures:
    """Of the largest process of a server."""
    processes = (server.pid, *children(server.pid))
    largest = max(map(memory_of, processes), key=lambda memory: memory.own)
    return Figures(
        name,
        memory_mb=largest.own,
        target="≤ 200 MB a worker",
        note=f"and {largest.mapped:,.0f} MB of files that it reads in place",
    )


def _rate(name: str, server: Server, paths: Sequence[str], target: str) -> Figures:
    """Several clients at once, over every worker, after a round that warms them up."""
    _together(server, paths[: len(WORDS)])
    started = time.perf_counter()
    times = _together(server, paths)
    rate = len(times) / (time.perf_counter() - started)
    return Figures(name, tuple(times), rate=rate, target=target)


def _together(server: Server, paths: Sequence[str]) -> list[float]:
    times: list[float] = []

    def client() -> None:
        times.extend(timed_paths(Browser(server.port), paths))

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def timed_paths(browser: Browser, paths: Sequence[str]) -> tuple[float, ...]:
    measured = []
    for path in paths:
        started = time.perf_counter()
        browser.get(path)
        measured.append((time.perf_counter() - started) * 1000)
    return tuple(measured)


def make_clerk(library: Unit) -> None:
    """A staff account for measuring, that may do everything there."""
    every = sorted(permission.value for permission in all_permissions())
    role, _made = Role.objects.update_or_create(
        code="bench", defaults={"name_fi": "Bench", "permissions": every}
    )
    if not Staff.objects.filter(username="bench").exists():
        staff = Staff.objects.create_user(
            "bench", PASSWORD, full_name="Bench", home_library=library
        )
        Grant.objects.create(
            staff=staff, role=role, unit=library, starts_on="2000-01-01", given_by="b"
        )


def logged_in(browser: Browser, library: Unit) -> str:
    """Log in and choose the library; the CSRF token for later posts."""
    _, page = browser.get("/login/")
    token = _token(page)
    browser.post(
        "/login/",
        {"csrfmiddlewaretoken": token, "username": "bench", "password": PASSWORD},
    )
    _, page = browser.get("/workplace/")
    browser.post(
        "/workplace/",
        {"csrfmiddlewaretoken": _token(page), "place": str(library.pk)},
    )
    _, page = browser.get("/desk/")
    return _token(page)


def _token(page: str) -> str:
    found = TOKEN.search(page)
    if found is None:
        message = "the page has no form"
        raise RuntimeError(message)
    return found.group(1)


@dataclass(slots=True)
class Desk:
    """The staff desk in a browser: each scan has a key, as the page makes it."""

    browser: Browser
    token: str
    patron: str = ""
    refused: int = 0

    def scan(self, text: str, mode: str) -> str:
        form = {"csrfmiddlewaretoken": self.token, "scan": text, "mode": mode}
        form |= {"key": str(uuid.uuid4()), "patron": self.patron}
        page = f"http://127.0.0.1:{self.browser.port}/{PAGES[mode]}/"
        status, answer = self.browser.post(
            "/scan/", form, HX_Request="true", HX_Current_URL=page
        )
        self.refused += status == HTTPStatus.CONFLICT
        if status >= HTTPStatus.BAD_REQUEST and status != HTTPStatus.CONFLICT:
            message = f"the desk answered {status}"
            raise RuntimeError(message)
        return answer

    def open(self, card: str) -> None:
        """Scan a card, as the desk page shows the patron."""
        self.patron = ""
        found = PATRON.search(self.scan(card, "checkout"))
        self.patron = found.group(1) if found else ""


def measure_desk() -> Iterator[Figures]:
    """Visits as they come: a card, then some items; later all come back."""
    library = busiest_library()
    make_clerk(library)
    work = pairs(library, VISITS * ITEMS_OF_A_VISIT, seed=3)
    with running("staff") as server:
        browser = Browser(server.port)
        desk = Desk(browser, logged_in(browser, library))
        opened, lent = _visits(desk, work)
        yield Figures("a card at the desk: the patron is shown", opened)
        yield Figures(
            "check-out by a scan at the desk",
            lent,
            rate=len(lent) / sum(lent) * 1000,
            target="p95 ≤ 100 ms",
            note=f"page rendered; {desk.refused} of {len(work)} refused",
        )
        returned = timed(lambda pair: desk.scan(pair[1], "checkin"), work)
        yield Figures(
            "check-in by a scan at the desk",
            returned,
            rate=len(returned) / sum(returned) * 1000,
            target="p95 ≤ 100 ms",
        )
        yield _memory("memory of a staff worker", server)


def _visits(
    desk: Desk, work: Sequence[tuple[str, str]]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Times of opening patrons, and of lending to them; the first visits warm up."""
    opened: list[float] = []
    lent: list[float] = []
    for start in range(0, len(work), ITEMS_OF_A_VISIT):
        visit = work[start : start + ITEMS_OF_A_VISIT]
        opened += timed(desk.open, [visit[0][0]])
        lent += timed(
            lambda barcode: desk.scan(barcode, "checkout"),
            [barcode for _card, barcode in visit],
        )
    warm = WARM_UP * ITEMS_OF_A_VISIT
    return tuple(opened[WARM_UP:]), tuple(lent[warm:])
