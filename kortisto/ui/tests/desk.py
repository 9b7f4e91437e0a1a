"""A desk without a library: the pattern page, and a scan end point that can fail."""

import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import parse_qs

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.translation import override
from typing_extensions import override as overrides

from kortisto.ui import shell
from kortisto.ui.patterns import pattern_context

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
ANSWER = (
    '<div class="outcome kind-ok" data-sound="ok" data-announce>'
    '<p class="outcome-word">Lent {scan}</p></div>'
    '<div id="scan-fields" hidden hx-swap-oob="true">'
    '<input type="hidden" name="patron" value="after-{scan}"></div>'
)


@dataclass
class Desk:
    """What the server answers, and every scan that it has taken."""

    address: str = ""
    answers: int = 200
    taken: list[dict[str, str]] = field(default_factory=list)

    @property
    def scans(self) -> list[str]:
        return [scan["scan"] for scan in self.taken]


def page(base: str, *, account: str = "Aino") -> str:
    frames = {
        "staff": shell.StaffShell(
            nav=[
                shell.NavItem(label="Desk", url="#desk", icon="desk", key="d"),
                shell.NavItem(label="Rules", url="#rules", icon="rules", key="r"),
            ],
            workplace=shell.Workplace(library="Ristiina", hue=3, letters="R"),
            account=shell.Account(name=account, log_out_url="/out/"),
            scan=shell.ScanBox(url="/scan/", fields={"patron": "none"}),
            commands=[shell.Command(label="Close the day", url="#close-the-day")],
            session_limit=shell.SessionLimit(
                seconds=1800, stay_url="/stay/", log_in_url="/login/"
            ),
            language_url="/language/",
        ).context(),
        "public": shell.PublicShell(
            search_url="/search/", log_in_url="/login/", language_url="/language/"
        ).context(),
    }
    request = RequestFactory().get(f"/{base}/")
    values = {**pattern_context(), **frames[base], "base": f"ui/{base}_base.html"}
    with override("en"):
        return render_to_string("ui/patterns.html", values, request)


def serve(desk: Desk) -> ThreadingHTTPServer:
    """A server on a free port; the caller runs it and shuts it down."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place, _, question = self.path.partition("?")
            if place.startswith("/static/"):
                found = finders.find(place.removeprefix("/static/"))
                if found is None:
                    return self.say(404, "")
                kind = guess_type(place)[0] or "text/plain"
                return self.say(200, Path(str(found)).read_text("utf-8"), kind=kind)
            account = parse_qs(question).get("account", ["Aino"])[0]
            return self.say(200, page(place.strip("/"), account=account))

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"] or 0)
            sent = parse_qs(self.rfile.read(length).decode(), keep_blank_values=True)
            if desk.answers != 200:
                return self.say(desk.answers, "")
            desk.taken.append({name: values[0] for name, values in sent.items()})
            return self.say(200, ANSWER.format(scan=sent["scan"][0]))

        def say(self, status: int, text: str, *, kind: str = "text/html") -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY)
            if status == 302:
                self.send_header("Location", "/login/")
            self.end_headers()
            self.wfile.write(body)

        @overrides
        def log_message(self, format: str, *args: object) -> None:
            """Requests are not news."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    desk.address = f"http://127.0.0.1:{server.server_address[1]}"
    return server


def waiting(stored: str | None) -> list[str]:
    """The scans that the browser still keeps, from what it has stored."""
    return [entry["scan"] for entry in json.loads(stored or "[]")]
