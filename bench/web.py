"""Pages through HTTP, against the real servers, one client and several."""

import http.client
import re
import threading
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bench.lending import busiest_library, pairs
from bench.measure import Figures, memory_of, timed
from kortisto.domain.catalogue.models import Record
from kortisto.domain.org.models import Grant, Role, Staff, Unit
from kortisto.testing.servers import Server, children, running

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
        yield Figures(
            "memory of the public process",
            memory_mb=_largest(server),
            target="≤ 200 MB a worker",
        )


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


def _largest(server: Server) -> float:
    """Memory of the largest process of a server, in MB."""
    return max(memory_of(pid) for pid in (server.pid, *children(server.pid)))


def _rate(name: str, server: Server, paths: Sequence[str], target: str) -> Figures:
    times: list[float] = []

    def client() -> None:
        times.extend(timed_paths(Browser(server.port), paths))

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = len(times) / (time.perf_counter() - started)
    return Figures(name, tuple(times), rate=rate, target=target)


def timed_paths(browser: Browser, paths: Sequence[str]) -> tuple[float, ...]:
    measured = []
    for path in paths:
        started = time.perf_counter()
        browser.get(path)
        measured.append((time.perf_counter() - started) * 1000)
    return tuple(measured)


def make_clerk(library: Unit) -> None:
    """A staff account for measuring, with the desk's ready role."""
    staff = Staff.objects.filter(username="bench").first()
    if staff is None:
        staff = Staff.objects.create_user(
            "bench", PASSWORD, full_name="Bench", home_library=library
        )
        role = Role.objects.get(code="lainausvirkailija")
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
        {"csrfmiddlewaretoken": _token(page), "library": str(library.pk), "sure": "1"},
    )
    _, page = browser.get("/desk/")
    return _token(page)


def _token(page: str) -> str:
    found = TOKEN.search(page)
    if found is None:
        message = "the page has no form"
        raise RuntimeError(message)
    return found.group(1)


def measure_desk() -> Iterator[Figures]:
    """A check-out as the desk sends it: one scan, the page's answer rendered."""
    library = busiest_library()
    make_clerk(library)
    work = pairs(library, 600, seed=3)
    with running("staff") as server:
        browser = Browser(server.port)
        token = logged_in(browser, library)
        counter = iter(range(10**9))

        def scan(text: str, **more: str) -> str:
            _, answer = browser.post(
                "/scan/",
                {
                    "csrfmiddlewaretoken": token,
                    "scan": text,
                    "key": f"bench-{time.time_ns()}-{next(counter)}",
                    **more,
                },
                HX_Request="true",
            )
            return answer

        card = work[0][0]
        scan(card)
        patron = re.search(r'name="patron" value="(\d+)"', browser.get("/desk/")[1])
        fields = {"mode": "checkout"}
        if patron is not None:
            fields["patron"] = patron.group(1)
        barcodes = [barcode for _card, barcode in work]
        timed(lambda code: scan(code, **fields), barcodes[:30])
        times = timed(lambda code: scan(code, **fields), barcodes[30:])
        yield Figures(
            "check-out by a scan at the desk (HTTP, rendered)",
            times,
            rate=len(times) / sum(times) * 1000,
        )
        yield Figures(
            "memory of the staff process",
            memory_mb=_largest(server),
            target="≤ 200 MB a worker",
        )
