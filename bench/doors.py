"""A door's decision, from its question to its answer: with the database and without."""

import http.client
import json
import os
from collections.abc import Iterator, Sequence
from http import HTTPStatus

from django.utils import timezone

from bench.measure import Figures, timed
from kortisto.core.actors import job_actor
from kortisto.core.permissions import all_permissions
from kortisto.domain.entry.actions.devices import add_door
from kortisto.domain.org.models import Unit
from kortisto.domain.patrons.models import Card, Patron
from kortisto.domain.patrons.pin_hashes import hashed
from kortisto.testing.servers import Server, running
from kortisto.testing.waiting import wait_until

OPEN_LIBRARY = "MRA"
PIN = "2749"
DOORS, EACH, WARM_UP = 4, 100, 10  # a door may ask 120 times a minute
PATIENCE = 900  # seconds that the copy of everybody may take
TARGET = "p95 ≤ 200 ms"


def measure() -> Iterator[Figures]:
    """Different people at several doors, one after another."""
    cards = people_with_pins()
    tokens = new_doors()
    asked = [(tokens[n % DOORS], card) for n, card in enumerate(cards)]
    people = Patron.objects.count()
    with running("door") as server:
        seconds = wait_for_the_copy(server, tokens[0])
        yield Figures(
            f"the copy of {people:,} people for a door is made", (seconds * 1000,)
        )
        times = decisions(server, asked)
        yield Figures("a door decides", times, target=TARGET)
    with running("door", {**os.environ, **nowhere()}) as server:
        times = decisions(server, asked)
        yield Figures(
            "a door decides without the database",
            times,
            target=TARGET,
            note=f"from the copy, {people:,} people in it",
        )


def people_with_pins() -> Sequence[str]:
    """Cards of some people, each with a hash of its own."""
    cards = Card.objects.filter(active=True, patron__binned_at=None).order_by("-pk")
    chosen = list(cards.select_related("patron")[: DOORS * EACH])
    for card in chosen:
        card.patron.pin_hash = hashed(PIN)
    Patron.objects.bulk_update([card.patron for card in chosen], ["pin_hash"])
    return [card.number for card in chosen]


def new_doors() -> list[str]:
    """The secrets of doors that nobody has asked at yet."""
    library, now = Unit.objects.get(code=OPEN_LIBRARY), timezone.now()
    by = job_actor(*all_permissions())
    label = f"Mittausovi {now:%d.%m. %H.%M.%S}"
    return [
        add_door(library.pk, f"{label} ({n})", by=by, now=now)[1] for n in range(DOORS)
    ]


def nowhere() -> dict[str, str]:
    """A database that nobody answers for."""
    return {"KORTISTO_DATABASE_URL": "postgresql://nobody:x@127.0.0.1:9/nothing"}


def wait_for_the_copy(server: Server, token: str) -> float:
    """Seconds until the machine knows the newest door, which is copied last."""

    def is_known() -> bool:
        status, _answer = ask(server, "GET", "/door/v1/block-list.csv", token)
        return status == HTTPStatus.OK

    never = "the copy was never made"
    return wait_until(is_known, otherwise=never, patience=PATIENCE)


def decisions(server: Server, asked: Sequence[tuple[str, str]]) -> tuple[float, ...]:
    def decide(one: tuple[str, str]) -> None:
        token, card = one
        told = {"card": card, "pin": PIN}
        status, answer = ask(server, "POST", "/door/v1/entries", token, told)
        if status != HTTPStatus.OK or json.loads(answer)["code"] == "denied":
            message = f"the door answered {status}: {answer}"
            raise RuntimeError(message)

    return timed(decide, asked)[WARM_UP:]


def ask(
    server: Server, method: str, path: str, token: str, told: object = None
) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Host": "localhost"}
    body = None if told is None else json.dumps(told)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text
