"""Its pages and services: choose whom to be, and the four addresses of the standard."""

import json
from base64 import b64decode
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from typing_extensions import override

from kortisto.simulators.identification.provider import (
    CLIENT,
    Asked,
    Provider,
    Refused,
)
from kortisto.simulators.identification.tokens import as_jwk

LARGEST: Final = 100_000  # bytes of a request
HIDDEN: Final = ("redirect_uri", "state", "nonce", "code_challenge")
PAGE: Final = """<!doctype html><html lang="fi"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Tunnistautuminen</title>
<style>body{{font:1rem/1.5 sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;
color-scheme:light dark}}button{{font:inherit;padding:.4rem .8rem;margin:.2rem 0;
inline-size:100%;text-align:start}}</style><h1>Tunnistautuminen (simulaattori)</h1>
<p>Keksittyjä ihmisiä: valitse, kuka olet.</p><form method="post" action="/choose">
{hidden}{people}<button name="code" value="">Peruuta</button></form></html>"""


class Server(ThreadingHTTPServer):
    def __init__(self, address: tuple[str, int], provider: Provider) -> None:
        super().__init__(address, Handler)
        self.provider = provider
        if not provider.issuer:
            provider.issuer = f"http://{address[0]}:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Addresses tell who has chosen to be whom."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        issuer = self.server.provider.issuer
        if parts.path == "/.well-known/openid-configuration":
            self._json(
                {
                    "issuer": issuer,
                    "authorization_endpoint": f"{issuer}/authorize",
                    "token_endpoint": f"{issuer}/token",
                    "jwks_uri": f"{issuer}/jwks",
                    "response_types_supported": ["code"],
                    "code_challenge_methods_supported": ["S256"],
                    "id_token_signing_alg_values_supported": ["RS256"],
                }
            )
        elif parts.path == "/jwks":
            key = self.server.provider.key.public_key()
            self._json({"keys": [as_jwk(key)]})
        elif parts.path == "/authorize":
            self._choose(dict(parse_qsl(parts.query)))
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        size = min(int(self.headers.get("Content-Length", "0")), LARGEST)
        form = dict(parse_qsl(self.rfile.read(size).decode(), keep_blank_values=True))
        if self.path == "/choose":
            self._chosen(form)
        elif self.path == "/token":
            self._token(form)
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _choose(self, asked: dict[str, str]) -> None:
        if asked.get("client_id") != CLIENT or asked.get("response_type") != "code":
            self.send_error(HTTPStatus.BAD_REQUEST)
            return
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{escape(asked.get(name, ""))}">'
            for name in HIDDEN
        )
        people = "".join(
            f'<button name="code" value="{escape(one.code)}">{escape(one.first_names)} '
            f"{escape(one.surname)}, {escape(one.code)}</button>"
            for one in self.server.provider.people
        )
        page = PAGE.format(hidden=hidden, people=people).encode()
        self._send(HTTPStatus.OK, page, {"Content-Type": "text/html; charset=utf-8"})

    def _chosen(self, form: dict[str, str]) -> None:
        provider = self.server.provider
        asked = Asked(*(form[name] for name in HIDDEN))
        told = {"state": asked.state, "iss": provider.issuer}
        if form.get("code"):
            told["code"] = provider.chosen(asked, form["code"])
        else:
            told["error"] = "access_denied"
        back = {"Location": f"{asked.redirect_uri}?{urlencode(told)}"}
        self._send(HTTPStatus.FOUND, b"", back)

    def _token(self, form: dict[str, str]) -> None:
        provider = self.server.provider
        if not provider.knows(self._basic(), form):
            self._json({"error": "invalid_client"}, HTTPStatus.UNAUTHORIZED)
            return
        try:
            token = provider.token_for(form)
        except Refused as refused:
            self._json({"error": str(refused)}, HTTPStatus.BAD_REQUEST)
            return
        self._json({"access_token": "-", "token_type": "Bearer", "id_token": token})

    def _basic(self) -> str:
        said = self.headers.get("Authorization", "").removeprefix("Basic ")
        return unquote(b64decode(said or b"").decode())

    def _json(self, said: Any, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._send(
            status, json.dumps(said).encode(), {"Content-Type": "application/json"}
        )

    def _send(self, status: HTTPStatus, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)
