"""A crowded day: desks that work by HTTP and machines beside them, all at once.

Everybody takes what comes to hand of a few things, so that they meet. What they are
answered is counted, and how long it took.
"""

import json
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection
from threading import Thread
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

from typing_extensions import override

CSRF: Final = "c" * 32
HOLD_IN_LIST: Final = re.compile(r'name="hold" value="(\d+)"')
REFUSED: Final = "refused"
ANSWERS: Final = {
    HTTPStatus.OK: "done",
    HTTPStatus.FOUND: "done",
    HTTPStatus.CONFLICT: REFUSED,
}
PAUSE: Final = 0.1  # seconds between two scans, on average: a hand is not quicker
OFTEN: Final = {"check-out": 6, "check-in": 6, "place": 3, "cancel": 1, "pull list": 1}


@dataclass(frozen=True, slots=True)
class Stock:
    """What there is to lend, and to whom. All of it may be taken by everybody."""

    library: int
    barcodes: Sequence[str]
    records: Sequence[int]
    patrons: Sequence[int]
    cards: Sequence[str]


@dataclass(slots=True)
class Tally:
    """How often each thing was answered in each way, and its times in milliseconds."""

    answers: Counter[str] = field(default_factory=Counter)
    times: dict[str, list[float]] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    def add(self, what: str, answer: str, milliseconds: float) -> None:
        self.answers[f"{what}: {answer}"] += 1
        self.times.setdefault(what, []).append(milliseconds)

    def written(self) -> str:
        told = {name: getattr(self, name) for name in ("answers", "times", "troubles")}
        return json.dumps(told)

    @classmethod
    def read(cls, written: str) -> "Tally":
        told = json.loads(written)
        return cls(Counter(told["answers"]), told["times"], told["troubles"])

    def join(self, other: "Tally") -> None:
        self.answers += other.answers
        self.troubles += other.troubles
        for what, times in other.times.items():
            self.times.setdefault(what, []).extend(times)


class Desk(Thread):
    """Somebody at the staff site, at work until ``ends_at`` of the monotonic clock.

    ``cookies`` are those of a session that is at work; what is wrong ends up in
    ``tally.troubles`` and ends the work.
    """

    def __init__(
        self, port: int, stock: Stock, *, cookies: str, ends_at: float, seed: int
    ) -> None:
        super().__init__(daemon=True)
        self.tally = Tally()
        self._port = port
        self._stock = stock
        self._chance = random.Random(seed)  # noqa: S311 (the same day again)
        self._ends_at = ends_at
        self._headers = {
            "Cookie": cookies,
            "X-CSRFToken": CSRF,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self._does: dict[str, Callable[[], int]] = {
            "check-out": self._check_out,
            "check-in": self._check_in,
            "place": self._place,
            "cancel": self._cancel,
            "pull list": lambda: self._ask("GET", "/pulls/")[0],
        }

    @override
    def run(self) -> None:
        names, weights = list(OFTEN), list(OFTEN.values())
        while time.monotonic() < self._ends_at and not self.tally.troubles:
            (what,) = self._chance.choices(names, weights)
            started = time.perf_counter()
            try:
                status = self._does[what]()
            except Exception as trouble:  # noqa: BLE001 - told in the main thread
                self.tally.troubles.append(f"{what}: {trouble!r}")
                return
            elapsed = (time.perf_counter() - started) * 1000
            answer = ANSWERS.get(HTTPStatus(status))
            if answer is None:
                self.tally.troubles.append(f"{what} was answered with {status}")
                return
            self.tally.add(what, answer, elapsed)
            time.sleep(self._chance.uniform(0, 2 * PAUSE))

    def _check_out(self) -> int:
        return self._scan("checkout", patron=self._chance.choice(self._stock.patrons))

    def _check_in(self) -> int:
        return self._scan("checkin")

    def _scan(self, mode: str, **more: int) -> int:
        barcode = self._chance.choice(self._stock.barcodes)
        scan = {"scan": barcode, "key": uuid4().hex, "mode": mode, **more}
        return self._ask("POST", "/scan/", scan)[0]

    def _place(self) -> int:
        patron = self._chance.choice(self._stock.patrons)
        record = self._chance.choice(self._stock.records)
        form = {"patron": patron, "pickup": self._stock.library}
        return self._ask("POST", f"/titles/{record}/hold/", form)[0]

    def _cancel(self) -> int:
        """Look at somebody's holds and cancel the first of them."""
        patron = self._chance.choice(self._stock.patrons)
        status, page = self._ask("GET", f"/patrons/{patron}/")
        found = HOLD_IN_LIST.search(page)
        if found is None:
            return status
        form = {"hold": found.group(1)}
        return self._ask("POST", f"/patrons/{patron}/holds/cancel/", form)[0]

    def _ask(
        self, method: str, path: str, form: dict[str, Any] | None = None
    ) -> tuple[int, str]:
        body = None if form is None else urlencode(form)
        with closing(HTTPConnection("127.0.0.1", self._port, timeout=60)) as line:
            line.request(method, path, body, self._headers)
            answer = line.getresponse()
            return answer.status, answer.read().decode()


def machine_at_work(stock: Stock, *, seconds: float, seed: int) -> Tally:
    """What a self-check machine does, as its door does it: lend, renew, take back.

    An exception that is no refusal is a trouble, as it would be at the machine.
    """
    from django.utils import timezone

    from kortisto.core.actors import Actor, ActorKind, Channel
    from kortisto.core.refusals import Refused
    from kortisto.domain.circulation.actions.checkin import checkin
    from kortisto.domain.circulation.actions.checkout import checkout
    from kortisto.domain.circulation.permissions import LendingPermission

    by = Actor(
        kind=ActorKind.DEVICE,
        id=seed,
        library_id=stock.library,
        channel=Channel.SELF_CHECK,
        everywhere=frozenset({LendingPermission.LEND.value}),
    )
    tally, chance = Tally(), random.Random(seed)  # noqa: S311 (the same day again)
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at and not tally.troubles:
        card, barcode = chance.choice(stock.cards), chance.choice(stock.barcodes)
        what = chance.choice(("check-out", "check-in"))
        started, answer = time.perf_counter(), "done"
        try:
            if what == "check-out":
                checkout(card, barcode, by=by, now=timezone.now())
            else:
                checkin(barcode, by=by, now=timezone.now())
        except Refused:
            answer = REFUSED
        except Exception as trouble:  # noqa: BLE001 - told to whoever started it
            tally.troubles.append(f"machine, {what}: {trouble!r}")
            break
        elapsed = (time.perf_counter() - started) * 1000
        tally.add(f"machine, {what}", answer, elapsed)
        time.sleep(chance.uniform(0, 2 * PAUSE))
    return tally
