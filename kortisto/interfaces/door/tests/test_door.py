"""The door's HTTP: what it answers, what it refuses, what it never says."""

import csv
import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from kortisto.core.versions import configuration_changed
from kortisto.domain.entry.actions.devices import add_door, remove_door
from kortisto.domain.entry.local.keeper import Keeper
from kortisto.domain.entry.models import DoorDevice, EntryAttempt
from kortisto.domain.entry.settings import GUARDIAN_MUST_PERMIT, MIN_AGE
from kortisto.domain.entry.tests.place import PIN, decided, open_library, visitor
from kortisto.domain.org.models import Unit
from kortisto.domain.patrons.actions.binning import put_in_bin
from kortisto.domain.patrons.actions.cards import replace_card
from kortisto.domain.patrons.actions.change import change
from kortisto.domain.patrons.models import Card
from kortisto.interfaces.door import service as module
from kortisto.interfaces.door import views
from kortisto.interfaces.door.limits import Limiter
from kortisto.interfaces.door.service import PER_CARD, DoorService, Pace
from kortisto.testing.builders import card_of, chief, make_category

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Door:
    """A door that is in place, and its machine."""

    token: str
    device_id: int
    service: DoorService
    keeper: Keeper

    def post(self, card: str, pin: str = PIN, *, token: str | None = None) -> Any:
        return Client().post(
            "/door/v1/entries",
            json.dumps({"card": card, "pin": pin}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token or self.token}"},
        )

    def get(self, name: str) -> Any:
        bearer = {"Authorization": f"Bearer {self.token}"}
        return Client().get(f"/door/v1/{name}", headers=bearer)

    def catch_up(self) -> None:
        while self.keeper.turn(timezone.now()):
            pass

    def database_goes_away(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def away(*_: object, **__: object) -> None:
            raise OperationalError

        monkeypatch.setattr(module, "door_by_token", away)
        monkeypatch.setattr(module, "decide_entry", away)


@pytest.fixture
def door(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Door]:
    for name, value in settings.DOORS.items():
        setattr(settings, name, value)
    library = open_library(opens="00:00")
    library.hours.filter(self_service=False).update(closes="23:59")
    patient = Pace(noticed_after=60, decided_within=60)
    service = DoorService(tmp_path / "door", patient)
    monkeypatch.setattr(views, "service", lambda: service)
    made, token = add_door(library.pk, "Main door", by=chief(), now=timezone.now())
    yield Door(token, made.pk, service, Keeper(tmp_path / "door"))
    service.close()


def test_a_card_and_its_pin_open_the_door(door: Door) -> None:
    patron = visitor(language="sv")

    answer = door.post(card_of(patron))

    assert answer.status_code == 200
    assert answer.json() == {
        "granted": True,
        "code": "granted",
        "codes": ["granted"],
        "sentence": "Välkommen!",
        "sentences": {"fi": "Tervetuloa!", "sv": "Välkommen!", "en": "Welcome!"},
        "patron_class": "HEOMATOIMI",
    }
    assert answer.headers["Cache-Control"] == "no-store"
    assert EntryAttempt.objects.get().patron_id == patron.pk
    assert DoorDevice.objects.get().last_seen_at is not None


def test_a_refusal_tells_every_reason_and_the_first_in_words(door: Door) -> None:
    child = visitor(terms=False, category="LAPSI", born_on=date(2020, 1, 1))

    told = door.post(card_of(child)).json()

    assert told["granted"] is False
    assert told["codes"] == ["missing-terms", "underage"]
    assert "käyttöehdot" in told["sentences"]["fi"]
    assert told["patron_class"] == "LAPSI"


def test_a_wrong_pin_tells_nothing_about_the_card(door: Door) -> None:
    lost = visitor(card_lost=True)

    wrong, unknown = door.post(card_of(lost), "0000"), door.post("NOBODY", "0000")

    assert wrong.json() == unknown.json()
    assert wrong.json()["codes"] == ["denied"]
    assert wrong.json()["patron_class"] == ""


@pytest.mark.parametrize("token", ["", "x", "1.x", "999999.x"])
def test_an_unknown_door_is_told_nothing(door: Door, token: str) -> None:
    patron = visitor()

    answer = door.post(card_of(patron), token=token or "-")

    assert answer.status_code == 401
    assert answer.json() == {"granted": False, "code": "unknown-door"}
    assert not EntryAttempt.objects.exists()


def test_a_removed_door_opens_no_more(door: Door) -> None:
    remove_door(door.device_id, by=chief(), now=timezone.now())

    assert door.post(card_of(visitor())).status_code == 401


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"card": 1, "pin": "2"}', '{"card": "x"}', "x" * 9999]
)
def test_a_body_that_is_no_question_is_a_bad_request(door: Door, body: str) -> None:
    bearer = {"Authorization": f"Bearer {door.token}"}

    answer: HttpResponse = Client().post(  # type: ignore[assignment]
        "/door/v1/entries", body, content_type="application/json", headers=bearer
    )

    assert answer.status_code == 400
    assert not EntryAttempt.objects.exists()


