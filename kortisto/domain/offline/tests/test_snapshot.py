"""What a workstation takes with it: enough to lend, and nobody's name."""

import json
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kortisto.domain.catalogue.models import ItemType
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.holds.models import Hold
from kortisto.domain.offline import snapshot
from kortisto.domain.offline.models import Kit
from kortisto.domain.offline.tests.bus import kit_of_the_bus
from kortisto.domain.patrons.models import Card
from kortisto.domain.policies.queries import rules_in_force
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    close_library,
    desk,
    make_category,
    make_hold,
    make_item,
    make_item_type,
    make_library,
    make_patron,
    make_record,
    make_restriction,
    make_rules,
)

pytestmark = pytest.mark.django_db


def cards(kit: Kit) -> dict[str, list[Any]]:
    return {
        row[0]: row[1:] for row in snapshot.cards(kit, after=0, now=MONDAY_NOON).rows
    }


def items(kit: Kit) -> dict[str, list[Any]]:
    return {
        row[0]: row[1:] for row in snapshot.items(kit, after=0, now=MONDAY_NOON).rows
    }


def test_cards_are_hashes_that_differ_from_kit_to_kit_and_tell_no_name() -> None:
    kit, other = kit_of_the_bus(), kit_of_the_bus()
    patron = make_patron(
        surname="Salainen", first_names="Saara", born_on=date(1980, 5, 17)
    )
    number = card_of(patron)

    found = cards(kit)

    mine = snapshot.card_hash(snapshot.key_of(kit), f" {number.lower()} ")
    assert found == {mine: [patron.category_id, snapshot.GOOD, snapshot.OF_AGE, 0]}
    assert set(cards(other)).isdisjoint(found)
    whole = json.dumps([snapshot.head(kit), list(found.items()), items(kit)])
    for secret in (number, "Salainen", "Saara", "1980", patron.hold_identifier):
        assert secret not in whole


def test_a_card_tells_whether_to_lend_and_never_why_not() -> None:
    kit = kit_of_the_bus()
    key = snapshot.key_of(kit)
    fine, blocked, lost, dead = (make_patron() for _ in range(4))
    make_restriction(blocked, note="broke a window")
    lost.card_lost = True
    lost.save()
    dead.died_on = date(2027, 1, 1)
    dead.save()
    expired = make_patron(expires_on=date(2026, 1, 1))
    child = make_patron(born_on=date(2018, 1, 1))
    unknown = make_patron(born_on=None)
    Card.objects.create(
        patron=fine, number="OLD1", since_on=date(2019, 1, 1), active=False
    )

    found = cards(kit)

    def of(patron: Any) -> list[Any]:
        return found[snapshot.card_hash(key, card_of(patron))][1:3]

    assert of(fine) == of(expired) == [snapshot.GOOD, snapshot.OF_AGE]
    assert of(blocked) == of(lost) == of(dead) == [snapshot.BARRED, snapshot.OF_AGE]
    assert of(child) == [snapshot.GOOD, 7]
    assert of(unknown) == [snapshot.GOOD, -1]
    assert found[snapshot.card_hash(key, "OLD1")][1] == snapshot.REPLACED
    assert "window" not in json.dumps(found)


def test_items_that_are_here_or_belong_here_come_along_with_what_matters() -> None:
    kit, elsewhere = kit_of_the_bus(), make_library("SVL")
    key, patron = snapshot.key_of(kit), make_patron()
    plain = make_item(record=make_record("Sinuhe"))
    gone = make_item(library=elsewhere)
    away = make_item(home_library=make_library(), library=elsewhere)
    shut = make_item(not_for_loan="1", damaged="1", parts=2)
    withdrawn = make_item(withdrawn="1")
    held = make_item()
    make_hold(patron, held.record, state=Hold.State.WAITING, item=held)
    wanted = make_item(record=make_record("Peli", age_limit=16))
    make_hold(patron, wanted.record)

    found = items(kit)

    here = make_library().pk
    kind = plain.item_type_id
    assert found[plain.barcode] == [kind, here, here, "Sinuhe", [], 0, "", 0]
    assert found[away.barcode][1:3] == [here, elsewhere.pk]
    assert found[shut.barcode][4] == ["not-for-loan", "item-damaged", "count-parts"]
    assert found[held.barcode][6] == snapshot.card_hash(key, card_of(patron))
    assert found[wanted.barcode][4:] == [["held-by-others"], 1, "", 16]
    assert gone.barcode not in found
    assert withdrawn.barcode not in found


