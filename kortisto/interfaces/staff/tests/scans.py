"""Scan as a page does: with the hidden fields that the last answer gave."""

import re
from dataclasses import dataclass, field
from itertools import count

from django.test import Client

FIELDS = re.compile(r'<div id="scan-fields".*?</div>', re.S)
FIELD = re.compile(r'name="(\w+)" value="([^"]*)"')

_keys = count(1)


@dataclass
class Scanner:
    """A browser at one page. ``text`` is the last answer, ``status`` its status."""

    client: Client
    at: str = "/desk/"
    fields: dict[str, str] = field(default_factory=dict)
    text: str = ""
    status: int = 0
    went_to: str = ""

    def __post_init__(self) -> None:
        self._read(self.client.get(self.at).content.decode())

    def scan(self, text: str, *, key: str | None = None) -> str:
        sent = {"scan": text, "key": key or f"key-{next(_keys)}", **self.fields}
        return self.post("/scan/", **sent)

    def post(self, url: str, **sent: object) -> str:
        answer = self.client.post(url, sent, headers={"HX-Request": "true"})
        self.status = answer.status_code
        self.went_to = answer.headers.get("HX-Location", "")
        self.text = answer.content.decode()
        self._read(self.text)
        return self.text

    def _read(self, text: str) -> None:
        found = FIELDS.search(text)
        if found is not None:
            self.fields = dict(FIELD.findall(found.group()))
