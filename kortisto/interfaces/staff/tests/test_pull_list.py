"""The pull list as whoever walks with it sees it (HLD-30)."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.fulfilment.actions.planning import plan_titles
from kortisto.domain.holds.models import Miss, Pull
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.middleware import TOUCHED
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db


def to_fetch(title: str = "Putkinotko", **fields: Any) -> Item:
    item = make_item(record=make_record(title), **fields)
    patron = make_patron(surname="Salainen", first_names="Asiakas")
    make_hold(patron, item.record, pickup=make_library("SVL"))
    plan_titles([item.record_id], now=timezone.now())
    return item


def pull_of(item: Item) -> int:
    return Pull.objects.get(item=item).pk


def shown(client: Client) -> str:
    return client.get("/pulls/").content.decode()


def digest_of(page: str) -> str:
    return page.partition("?seen=")[2].partition('"')[0]


def test_a_row_tells_what_where_and_for_which_library_and_nothing_of_the_patron() -> (
    None
):
    item = to_fetch(call_number="84.2 LEH")
    page = shown(at_work())
    for told in ("Putkinotko", "84.2 LEH", item.barcode, "SVL"):
        assert told in page
    for secret in ("Salainen", "Asiakas"):
        assert secret not in page


def test_a_page_that_still_tells_the_truth_is_left_alone() -> None:
    item, client = to_fetch(), at_work()
    seen = digest_of(shown(client))
    assert client.get("/pulls/rows/", {"seen": seen}).status_code == 204
    checkin(item.barcode, by=desk(), now=timezone.now())
    changed = client.get("/pulls/rows/", {"seen": seen})
    assert changed.status_code == 200
    assert "Nothing to fetch" in changed.content.decode()


def test_a_new_row_appears_on_every_screen() -> None:
    to_fetch()
    screens = [at_work(make_staff(name)) for name in ("one", "two")]
    seen = [digest_of(shown(client)) for client in screens]
    to_fetch("Alastalon salissa")
    for client, before in zip(screens, seen, strict=True):
        rows = client.get("/pulls/rows/", {"seen": before}).content.decode()
        assert "Alastalon salissa" in rows


def test_a_list_that_asks_by_itself_keeps_nobody_logged_in() -> None:
    """PER-3: an abandoned screen locks, although it asks every other second."""
    to_fetch()
    client = at_work()
    session = client.session
    session[TOUCHED] -= 600
    session.save()
    before = session[TOUCHED]
    client.get("/pulls/rows/", headers={"X-Unattended": "1"})
    assert client.session[TOUCHED] == before
    client.get("/pulls/")
    assert client.session[TOUCHED] > before


def test_not_found_notes_it_and_takes_the_row_away() -> None:
    item, client = to_fetch(), at_work()
    answer = client.post(f"/pulls/{pull_of(item)}/missed/", follow=True)
    assert "Noted: another copy is sought." in answer.content.decode()
    assert Miss.objects.get().item == item
    assert not Pull.objects.exists()


def test_later_puts_the_row_last() -> None:
    first, client = to_fetch("A", location="A"), at_work()
    to_fetch("B", location="B")
    rows = client.post(
        f"/pulls/{pull_of(first)}/later/", headers={"HX-Request": "true"}
    ).content.decode()
    assert rows.index(">B</a>") < rows.index(">A</a>")
    assert "Put off" in rows


@pytest.mark.parametrize("say", ["missed", "later"])
def test_a_row_that_somebody_else_has_fetched_is_told_kindly(say: str) -> None:
    client = at_work()
    answer = client.post(f"/pulls/999999/{say}/", follow=True)
    assert answer.status_code == 200
    assert "gone from the list already" in answer.content.decode()


def test_whoever_walks_upstairs_sees_those_shelves_only() -> None:
    to_fetch("Ylhäällä", location="AIK")
    to_fetch("Kellarissa", location="VAR")
    client = at_work()
    client.get("/pulls/", {"chosen": "1", "section": "AIK"})
    page = shown(client)
    assert "Ylhäällä" in page
    assert "Kellarissa" not in page
    assert "of 2 in the library" in page
    client.get("/pulls/", {"chosen": "1"})
    assert "Kellarissa" in shown(client)


def test_a_shelf_that_does_not_exist_hides_nothing() -> None:
    to_fetch("Ylhäällä", location="AIK")
    client = at_work()
    client.get("/pulls/", {"chosen": "1", "section": "'; DROP"})
    assert "Ylhäällä" in shown(client)


def test_who_may_not_fetch_sees_no_list() -> None:
    reader = at_work(make_staff("reader", may=(PatronPermission.SEE,)))
    assert reader.get("/pulls/").status_code == 403
    assert reader.post("/pulls/1/missed/").status_code == 403


def test_a_long_list_asks_no_more_than_a_short_one() -> None:
    client = at_work()

    def add() -> None:
        to_fetch()

    assert_same_queries_with_more_rows(lambda: client.get("/pulls/"), add_rows=add)
