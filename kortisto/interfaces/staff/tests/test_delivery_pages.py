"""Home delivery on its pages."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.core.models import LoggedEvent
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.delivery.models import (
    BasketItem,
    DeliveryPatron,
    DeliveryRound,
)
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    make_item,
    make_library,
    make_patron,
    make_record,
    make_rules,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    make_rules({"values": {"loan_period": 28}})
    return at_work()


def add_round(client: Client, **other: object) -> None:
    sent = {
        "library": make_library().pk,
        "name": "Keskusta",
        "first_on": timezone.localdate().isoformat(),
        "every_weeks": "2",
        **other,
    }
    client.post("/delivery/new/", sent)


def test_from_a_round_to_a_basket_that_has_come_back(client: Client) -> None:
    add_round(client)
    round_ = DeliveryRound.objects.get()
    patron = make_patron(surname="Kotiasiakas", hold_identifier="K-77")
    address = f"/patrons/{patron.pk}/delivery/"
    assert address in client.get(f"/patrons/{patron.pk}/").content.decode()
    sent = {"round": round_.pk, "items": "2", "likes": "Dekkareita", "avoids": ""}
    page = client.post(address, sent, follow=True).content.decode()
    assert "The wishes were saved." in page
    assert "Dekkareita" in page

    record = make_record("Yösyöttö")
    items = [make_item(record=record), make_item()]
    for item in items:
        told = client.post(f"{address}pick/", {"barcode": item.barcode}, follow=True)
        assert "lies in the basket" in told.content.decode()
    listed = client.get(f"/delivery/{round_.pk}/").content.decode()
    assert "K-77" in listed
    assert "Ready to lend" in listed
    assert "Kotiasiakas" not in listed  # the identifier, never a name

    page = client.post(f"{address}lend/", follow=True).content.decode()
    assert "Lent: 2." in page
    slip = client.get(f"{address}slip/").content.decode()
    assert "data-print-now" in slip
    assert "K-77" in slip
    assert "Yösyöttö" in slip
    assert "Kotiasiakas" not in slip
    page = client.post(f"{address}back/", follow=True).content.decode()
    assert "Taken back: 2." in page
    assert not Loan.objects.filter(returned_at=None).exists()

    again = make_item(record=record).barcode
    told = client.post(f"{address}pick/", {"barcode": again}, follow=True)
    assert "the patron has had this before" in told.content.decode()
    line = BasketItem.objects.get(loan=None)
    client.post(f"{address}out/{line.pk}/")
    assert not BasketItem.objects.filter(loan=None).exists()
    looks = LoggedEvent.objects.filter(kind="PatronViewed")
    assert "home-delivery" in {event.body["page"] for event in looks}

    client.post(f"{address}leave/")
    assert not DeliveryPatron.objects.exists()
    client.post(f"/delivery/{round_.pk}/end/")
    assert "No rounds yet" in client.get("/delivery/").content.decode()


def test_what_is_wrong_is_told_and_nothing_is_done(client: Client) -> None:
    add_round(client, every_weeks="40")
    assert client.post("/delivery/new/", {"name": "x"}).status_code == 422
    assert not DeliveryRound.objects.exists()
    add_round(client)
    round_ = DeliveryRound.objects.get()
    patron = make_patron()
    address = f"/patrons/{patron.pk}/delivery/"
    wrong = client.post(address, {"round": "", "items": "0"})
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"round", "items"}
    assert client.post(f"{address}pick/", {"barcode": "x"}).status_code == 404
    page = client.post(f"{address}lend/", follow=True).content.decode()
    assert "There is nothing in the basket to lend." in page
    client.post(address, {"round": round_.pk, "items": "2"})
    told = client.post(f"{address}pick/", {"barcode": "OLEMATON"}, follow=True)
    assert told.status_code == 200
    client.post(f"/delivery/{round_.pk}/end/")
    assert DeliveryRound.objects.get().ended_on is None
    assert client.get("/delivery/999/").status_code == 404
    assert client.get(f"/delivery/{round_.pk}/?day=never").status_code == 200
    assert not Loan.objects.exists()


def test_nobody_opens_it_without_the_permission() -> None:
    clerk = at_work(
        make_staff("virkailija", may=(PatronPermission.SEE, LendingPermission.LEND))
    )
    patron = make_patron()
    assert clerk.get("/delivery/").status_code == 403
    assert clerk.get(f"/patrons/{patron.pk}/delivery/").status_code == 403
    assert clerk.post(f"/patrons/{patron.pk}/delivery/lend/").status_code == 403
    assert "/delivery/" not in clerk.get(f"/patrons/{patron.pk}/").content.decode()


def test_a_round_is_changed_by_those_who_serve_its_library(client: Client) -> None:
    add_round(client)
    round_ = DeliveryRound.objects.get()
    address = f"/delivery/{round_.pk}/edit/"
    assert 'value="Keskusta"' in client.get(address).content.decode()
    add = {
        "library": make_library().pk,
        "name": "Laitakaupunki",
        "first_on": (timezone.localdate() + timedelta(days=3)).isoformat(),
        "every_weeks": "1",
    }
    client.post(address, add)
    round_.refresh_from_db()
    assert (round_.name, round_.every_weeks) == ("Laitakaupunki", 1)
    other = at_work(make_staff("muu", library=make_library("SVL")))
    assert other.get(address).status_code == 403
    assert other.post(f"/delivery/{round_.pk}/end/").status_code == 403
