"""The pages of rotating collections (CIR-52)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.domain.catalogue.permissions import CataloguePermission
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.distribution.models import RotatingCollection, RotatingItem
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import make_item, make_library, make_rules
from kortisto.testing.loans import lend
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db


def made(client: Client) -> RotatingCollection:
    make_rules()
    round_ = {
        "rows": 3,
        "name": "Selkokirjat",
        "starts_on": timezone.localdate(),
        "library_0": make_library().pk,
        "days_0": 30,
        "library_2": make_library("SVL").pk,
        "days_2": 14,
    }
    assert client.post("/rotating/new/", round_).status_code == 302
    return RotatingCollection.objects.get()


def test_it_is_made_filled_sent_on_and_ended() -> None:
    client = at_work()
    assert "No rotating collections" in client.get("/rotating/").content.decode()
    found = made(client)
    address = f"/rotating/{found.pk}/"
    item, lent = make_item(), make_item()
    scanned = f"{item.barcode}\n{lent.barcode}\nEIOLE"
    client.post(f"{address}add/", {"barcodes": scanned})
    shown = client.get(address).content.decode()
    assert "2 items belong" in shown
    assert "No item has the barcode EIOLE." in shown
    lend(lent, now=timezone.now())
    assert "1 of 2 stand where" in client.get(address).content.decode()

    stop = {"stop": found.stop_id}
    for _twice in range(2):
        client.post(f"{address}send-on/", stop)
    shown = client.get(address).content.decode()
    assert "It goes to SVL." in shown
    assert "has gone on to SVL already" in shown
    listed = client.get("/dispatches/").content.decode()
    assert item.barcode in listed
    assert lent.barcode not in listed
    scan = {"scan": item.barcode, "page": "dispatches", "mode": "checkin", "key": "k"}
    client.post("/scan/", scan)
    assert "Nothing to be sent" in client.get("/dispatches/").content.decode()
    assert "comes" in client.get(address).content.decode()

    for _twice in range(2):
        client.post(f"{address}remove/{lent.pk}/")
    assert RotatingItem.objects.get().item == item
    client.post(f"{address}end/")
    assert "was ended" in client.get("/rotating/").content.decode()
    assert client.get(address).status_code == 404


def test_it_goes_on_another_day_and_is_marked_on_its_day() -> None:
    client = at_work()
    found = made(client)
    address, today = f"/rotating/{found.pk}/", timezone.localdate()
    assert "To be sent on" not in client.get("/rotating/").content.decode()
    assert client.post(f"{address}day/", {"goes_on": today}).status_code == 302
    assert "To be sent on" in client.get("/rotating/").content.decode()
    for wrong in (today - timedelta(days=1), "9999-12-31", "x", ""):
        assert client.post(f"{address}day/", {"goes_on": wrong}).status_code == 422
    assert client.post(f"{address}add/", {"barcodes": ""}).status_code == 422


def test_a_round_that_cannot_be_is_told_at_its_field() -> None:
    client = at_work()
    found = made(client)
    here, there = make_library().pk, make_library("KAN").pk
    wrong = [
        {"rows": 2, "name": "X", "library_0": here, "days_0": 3},
        {"rows": 2, "name": "X", "library_0": here, "library_1": there, "days_1": 3},
        {"rows": "x", "name": "", "library_0": "x", "days_0": "-1"},
        {
            "rows": 2, "name": "X", "library_0": there, "days_0": 3,
            "library_1": make_library("SVL").pk, "days_1": 3,
        },
    ]  # fmt: skip
    for told in wrong:
        answer = client.post(f"/rotating/{found.pk}/edit/", told)
        assert answer.status_code == 422, told
    assert found.stops.count() == 2


def test_who_lends_sees_them_and_who_does_not_keep_them_changes_nothing() -> None:
    found = made(at_work())
    lender = at_work(make_staff("lender", may=(LendingPermission.LEND,)))
    address = f"/rotating/{found.pk}/"
    assert "Send on to" not in lender.get(address).content.decode()
    for path in ("add/", "send-on/", "day/", "end/", "edit/", "remove/1/"):
        assert lender.post(f"{address}{path}").status_code == 403
    reader = at_work(make_staff("reader", may=(CataloguePermission.SEE,)))
    assert reader.get("/rotating/").status_code == 403


def test_the_pages_ask_the_same_for_many() -> None:
    client = at_work()
    found = made(client)

    def another() -> None:
        RotatingItem.objects.create(
            collection=found,
            item=make_item(library=make_library("SVL")),
            added_at=timezone.now(),
            added_by="staff:1",
        )

    for path in (f"/rotating/{found.pk}/", "/rotating/", "/dispatches/"):
        assert_same_queries_with_more_rows(
            lambda path=path: client.get(path),  # type: ignore[misc]
            add_rows=another,
        )
