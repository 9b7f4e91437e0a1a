"""Lost, damaged, missing, as the desk notes it (CIR-41)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.loss_settings import LONG_OVERDUE_DAYS
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.fees.queries import balance
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.interfaces.staff.tests.scans import Scanner
from kortisto.testing.builders import (
    card_of,
    chief,
    desk,
    make_consortium,
    make_item,
    make_patron,
    make_rules,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules() -> None:
    make_rules({"values": {"loan_period": 14}})


def lent(patron: Patron | None = None, **item: Any) -> Loan:
    copy = make_item(**{"replacement_price_cents": 2500, **item})
    start = timezone.now() - timedelta(days=20)
    card = card_of(patron or make_patron())
    made = checkout(card, copy.barcode, by=desk(), now=start)
    return Loan.objects.get(pk=made.loan_id)


def test_the_price_of_the_item_is_offered_and_what_was_lost_and_found_is_told() -> None:
    patron, client = make_patron(), at_work()
    loan = lent(patron)
    address = f"/loans/{loan.pk}/"
    assert 'value="25,00"' in client.get(address).content.decode()
    told = {"loss-what": "lost", "loss-cents": "20,00", "loss-note": "Kastui"}
    page = client.post(f"{address}lose/", told, follow=True).content.decode()
    assert "Noted as lost." in page
    assert balance(patron.pk).cents == 2000
    charges = client.get(f"/patrons/{patron.pk}/").content.decode()
    assert "Staff set the sum; the price of the item is 25,00" in charges
    text = Scanner(client, at="/checkin/").scan(loan.barcode)
    assert "The replacement charge of 20,00" in text
    assert balance(patron.pk).cents == 0


def test_a_sum_that_cannot_be_keeps_the_form() -> None:
    loan, client = lent(), at_work()
    for wrong in ("kaksi", "-3", "999999999,00"):
        told = {"loss-what": "lost", "loss-cents": wrong, "loss-note": "Kastui"}
        answer = client.post(f"/loans/{loan.pk}/lose/", told)
        assert answer.status_code == 422
        assert "Kastui" in answer.content.decode()
    loan.refresh_from_db()
    assert loan.returned_at is None


def test_an_ended_loan_can_only_be_damaged() -> None:
    patron, client = make_patron(history="forever"), at_work()
    loan = lent(patron)
    Scanner(client, at="/checkin/").scan(loan.barcode)
    told = {"loss-what": "lost", "loss-cents": "5,00", "loss-note": ""}
    address = f"/loans/{loan.pk}/lose/"
    assert client.post(address, told).status_code == 422
    assert client.post(address, told | {"loss-what": "damaged"}).status_code == 302
    assert balance(patron.pk).cents == 500


def test_an_item_is_marked_on_its_page() -> None:
    item, client = make_item(), at_work()
    address = f"/items/{item.pk}/mark/"
    page = client.post(address, {"mark": "missing"}, follow=True).content.decode()
    assert "Noted: Missing from its shelf." in page
    item.refresh_from_db()
    assert item.lost == "4"
    assert client.post(address, {"mark": "eaten"}).status_code == 404
    assert client.post("/items/999999/mark/", {"mark": "missing"}).status_code == 404
    lent_out = lent().item
    page = client.post(
        f"/items/{lent_out.pk}/mark/", {"mark": "sought"}, follow=True
    ).content.decode()
    assert "say it on the page of the loan" in page


def test_who_may_not_mark_sees_no_form_and_is_refused() -> None:
    loan = lent()
    may = (PatronPermission.SEE, LendingPermission.LEND)
    client = at_work(make_staff("some", may=may))
    assert "Lost or damaged?" not in client.get(f"/loans/{loan.pk}/").content.decode()
    assert client.post(f"/loans/{loan.pk}/lose/", {}).status_code == 403
    assert client.post(f"/items/{loan.item_id}/mark/", {}).status_code == 403


def test_the_night_is_counted_before_it_comes() -> None:
    client = at_work()
    assert "No library has set days" in client.get("/long-overdue/").content.decode()
    root, now = make_consortium().pk, timezone.now()
    set_setting(root, LONG_OVERDUE_DAYS, value=5, by=chief(), now=now)
    lent()
    page = client.get("/long-overdue/").content.decode()
    assert "after 5 days" in page


def test_a_loan_to_the_wrong_person_is_voided_only_when_somebody_is_sure() -> None:
    wrong, client = make_patron(surname="Toinen"), at_work()
    card = card_of(wrong)
    made = checkout(card, make_item().barcode, by=desk(), now=timezone.now())
    address = f"/loans/{made.loan_id}/void/"
    page = client.post(address, follow=True).content.decode()
    assert "Tick first that it was the wrong person." in page
    page = client.post(address, {"sure": "yes"}, follow=True).content.decode()
    assert "The loan was voided." in page
    assert "No loans." in client.get(f"/patrons/{wrong.pk}/").content.decode()
    again = client.post(address, {"sure": "yes"}, follow=True).content.decode()
    assert "The loan knows no patron" in again
    assert "Toinen" not in again
    assert client.post("/loans/999999/void/", {"sure": "yes"}).status_code == 404


def test_an_old_loan_offers_no_voiding() -> None:
    page = at_work().get(f"/loans/{lent().pk}/").content.decode()
    assert "Lent to the wrong person?" not in page


def test_a_loan_that_somebody_else_needs_is_recalled_on_its_page() -> None:
    client = at_work()
    card = card_of(make_patron())
    make_rules({"values": {"loan_period": 28, "recall_least_days": 0}})
    made = checkout(card, make_item().barcode, by=desk(), now=timezone.now())
    address = f"/loans/{made.loan_id}/"
    assert "Recalled now it is due on" in client.get(address).content.decode()
    page = client.post(f"{address}recall/", follow=True).content.decode()
    assert "The loan is now due on" in page
    assert "Take the recall back" in page
    again = client.post(f"{address}recall/", follow=True).content.decode()
    assert "it has been recalled" in again
    back = {"back": "yes"}
    page = client.post(f"{address}recall/", back, follow=True).content.decode()
    assert "Recall the loan" in page
    assert client.post("/loans/999999/recall/").status_code == 404
