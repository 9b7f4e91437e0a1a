"""Two pages over a folder of ``.eml`` files: all messages, and one of them."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from typing_extensions import override

MOST: Final = 100  # messages on the page
NAME: Final = re.compile(r"[0-9A-Za-z-]+\.eml")
LINK: Final = re.compile(r"https?://[^\s<>\"]+")
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
PAGE: Final = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{title}</title>
<style>body{{font:1rem/1.5 sans-serif;max-width:45rem;margin:2rem auto;padding:0 1rem;
color-scheme:light dark}}pre{{white-space:pre-wrap;font:inherit;overflow-wrap:anywhere}}
li{{margin:.75rem 0}}</style><h1>{title}</h1>{body}</html>"""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the folder."""

    name: str
    to: str
    subject: str
    text: str


def read(path: Path) -> Message:
    """What a file holds; a message without a plain text has none."""
    mail = message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(mail, EmailMessage)  # noqa: S101 - as the policy makes them
    part = mail.get_body(("plain",))
    text = "" if part is None else str(part.get_content())
    return Message(path.name, str(mail["To"]), str(mail["Subject"]), text)


def newest(folder: Path) -> list[Message]:
    """The newest first: names begin with the moment."""
    found = sorted(folder.glob("*.eml"), key=lambda path: path.name, reverse=True)
    return [read(path) for path in found[:MOST]]


class Mailbox(ThreadingHTTPServer):
    """Serves one folder, which need not be there yet."""

    def __init__(self, address: tuple[str, int], folder: Path) -> None:
        super().__init__(address, Handler)
        self.folder = folder


class Handler(BaseHTTPRequestHandler):
    server: Mailbox

    @override
    def log_message(self, format: str, *args: object) -> None:
        """The mailbox is quiet: addresses tell who asked for what."""

    def do_GET(self) -> None:
        name = self.path.strip("/")
        path = self.server.folder / name
        if not name:
            self._page("Mail of the demo", _listed(newest(self.server.folder)))
        elif NAME.fullmatch(name) and path.is_file():
            self._message(read(path))
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _message(self, message: Message) -> None:
        text = LINK.sub(r'<a href="\g<0>">\g<0></a>', escape(message.text))
        to = escape(message.to)
        body = f'<p>To: {to}</p><pre>{text}</pre><p><a href="/">All mail</a></p>'
        self._page(message.subject, body)

    def _page(self, title: str, body: str) -> None:
        page = PAGE.format(title=escape(title), body=body).encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(page)


def _listed(messages: list[Message]) -> str:
    if not messages:
        return "<p>No mail yet.</p>"
    rows = "".join(
        f'<li><a href="/{one.name}">{escape(one.subject)}</a><br>{escape(one.to)}</li>'
        for one in messages
    )
    return f"<ul>{rows}</ul>"
