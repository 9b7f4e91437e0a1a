"""Deleting a patron at the desk: refused in words, or into the bin and back."""

import pytest
from django.utils import timezone

from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.patrons.actions.binning import put_in_bin
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import card_of, chief, desk, make_item, make_patron
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db


def test_what_stands_against_it_is_told_before_anything_is_asked() -> None:
    patron = make_patron()
    now = timezone.now()
    checkout(card_of(patron), make_item().barcode, by=desk(), now=now)
    client = at_work()
    address = f"/patrons/{patron.pk}/delete/"

    page = client.get(address).content.decode()
    assert "Loans that have not been returned: 1." in page
    assert 'name="reason"' not in page
    refused = client.post(address, {"reason": "Muutti pois"})

    assert refused.status_code == 409
    assert Patron.objects.get().binned_at is None


def test_a_patron_goes_into_the_bin_and_comes_back() -> None:
    patron = make_patron()
    client = at_work()

    assert client.post(f"/patrons/{patron.pk}/delete/", {}).status_code == 422
    client.post(f"/patrons/{patron.pk}/delete/", {"reason": "Muutti pois"})
    assert client.get(f"/patrons/{patron.pk}/").status_code == 404
    bin_page = client.get("/patrons/bin/").content.decode()
    assert "Muutti pois" in bin_page
    assert "Virtanen" in bin_page
    client.post(f"/patrons/{patron.pk}/take-out/")

    assert client.get(f"/patrons/{patron.pk}/").status_code == 200
    assert "The bin is empty" in client.get("/patrons/bin/").content.decode()
    assert client.post(f"/patrons/{patron.pk}/take-out/").status_code == 404


def test_nothing_can_be_changed_of_a_patron_in_the_bin() -> None:
    patron = make_patron()
    put_in_bin(patron.pk, "Muutti", by=chief(), now=timezone.now())
    client = at_work()

    for part in ("edit", "note", "card", "pin", "guardians", "delete", "address"):
        answer = client.post(f"/patrons/{patron.pk}/{part}/")
        assert answer.status_code == 404, part
    assert client.post(f"/patrons/{patron.pk}/flags/").status_code == 404


def test_who_may_not_delete_sees_no_way_to() -> None:
    patron = make_patron()
    may = (PatronPermission.SEE, PatronPermission.EDIT)
    client = at_work(make_staff("eero", may=may))

    assert "/delete/" not in client.get(f"/patrons/{patron.pk}/").content.decode()
    assert "/patrons/bin/" not in client.get("/patrons/").content.decode()
    assert client.get("/patrons/bin/").status_code == 403


def test_a_full_bin_asks_no_more() -> None:
    client = at_work()

    def add() -> None:
        put_in_bin(make_patron().pk, "Muutti", by=chief(), now=timezone.now())

    assert_same_queries_with_more_rows(
        lambda: client.get("/patrons/bin/"), add_rows=add
    )
