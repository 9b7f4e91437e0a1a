"""Items are moved to another library by scanning, within limits (CIR-51)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.domain.catalogue.permissions import CataloguePermission
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.distribution.models import TransferLimit
from kortisto.domain.holds.models import Transit
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    make_consortium,
    make_item,
    make_item_type,
    make_library,
    make_rules,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db


def everywhere() -> Client:
    make_rules()
    staff = make_staff(library=make_consortium())
    staff.home_library = make_library()
    staff.save()
    return at_work(staff, library=make_library())


def test_a_box_is_sent_and_what_cannot_go_says_why() -> None:
    client, there = everywhere(), make_library("SVL")
    item = make_item()
    box = {"destination": there.pk, "barcodes": f"{item.barcode}\nEIOLE"}
    shown = client.post("/transfers/", box).content.decode()
    assert "1 item to SVL" in shown
    assert "EIOLE" in shown
    assert Transit.objects.get().destination == there
    for wrong in ({}, {"destination": "x", "barcodes": "1"}, {"destination": there.pk}):
        assert client.post("/transfers/", {"rows": 1, **wrong}).status_code == 422
    here = {"destination": make_library().pk, "barcodes": item.barcode}
    assert client.post("/transfers/", here).status_code == 422


def test_a_limit_stops_the_box_until_somebody_who_may_sets_it_aside() -> None:
    client, there = everywhere(), make_library("SVL")
    way = {"origin": make_library().pk, "destination": there.pk}
    assert client.post("/transfers/limits/", way).status_code == 302
    assert "SVL" in client.get("/transfers/limits/").content.decode()
    box = {"destination": there.pk, "barcodes": make_item().barcode}
    assert (
        "not sent from here to SVL" in client.post("/transfers/", box).content.decode()
    )
    lender = at_work(make_staff("lender", may=(LendingPermission.LEND,)))
    lender.post("/transfers/", {**box, "in_spite": "on"})
    assert not Transit.objects.exists()
    client.post("/transfers/", {**box, "in_spite": "on"})
    assert Transit.objects.count() == 1

    limit = TransferLimit.objects.get()
    for _twice in range(2):
        client.post(f"/transfers/limits/{limit.pk}/remove/")
    assert not TransferLimit.objects.exists()
    same = {**way, "destination": way["origin"]}
    assert client.post("/transfers/limits/", same).status_code == 422


def test_the_front_page_alerts_of_what_is_on_its_way_for_too_long() -> None:
    client = everywhere()
    now = timezone.now()
    for days in (1, 20):
        Transit.objects.create(
            item=make_item(),
            origin=make_library("SVL"),
            destination=make_library(),
            sent_at=now - timedelta(days=days),
        )
    front = client.get("/").content.decode()
    assert "1 for too long" in front
    assert "0 for too long" not in front
    assert "/transits/?late=yes" in front


def test_who_may_not_lend_moves_nothing() -> None:
    reader = at_work(make_staff("reader", may=(CataloguePermission.SEE,)))
    assert reader.get("/transfers/").status_code == 403
    lender = at_work(make_staff("lender", may=(LendingPermission.LEND,)))
    assert lender.get("/transfers/").status_code == 200
    assert lender.get("/transfers/limits/").status_code == 403


def test_the_list_of_limits_asks_the_same_for_many() -> None:
    client = everywhere()

    def another() -> None:
        TransferLimit.objects.create(
            origin=make_library(),
            destination=make_library("SVL"),
            item_type=make_item_type(f"T{TransferLimit.objects.count()}"),
        )

    assert_same_queries_with_more_rows(
        lambda: client.get("/transfers/limits/"), add_rows=another
    )
