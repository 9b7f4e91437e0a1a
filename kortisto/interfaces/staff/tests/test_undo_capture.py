"""A copy was set aside by mistake: taken back at the check-in or on a hold's page."""

import pytest
from django.test import Client

from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.interfaces.staff.tests.scans import Scanner
from kortisto.testing.builders import make_hold, make_item, make_library, make_patron

pytestmark = pytest.mark.django_db

LEND, UNDO = LendingPermission.LEND, LendingPermission.UNDO
BUTTON = "Not for the hold"


def clerk(*may: LendingPermission) -> Client:
    return at_work(make_staff(may=(HoldPermission.PLACE, LEND, *may)))


def test_the_row_of_the_check_in_has_the_way_back() -> None:
    item = make_item()
    hold = make_hold(make_patron(), item.record)
    desk = Scanner(clerk(UNDO), at="/checkin/")
    row = desk.scan(item.barcode)
    assert BUTTON in row
    key = f"capture-{hold.pk}"
    assert f'id="{key}"' in row
    answer = desk.post(f"/holds/{hold.pk}/not-set-aside/", row=key)
    assert desk.status == 200
    assert f'id="{key}" hx-swap-oob="delete"' in answer
    hold.refresh_from_db()
    assert hold.state == Hold.State.QUEUED
    desk.post(f"/holds/{hold.pk}/not-set-aside/", row='"><script>')
    assert desk.status == 409
    assert "<script>" not in desk.text


def test_what_was_sent_away_for_a_hold_has_it_too() -> None:
    item = make_item()
    hold = make_hold(make_patron(), item.record, pickup=make_library("SVL"))
    row = Scanner(clerk(UNDO), at="/checkin/").scan(item.barcode)
    assert f"/holds/{hold.pk}/not-set-aside/" in row


def test_the_page_of_the_hold_offers_it_while_it_is_possible() -> None:
    item = make_item()
    hold = make_hold(make_patron(), item.record)
    client = clerk(UNDO)
    Scanner(client, at="/checkin/").scan(item.barcode)
    page = f"/holds/{hold.pk}/"
    assert "Set aside by mistake" in client.get(page).content.decode()
    answer = client.post(f"{page}not-set-aside/")
    assert answer.headers["Location"] == page
    shown = client.get(page).content.decode()
    assert "back at its place in the queue" in shown
    assert "Set aside by mistake" not in shown
    client.post(f"{page}not-set-aside/")
    assert "has been undone already" in client.get(page).content.decode()


def test_who_may_not_undo_is_offered_nothing() -> None:
    item = make_item()
    hold = make_hold(make_patron(), item.record)
    client = clerk()
    assert BUTTON not in Scanner(client, at="/checkin/").scan(item.barcode)
    assert client.post(f"/holds/{hold.pk}/not-set-aside/").status_code == 403
    hold.refresh_from_db()
    assert hold.state == Hold.State.WAITING


def test_a_hold_without_a_copy_has_nothing_to_take_back() -> None:
    hold = make_hold(make_patron(), make_item().record)
    answer = clerk(UNDO).post(f"/holds/{hold.pk}/not-set-aside/")
    assert answer.status_code == 404
