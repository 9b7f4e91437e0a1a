"""Merge on the page: found, looked at, merged, taken back."""

import pytest
from django.http import HttpResponse

from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.patrons.models import Guardianship, Patron
from kortisto.domain.patrons.permissions import PatronPermission as May
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    desk,
    make_item,
    make_patron,
)

pytestmark = pytest.mark.django_db


def words(answer: object, status: int = 200) -> str:
    assert isinstance(answer, HttpResponse)
    assert answer.status_code == status
    return answer.content.decode()


def test_two_records_are_merged_after_a_look_and_taken_apart_again() -> None:
    survivor, other = make_patron(), make_patron(first_names="Aino M.")
    checkout(card_of(other), make_item().barcode, by=desk(), now=MONDAY_NOON)
    client = at_work()
    address = f"/patrons/{survivor.pk}/merge/"

    found = words(client.post(address, {"q": "virta"}))
    assert f"{address}?other={other.pk}" in found
    assert f"{address}?other={survivor.pk}" not in found
    page = words(client.get(address, {"other": other.pk}))
    assert "Loans, past ones included" in page
    assert "dates of birth differ" not in page
    Patron.objects.filter(pk=other.pk).update(born_on="1979-05-17")
    page = words(client.get(address, {"other": other.pk}))
    assert "dates of birth differ" in page
    assert other.binned_at is None

    sent = {"other": other.pk, "survivor": survivor.pk, "merge": "yes"}
    answer = client.post(address, sent)
    assert answer.headers["Location"] == f"/patrons/{survivor.pk}/"
    assert client.get(f"/patrons/{other.pk}/").status_code == 404
    assert survivor.loans.count() == 1

    assert "Undo the merge" in words(client.get(address))
    answer = client.post(f"{address}undo/")
    assert answer.headers["Location"] == f"/patrons/{other.pk}/"
    assert other.loans.count() == 1
    assert "There is no merge" not in words(client.get(answer.headers["Location"]))
    client.post(f"{address}undo/")
    assert "undone already" in words(client.get(f"/patrons/{survivor.pk}/"))


def test_the_other_record_can_be_the_one_that_stays() -> None:
    one, two = make_patron(), make_patron()
    address = f"/patrons/{one.pk}/merge/"
    client = at_work()
    page = words(client.get(address, {"other": two.pk, "survivor": two.pk}))
    assert f'name="survivor" value="{two.pk}"' in page
    sent = {"other": two.pk, "survivor": two.pk, "merge": "yes"}
    assert client.post(address, sent).headers["Location"] == f"/patrons/{two.pk}/"
    one.refresh_from_db()
    assert one.binned_at is not None


def test_two_people_are_shown_why_not_and_nonsense_finds_nobody() -> None:
    one, child = make_patron(), make_patron()
    Guardianship.objects.create(guardian=one, dependant=child)
    client = at_work()
    address = f"/patrons/{one.pk}/merge/"

    page = words(client.get(address, {"other": child.pk}))
    assert "guardian of the other" in page
    assert 'name="merge"' not in page
    sent = {"other": child.pk, "survivor": one.pk, "merge": "yes"}
    assert "guardian of the other" in words(client.post(address, sent), 409)
    assert Patron.objects.filter(binned_at=None).count() == 2
    for odd in ("x", "-1", "", "9" * 30):
        assert client.get(address, {"other": odd}).status_code == 200
    assert client.get(address, {"other": 999999}).status_code == 404
    assert client.get("/patrons/999999/merge/").status_code == 404
    clerk = at_work(make_staff("clerk", may=(May.SEE, May.EDIT)))
    assert clerk.get(address).status_code == 403
    assert clerk.post(f"{address}undo/").status_code == 403
