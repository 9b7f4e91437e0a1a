"""The change service (VTJ-muutosrajapinta): who changed since, and what is true now.

The list of codes (``hetulista``) of a request for changes stays empty. With it the
service would tell only of people on the list, and so every identity code of the
register would leave the vault each night, which resolves codes for billing alone. A
municipality's permit covers its patrons as a whole: the service tells of everybody,
and what concerns none of our patrons is dropped at once, unread and unwritten. Only
codes that the service itself has just named are sent back, to ask what is true now.
"""

from base64 import b64encode
from collections.abc import Sequence
from datetime import date
from typing import Any, Final, TypeVar

import msgspec

from kortisto.adapters.population_register import payloads as p
from kortisto.adapters.population_register.connection import Connection, SignIn
from kortisto.adapters.population_register.mapping import change_of, person_of
from kortisto.adapters.population_register.sending import Sender
from kortisto.core.failures import AdapterError
from kortisto.domain.patrons.population import Changes, Person

A = TypeVar("A")

AT_ONCE: Final = 100  # people in one question


class ChangeService:
    """``url`` of the connection ends with ``/api/v1``."""

    def __init__(self, connection: Connection, sender: Sender) -> None:
        self._connection = connection
        self._sender = sender

    def key_of(self, day: date) -> int:
        answer = self._ask("GET", f"kirjausavain/{day.isoformat()}", p.KeyAnswer)
        return answer.viimeisin_kirjausavain

    def changes_since(self, key: int) -> Changes:
        body = p.asked(viimeisinKirjausavain=key, hetulista=[])
        answer = self._ask("POST", "muutokset", p.ChangesAnswer, body)
        if answer.viimeisin_kirjausavain < key:
            message = "the population register's key went backwards"
            raise AdapterError(message, permanent=True)
        if answer.viimeisin_kirjausavain == key and not answer.ajan_tasalla:
            message = "the population register's key stands still before the end"
            raise AdapterError(message, permanent=False)
        return Changes(
            key=answer.viimeisin_kirjausavain,
            changes=tuple(change_of(one) for one in answer.muutokset),
            up_to_date=answer.ajan_tasalla,
        )

    def persons(self, codes: Sequence[str]) -> tuple[Person, ...]:
        wanted = list(dict.fromkeys(codes))
        found: list[Person] = []
        for start in range(0, len(wanted), AT_ONCE):
            body = p.asked(hetulista=wanted[start : start + AT_ONCE])
            answer = self._ask("POST", "perustiedot", p.BaseAnswer, body)
            found.extend(person_of(one) for one in answer.perustiedot)
        return tuple(found)

    def _ask(
        self, method: str, path: str, kind: type[A], body: bytes | None = None
    ) -> A:
        address = f"{self._connection.url.rstrip('/')}/{path}"
        answer = self._sender.send(method, address, headers=self._headers(), body=body)
        try:
            return msgspec.json.decode(answer, type=kind)
        except msgspec.DecodeError:
            message = "the population register's answer cannot be read"
            raise AdapterError(message, permanent=False) from None

    def _headers(self) -> dict[str, str]:
        connection = self._connection
        headers: dict[str, Any] = {
            "Accept": "application/json",
            "Content-Type": "application/json",
        }
        if connection.xroad_client:
            headers["X-Road-Client"] = connection.xroad_client
        if connection.sign_in is SignIn.BASIC:
            pair = f"{connection.user}:{connection.password}".encode()
            headers["Authorization"] = f"Basic {b64encode(pair).decode('ascii')}"
        else:
            headers["MUTP-Tunnus"] = connection.user
            headers["MUTP-Salasana"] = connection.password
        return headers
