"""Claims as the desk sees them: noted on the loan's page, found by a scan (CIR-40)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.claims import NewClaim, claim
from kortisto.domain.circulation.models import Claim, Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.fees.queries import balance
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.pages import loan as loan_page
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
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules() -> None:
    make_rules({"values": {"loan_period": 14, "fine_cents": 20}})


def lent(patron: Patron | None = None, **item: Any) -> Loan:
    copy = make_item(record=make_record("Putkinotko"), **item)
    who = patron or make_patron(surname="Salainen")
    start = timezone.now() - timedelta(days=20)
    made = checkout(card_of(who), copy.barcode, by=desk(), now=start)
    return Loan.objects.get(pk=made.loan_id)


def claimed(patron: Patron | None = None, **item: Any) -> Loan:
    loan = lent(patron, **item)
    new = NewClaim(kind="returned", library_id=loan.library_id, note="Luukkuun")
    claim(loan.pk, new, by=desk(), now=timezone.now())
    return Loan.objects.get(pk=loan.pk)


def test_a_claim_is_noted_on_the_page_of_the_loan_and_stands_on_the_patron() -> None:
    patron, client = make_patron(surname="Virta"), at_work()
    loan = lent(patron)
    told = {
        "kind": "never-had",
        "library": loan.library_id,
        "note": "Ei ollut kassissa",
    }
    answer = client.post(f"/loans/{loan.pk}/claim/", told, follow=True)
    page = answer.content.decode()
    assert "Noted. No fine grows, and the shelves are checked." in page
    assert "Says that they never had it" in page
    assert "Ei ollut kassissa" in page
    whole = client.get(f"/patrons/{patron.pk}/").content.decode()
    assert "Said not to be with the patron" in whole
    assert "No loans." in whole  # it is in a list of its own
    assert "1 overdue" not in whole


def test_a_form_that_cannot_be_keeps_what_was_typed() -> None:
    loan, client = lent(), at_work()
    told = {
        "kind": "returned",
        "library": loan.library_id,
        "note": "Toi sateessa",
        "told_on": "2001-01-01",
    }
    answer = client.post(f"/loans/{loan.pk}/claim/", told)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "The item was lent only after that day." in page
    assert "Toi sateessa" in page
    assert not Claim.objects.exists()


@pytest.mark.parametrize(("how", "owed"), [("found", 0), ("brought", 120)])
def test_what_has_turned_up_is_taken_back_from_the_page_of_the_loan(
    how: str, owed: int
) -> None:
    patron, client = make_patron(), at_work()
    loan = claimed(patron)
    address = f"/loans/{loan.pk}/claim/resolve/"
    page = client.post(address, {"how": how}, follow=True).content.decode()
    assert "Taken back" in page
    loan.refresh_from_db()
    assert loan.ending == Loan.Ending.RETURNED
    assert balance(patron.pk).cents == owed
    again = client.post(address, {"how": how}, follow=True).content.decode()
    assert "The claim has been resolved already." in again


def test_the_patron_has_it_after_all() -> None:
    loan, client = claimed(), at_work()
    address = f"/loans/{loan.pk}/claim/resolve/"
    assert client.post(address, {"how": "eaten"}).status_code == 404
    page = client.post(address, {"how": "withdrawn"}, follow=True).content.decode()
    assert "The loan goes on as before." in page
    assert "Overdue" in page


def test_the_shelves_are_checked_without_a_word_of_the_patron() -> None:
    loan, client = claimed(call_number="84.2 LEH"), at_work()
    page = client.get("/claims/").content.decode()
    for told in ("Putkinotko", "84.2 LEH", loan.barcode):
        assert told in page
    for secret in ("Salainen", "Luukkuun"):
        assert secret not in page
    found = Claim.objects.get()
    after = client.post(f"/claims/{found.pk}/missed/", follow=True).content.decode()
    assert "Noted: not on the shelf." in after
    assert "in vain 1 time" in after
    gone = client.post("/claims/999999/missed/", follow=True).content.decode()
    assert "The claim has been resolved already." in gone
    elsewhere = at_work(make_staff("elsewhere", library=make_library("MRI")))
    assert "Nothing to look for" in elsewhere.get("/claims/").content.decode()


def test_what_is_scanned_at_the_list_was_found_in_the_library() -> None:
    patron = make_patron()
    loan = claimed(patron)
    scanner = Scanner(at_work(), at="/claims/")
    text = scanner.scan(loan.barcode)
    assert "Now noted: Found in the library." in text
    assert 'hx-swap-oob="afterbegin:#returned"' in text
    assert Claim.objects.get().resolution == Claim.Resolution.FOUND
    assert balance(patron.pk).cents == 0


def test_the_check_in_says_what_has_become_of_the_claim() -> None:
    loan = claimed()
    text = Scanner(at_work(), at="/checkin/").scan(loan.barcode)
    assert "Now noted: The patron brought it." in text
    assert "The item was overdue" in text


def test_whoever_claims_often_is_marked_at_the_desk() -> None:
    patron, client = make_patron(), at_work()
    for _ in range(3):
        claimed(patron)
    page = client.get(f"/patrons/{patron.pk}/").content.decode()
    assert "The patron has said 3 times that a loan is not with them." in page


def test_an_ended_loan_names_its_patron_only_to_whom_history_is_shown() -> None:
    patron = make_patron(surname="Salainen", history="forever")
    loan = claimed(patron)
    Scanner(at_work(), at="/checkin/").scan(loan.barcode)
    address = f"/loans/{loan.pk}/"
    assert "Salainen" in at_work(make_staff("all")).get(address).content.decode()
    some = (PatronPermission.SEE, LendingPermission.LEND)
    page = at_work(make_staff("some", may=some)).get(address).content.decode()
    for secret in ("Salainen", "Luukkuun"):
        assert secret not in page


def test_six_claims_cost_as_many_statements_as_one() -> None:
    client, patron = at_work(), make_patron()
    for address in ("/claims/", f"/patrons/{patron.pk}/"):
        assert_same_queries_with_more_rows(
            lambda address=address: client.get(address),  # type: ignore[misc]
            add_rows=lambda: claimed(patron),
        )


def test_a_claim_that_another_desk_resolves_in_the_same_moment_is_told_kindly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loan, client = claimed(), at_work()

    def too_late(claim_id: int, **_others: Any) -> None:
        Claim.objects.get(pk=claim_id, resolved_at__isnull=False)

    monkeypatch.setattr(loan_page, "withdraw_claim", too_late)
    address = f"/loans/{loan.pk}/claim/resolve/"
    answer = client.post(address, {"how": "withdrawn"}, follow=True)
    assert answer.status_code == 200
    assert "The claim has been resolved already." in answer.content.decode()
    assert "The loan goes on as before." not in answer.content.decode()