def test_one_card_cannot_be_tried_without_end(door: Door) -> None:
    patron = visitor()

    answers = [door.post(card_of(patron)).status_code for _ in range(PER_CARD + 1)]

    assert answers == [200] * PER_CARD + [429]
    assert door.post(card_of(visitor())).status_code == 200
    assert EntryAttempt.objects.count() == PER_CARD + 1


def test_a_limit_is_lifted_when_its_time_is_over() -> None:
    limiter = Limiter(2, 60)

    assert [limiter.allows("a", now) for now in (0, 1, 2)] == [True, True, False]
    assert limiter.allows("b", 2)
    assert limiter.allows("a", 61)


def test_without_the_database_the_copy_decides_and_each_attempt_comes_later_once(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Acceptance scenario 19, within one process."""
    patron, child = visitor(), visitor(born_on=date(2020, 1, 1))
    door.catch_up()
    with monkeypatch.context() as patch:
        door.database_goes_away(patch)
        assert door.post(card_of(patron)).json()["code"] == "granted"
        assert door.post(card_of(child)).json()["code"] == "underage"
        assert (
            door.post(card_of(patron), token=f"{door.device_id}.x").status_code == 401
        )
        assert door.get("health").json()["database"] is False
    assert not EntryAttempt.objects.exists()

    door.catch_up()
    door.catch_up()

    rows = EntryAttempt.objects.order_by("pk")
    assert [(row.code, row.offline) for row in rows] == [
        ("granted", True),
        ("underage", True),
    ]


def test_without_the_database_and_without_a_copy_nobody_can_tell(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.database_goes_away(monkeypatch)

    answer = door.post(card_of(visitor()))

    assert answer.status_code == 503
    assert answer.json() == {"granted": False, "code": "stale"}


def test_a_slow_database_is_not_waited_for(
    door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from threading import Event

    patron, never = visitor(), Event()
    door.catch_up()
    hasty = DoorService(tmp_path / "door", Pace(noticed_after=0.01))
    monkeypatch.setattr(views, "service", lambda: hasty)
    monkeypatch.setattr(module, "door_by_token", lambda _token: never.wait(30))

    told = door.post(card_of(patron)).json()
    never.set()
    hasty.close()

    assert told["code"] == "granted"
    assert [one.offline for one in hasty.waiting.oldest(9)] == [True]


def test_the_block_list_has_cards_that_somebody_has_decided_about(door: Door) -> None:
    visitor()
    lost, child = visitor(card_lost=True), visitor(born_on=date(2020, 1, 1))
    decided(open_library(), MIN_AGE, 15)
    door.catch_up()

    rows = list(csv.reader(io.StringIO(door.get("block-list.csv").content.decode())))
    root = ET.fromstring(door.get("block-list.xml").content)  # noqa: S314 - our own

    assert rows == [["card", "code"], [card_of(lost), "card-lost"]]
    assert [one.attrib for one in root] == [
        {"number": card_of(lost), "code": "card-lost"}
    ]
    assert card_of(child) not in str(rows)


def test_accounts_are_on_the_block_list_for_a_door_that_asks_for_no_pin(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_category("VIRKAILIJA", kind="staff")
    account, person = visitor(category="VIRKAILIJA", terms=False), visitor()
    door.catch_up()

    listed = door.get("block-list.csv").content.decode()
    online = door.post(card_of(account)).json()
    door.database_goes_away(monkeypatch)
    offline = door.post(card_of(account)).json()

    assert f"{card_of(account)},never-enters" in listed
    assert card_of(person) not in listed
    assert online == offline
    assert online["codes"] == ["never-enters", "missing-terms"]
    assert online["sentences"]["fi"].startswith("Tunnus on vain kirjautumista varten")
    assert online["patron_class"] == "VIRKAILIJA"


def test_cards_that_have_ended_stay_on_the_list_and_the_new_one_is_not(
    door: Door,
) -> None:
    robbed, careless, binned, dead = (visitor() for _each in range(4))
    stolen, worn = card_of(robbed), card_of(careless)
    by, now = chief(), timezone.now()
    replace_card(robbed.pk, "A1", by=by, now=now, ending=Card.Ending.STOLEN)
    replace_card(careless.pk, "A2", by=by, now=now)
    put_in_bin(binned.pk, "Moved away", by=by, now=now)
    change(dead.pk, {"died_on": "2020-02-28"}, by=by, now=now)
    door.catch_up()

    rows = list(csv.reader(io.StringIO(door.get("block-list.csv").content.decode())))

    assert dict(rows) == {
        "card": "code",
        stolen: "card-lost",
        worn: "not-in-use",
        card_of(binned): "not-in-use",
        card_of(dead): "not-in-use",
    }


def test_where_a_guardian_must_permit_a_child_without_a_word_is_on_the_list(
    door: Door,
) -> None:
    child = visitor(born_on=date(2020, 1, 1))
    decided(open_library(), GUARDIAN_MUST_PERMIT, value=True)
    door.catch_up()

    assert card_of(child) in door.get("block-list.csv").content.decode()


def test_a_library_that_is_not_used_without_staff_has_no_list(door: Door) -> None:
    """An empty one would let everybody in."""
    Unit.objects.filter(code="MLI").update(self_service=False)
    configuration_changed()
    door.catch_up()

    for name in ("block-list.csv", "block-list.xml"):
        answer = door.get(name)
        assert answer.status_code == 503
        assert answer.json() == {"granted": False, "code": "misconfigured"}


def test_the_dead_are_told_the_same_with_and_without_the_database(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = visitor(died_on=date(2020, 2, 28))
    door.catch_up()

    online = door.post(card_of(dead)).json()
    door.database_goes_away(monkeypatch)
    offline = door.post(card_of(dead)).json()

    assert online == offline
    assert online["codes"] == ["not-in-use"]
    assert "2020" not in str(online)


def test_no_list_is_better_than_an_old_one(door: Door) -> None:
    assert door.get("block-list.csv").status_code == 503


def test_the_lists_need_a_token(door: Door) -> None:
    door.catch_up()

    assert Client().get("/door/v1/block-list.csv").status_code == 401
    assert Client().get("/door/v1/block-list.xml").status_code == 401


def test_health_says_how_old_the_copy_is(door: Door) -> None:
    assert door.get("health").json() == {"database": True, "copy_age_seconds": None}
    door.catch_up()
    assert door.get("health").json()["copy_age_seconds"] in range(60)


def test_no_card_and_no_pin_stands_in_the_log(
    door: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    patron = visitor()
    door.catch_up()
    caplog.set_level(logging.DEBUG)
    door.post(card_of(patron), "864209")
    door.database_goes_away(monkeypatch)
    door.post(card_of(patron), "864209")

    ours = [r for r in caplog.records if not r.name.startswith("django.db")]
    assert ours
    assert card_of(patron) not in str([record.getMessage() for record in ours])
    assert "864209" not in str([record.getMessage() for record in ours])


def test_an_address_that_is_none_is_answered_in_json(door: Door) -> None:
    assert door.get("nothing").json() == {"granted": False, "code": "no-such-address"}


def test_a_form_is_no_question_of_a_door(door: Door) -> None:
    """Not even one with files, whose body has been read before the door looks."""
    token = {"Authorization": f"Bearer {door.token}"}
    told = {"card": card_of(visitor()), "pin": PIN}
    answer = Client().post("/door/v1/entries", told, headers=token)

    assert (answer.status_code, answer.json()["code"]) == (400, "bad-request")
    assert not EntryAttempt.objects.exists()


def test_no_list_is_given_while_the_first_copy_is_being_made(door: Door) -> None:
    """An empty list would let in whoever is banned."""
    with door.service.store.writing():
        assert door.get("block-list.csv").status_code == 503
        assert door.get("block-list.xml").status_code == 503

    door.catch_up()
    assert door.get("block-list.csv").status_code == 200
