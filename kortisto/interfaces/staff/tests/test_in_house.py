"""Uses in the library and parts that are missing, scanned at the desk (CIR-20)."""

import pytest
from django.utils import timezone

from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.models import InHouseUse
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.interfaces.staff.tests.scans import Scanner
from kortisto.testing.builders import (
    card_of,
    desk,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_rules,
)

pytestmark = pytest.mark.django_db

PAGE = "/checkin/in-house/"


def test_what_lay_on_a_table_is_counted_scan_by_scan_and_once_by_each_key() -> None:
    item = make_item(record=make_record("Putkinotko"), library=make_library("SVL"))
    scanner = Scanner(at_work(), at=PAGE)
    for _ in range(2):
        text = scanner.scan(item.barcode, key="one-scan")
        assert "Counted" in text
        assert "It belongs to SVL." in text
        assert 'hx-swap-oob="afterbegin:#used"' in text
    assert "Counted a moment ago" in scanner.scan(item.barcode)
    use = InHouseUse.objects.get()
    page = scanner.client.get(f"/items/{item.pk}/").content.decode()
    assert "Used in the library" in page
    undone = scanner.post(f"{PAGE}{use.pk}/undo/")
    assert f'id="use-{use.pk}" hx-swap-oob="delete"' in undone
    assert not InHouseUse.objects.exists()
    scanner.post(f"{PAGE}{use.pk}/undo/")
    assert scanner.status == 404


def test_what_is_on_loan_is_sent_to_the_check_in() -> None:
    make_rules()
    item = make_item()
    checkout(card_of(make_patron()), item.barcode, by=desk(), now=timezone.now())
    scanner = Scanner(at_work(), at=PAGE)
    assert "Check it in" in scanner.scan(item.barcode)
    assert scanner.status == 409
    assert not InHouseUse.objects.exists()


def test_the_check_in_asks_for_the_parts_and_keeps_what_is_not_whole() -> None:
    item = make_item(parts=3, parts_note="kirja ja 2 levyä")
    scanner = Scanner(at_work(), at="/checkin/")
    text = scanner.scan(item.barcode)
    assert "Are all 3 parts there? kirja ja 2 levyä" in text
    assert f"/checkin/parts/{item.pk}/" in text
    answer = scanner.post(f"/checkin/parts/{item.pk}/")
    assert "Keep it here" in answer
    item.refresh_from_db()
    assert item.damaged == "3"
    scanner.post("/checkin/parts/999999/")
    assert scanner.status == 404


def test_who_may_not_mark_items_is_only_asked() -> None:
    item = make_item(parts=2)
    staff = make_staff("some", may=(LendingPermission.LEND,))
    text = Scanner(at_work(staff), at="/checkin/").scan(item.barcode)
    assert "Are all 2 parts there?" in text
    assert "/checkin/parts/" not in text
