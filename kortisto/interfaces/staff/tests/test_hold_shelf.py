"""The hold shelf here, its slips, and reading it; items on their way."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.holds.models import Hold, Transit
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.interfaces.staff.tests.scans import Scanner
from kortisto.testing.builders import (
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db

LEND = LendingPermission.LEND


def today() -> date:
    return timezone.localdate()


def clerk() -> Client:
    return at_work(make_staff(may=(LEND,)))


def shelved(
    identifier: str, *, title: str = "Kalevala", surname: str = "Nimi", **fields: Any
) -> Hold:
    """A copy on the hold shelf of MLI."""
    patron = make_patron(surname=surname, hold_identifier=identifier)
    item = make_item(record=make_record(title))
    known: dict[str, Any] = {
        "state": Hold.State.WAITING,
        "item": item,
        "pickup_until": today() + timedelta(days=3),
    }
    return make_hold(patron, item.record, **{**known, **fields})


def uncleared(identifier: str, **fields: Any) -> Hold:
    return shelved(
        identifier,
        state=Hold.State.UNCLEARED,
        ending=Hold.Ending.UNCOLLECTED,
        ended_at=timezone.now(),
        **fields,
    )


def shelf(client: Client, **asked: str) -> str:
    answer = client.get("/hold-shelf/", asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_waits_is_listed_by_identifier_and_nobody_is_named() -> None:
    shelved("20000002", surname="Salainen")
    shelved("10000001", title="Seitsemän veljestä")
    shelved("3", title="Muualla", pickup=make_library("SVL"))
    uncleared("4", title="Vanhentunut")

    told = shelf(clerk())

    assert told.index("1000 0001") < told.index("2000 0002")
    assert "Salainen" not in told
    assert "Muualla" not in told
    assert "Vanhentunut" not in told


def test_what_nobody_collects_is_a_list_of_its_own_until_it_is_checked_in() -> None:
    hold = uncleared("12345678", title="Vanhentunut")
    shelved("2", title="Odottaa")
    client = clerk()

    told = shelf(client, view="uncleared")
    assert "1234 5678" in told
    assert "Not collected in time" in told
    assert "Odottaa" not in told

    assert hold.item is not None
    Scanner(client, at="/checkin/").scan(hold.item.barcode)
    assert "1234 5678" not in shelf(client, view="uncleared")
    hold.refresh_from_db()
    assert hold.state == Hold.State.EXPIRED


def test_the_lists_cost_the_same_for_many() -> None:
    client = clerk()
    numbers = iter(range(10, 40))
    assert_same_queries_with_more_rows(
        lambda: shelf(client), add_rows=lambda: shelved(str(next(numbers)))
    )
    assert_same_queries_with_more_rows(
        lambda: shelf(client, view="uncleared"),
        add_rows=lambda: uncleared(str(next(numbers))),
    )


def test_a_check_in_for_somebody_gives_a_slip_with_the_identifier() -> None:
    patron = make_patron(surname="Salainen", hold_identifier="87654321")
    item = make_item(record=make_record("Kalevala"))
    since = timezone.now() - timedelta(days=1)
    hold = make_hold(patron, item.record, placed_at=since)
    client = clerk()

    told = Scanner(client, at="/checkin/").scan(item.barcode)

    assert 'class="slip"' in told
    assert "8765 4321" in told
    assert "Salainen" not in told
    again = client.get(f"/holds/{hold.pk}/slip/").content.decode()
    assert "8765 4321" in again
    assert "Kalevala" in again
    assert "MLI" in again
    assert "Salainen" not in again


def test_there_is_no_slip_of_what_does_not_wait() -> None:
    client, item = clerk(), make_item()
    queued = make_hold(make_patron(), make_record())

    assert 'class="slip"' not in Scanner(client, at="/checkin/").scan(item.barcode)
    assert client.get(f"/holds/{queued.pk}/slip/").status_code == 404
    assert client.get("/holds/999999/slip/").status_code == 404


def read(client: Client, *barcodes: str) -> str:
    sent = {"barcodes": "\n".join(barcodes)}
    return client.post("/hold-shelf/read/", sent).content.decode()


def test_reading_the_shelf_tells_what_is_missing_and_what_is_too_many() -> None:
    there, gone = shelved("1"), shelved("2", title="Kadonnut")
    ended = uncleared("3", title="Noutamaton")
    stray = make_item(record=make_record("Eksynyt"))
    assert there.item is not None
    assert ended.item is not None
    assert gone.item is not None

    told = read(
        clerk(), there.item.barcode, ended.item.barcode, stray.barcode, "OLEMATON"
    )

    missing = told.index("Missing from the shelf")
    to_clear = told.index("Take off and check in")
    strangers = told.index("Should not be there")
    assert missing < told.index("Kadonnut") < to_clear
    assert to_clear < told.index("Noutamaton") < strangers
    assert strangers < told.index("Eksynyt")
    assert "No such item" in told
    ended.refresh_from_db()
    assert ended.state == Hold.State.UNCLEARED  # reading changes nothing


def test_a_shelf_that_is_as_it_should_says_so_and_an_empty_reading_does_not() -> None:
    hold, client = shelved("1"), clerk()
    assert hold.item is not None

    told = read(client, hold.item.barcode)
    assert "1 scanned, of which 1 stand as they should." in told
    assert "Missing from the shelf" not in told
    assert client.post("/hold-shelf/read/", {"barcodes": " "}).status_code == 422


def sent(days: int, *, here: str = "MLI", there: str = "SVL", **fields: Any) -> Transit:
    return Transit.objects.create(
        item=fields.pop("item", None) or make_item(),
        origin=make_library(here),
        destination=make_library(there),
        sent_at=timezone.now() - timedelta(days=days),
        **fields,
    )


def transits(client: Client, **asked: str) -> str:
    answer = client.get("/transits/", asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_comes_and_what_leaves_are_told_apart_with_their_age() -> None:
    client = clerk()
    coming = make_item(record=make_record("Tulossa"), call_number="84.2 KIV")
    sent(2, here="SVL", there="MLI", item=coming)
    sent(30, item=make_item(record=make_record("Kauan matkalla")))
    sent(1, item=make_item(record=make_record("Perillä")), arrived_at=timezone.now())

    told = transits(client)
    assert "Tulossa" in told
    assert "84.2 KIV" in told
    assert "Kauan matkalla" not in told

    leaving = transits(client, view="leaving")
    assert "Kauan matkalla" in leaving
    assert "1 has been on its way for more than 7 days." in leaving
    assert "Perillä" not in leaving
    assert "Tulossa" not in leaving


def test_the_late_ones_are_shown_by_themselves() -> None:
    client = clerk()
    sent(30, item=make_item(record=make_record("Myöhässä")))
    sent(1, item=make_item(record=make_record("Ajoissa")))

    told = transits(client, view="leaving", late="yes")

    assert "Myöhässä" in told
    assert "Ajoissa" not in told


def test_a_journey_for_a_hold_says_so_and_not_for_whom() -> None:
    client, item = clerk(), make_item()
    sent(1, here="SVL", there="MLI", item=item)
    patron = make_patron(surname="Salainen")
    make_hold(patron, item.record, state=Hold.State.TRAVELLING, item=item)

    told = transits(client)

    assert "For a hold" in told
    assert "Salainen" not in told
    assert patron.hold_identifier not in told


def test_journeys_cost_the_same_for_many() -> None:
    client = clerk()
    assert_same_queries_with_more_rows(
        lambda: transits(client, view="leaving"), add_rows=lambda: sent(1)
    )


def test_the_numbers_of_the_front_page_lead_to_the_lists() -> None:
    told = clerk().get("/").content.decode()
    for address in (
        "/hold-shelf/",
        "/hold-shelf/?view=uncleared",
        "/transits/",
        "/transits/?view=leaving",
    ):
        assert f'href="{address}"' in told


def test_without_the_permission_to_lend_nothing_is_listed() -> None:
    client = at_work(make_staff(may=()))
    for address in ("/hold-shelf/", "/hold-shelf/read/", "/transits/"):
        assert client.get(address).status_code == 403


def test_what_has_not_come_is_marked_and_its_hold_waits_again() -> None:
    may = (LEND, LendingPermission.MARK_ITEMS)
    client, item = at_work(make_staff(may=may)), make_item()
    moving = sent(30, here="SVL", there="MLI", item=item)
    hold = make_hold(make_patron(), item.record, state=Hold.State.TRAVELLING, item=item)
    assert f'value="{moving.pk}"' in transits(client)

    answer = client.post("/transits/lost/", {"transit": [moving.pk, "x"]}, follow=True)

    assert "1 item is marked as missing." in answer.content.decode()
    hold.refresh_from_db()
    item.refresh_from_db()
    assert (hold.state, item.lost) == (Hold.State.QUEUED, "4")
    assert not Transit.objects.filter(cancelled_at=None).exists()


def test_journeys_of_other_libraries_are_not_touched() -> None:
    client = at_work(make_staff(may=(LEND, LendingPermission.MARK_ITEMS)))
    moving = sent(30, here="SVL", there="MRI")
    answer = client.post("/transits/lost/", {"transit": moving.pk}, follow=True)
    assert "Tick first what has not come." in answer.content.decode()
    moving.refresh_from_db()
    assert moving.cancelled_at is None


def test_a_box_answers_with_its_slips_at_once() -> None:
    client = clerk()
    items = [make_item(record=make_record(f"Laatikosta {n}")) for n in range(3)]
    for number, item in enumerate(items[:2]):
        patron = make_patron(hold_identifier=f"77{number}")
        make_hold(patron, item.record)
    sent_in = "\n".join(item.barcode for item in items)
    shown = client.post("/checkin/box/", {"barcodes": sent_in}).content.decode()
    assert shown.count('class="slip"') == 2
    assert "Print all slips" in shown