def test_the_table_of_terms_says_what_the_rules_say_everywhere() -> None:
    kit = kit_of_the_bus()
    libraries = [make_library(), make_library("SVL"), make_library("PKA")]
    people = [
        make_category("HENKILO"),
        make_category("LAPSI"),
        make_category("YHTEISO"),
    ]
    games = make_item_type("PELI")
    types = [make_item_type(), games, make_item_type("PS5", parent=games)]
    make_rules(
        {"values": {"loan_period": 28, "closed_days": "push"}},
        {"item_type_id": games.pk, "values": {"loan_period": 7, "for_loan": False}},
        {"library": libraries[1], "values": {"loan_period": 14}},
        {
            "library": libraries[1],
            "category": people[1],
            "item_type": types[2],
            "values": {"loan_period": 3, "loan_period_unit": "hours"},
        },
        {"category": people[2], "values": {"hard_due_on": "2027-06-01"}},
        {
            "library": libraries[2],
            "item_type": types[0],
            "values": {"short_loan_days": 5, "short_loan_holds": 2},
        },
    )

    head = json.loads(json.dumps(snapshot.head(kit)))

    matrix, table = rules_in_force(MONDAY_NOON.date()), head["table"]
    for place, person, kind in product(libraries, people, types):
        row = table.get(str(place.pk), table["0"])
        index = row.get(str(person.pk), row["0"])[str(kind.pk)]
        expected = [
            one.write(matrix.value(one, place.pk, person.pk, kind.pk).value)
            for one in snapshot.TERMS
        ]
        assert head["terms"][index] == expected
    assert set(table) == {"0", str(libraries[1].pk), str(libraries[2].pk)}


def test_the_calendar_has_every_day_from_the_day_before() -> None:
    kit, library = kit_of_the_bus(), make_library()
    close_library(library, date(2027, 3, 3))

    calendar = snapshot.head(kit)["calendar"]

    days = calendar["days"][str(library.pk)]
    assert calendar["from"] == "2027-02-28"
    assert days[:5] == [1, 1, 1, 0, 1]
    assert len(days) == snapshot.CALENDAR_DAYS + 1
    assert calendar["hours"] == [[["08:00:00", "20:00:00"]]]


def test_parts_follow_one_another_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "AT_ONCE", 2)
    for name in ("ITEMS", "CARDS"):
        smaller = getattr(snapshot, name).replace("LIMIT 5000", "LIMIT 2")
        monkeypatch.setattr(snapshot, name, smaller)
    kit = kit_of_the_bus()
    barcodes = [make_item().barcode for _ in range(5)]
    for _ in range(3):
        make_patron()
    seen: list[str] = []
    after: int | None = 0
    while after is not None:
        part = snapshot.items(kit, after=after, now=MONDAY_NOON)
        seen += [row[0] for row in part.rows]
        after = part.after
    assert seen == barcodes
    first = snapshot.cards(kit, after=0, now=MONDAY_NOON)
    assert first.after is not None
    assert len(snapshot.cards(kit, after=first.after, now=MONDAY_NOON).rows) == 1


def test_more_patrons_and_items_ask_no_more_of_the_database() -> None:
    kit = kit_of_the_bus()

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            snapshot.head(kit)
            snapshot.items(kit, after=0, now=MONDAY_NOON)
            snapshot.cards(kit, after=0, now=MONDAY_NOON)
        return len(queries)

    patron, item = make_patron(), make_item()
    asked()  # rules and calendars are compiled once
    before = asked()
    checkout(card_of(patron), item.barcode, by=desk(), now=MONDAY_NOON)
    for _ in range(5):
        make_restriction(make_patron())
        make_hold(patron, make_item().record)

    assert asked() == before
    assert ItemType.objects.count() == 1
    assert kit.expires_at - kit.made_at == timedelta(hours=24)
