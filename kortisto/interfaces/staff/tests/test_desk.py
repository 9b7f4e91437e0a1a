"""The lending desk: every scan has one meaning, and nobody borrows by mistake."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kortisto.core.models import LoggedEvent
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.interfaces.staff.tests.scans import Scanner
from kortisto.testing.builders import (
    card_of,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_restriction,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db

LEND, SEE = LendingPermission.LEND, PatronPermission.SEE


def restrict(patron_id: int) -> None:
    make_restriction(Patron.objects.get(pk=patron_id), note="Broken window")


def test_a_card_opens_its_patron_and_a_barcode_is_lent() -> None:
    patron, item = make_patron(surname="Järvinen"), make_item()
    desk = Scanner(at_work())

    assert "Järvinen, Aino" in desk.scan(card_of(patron))
    assert desk.fields["patron"] == str(patron.pk)
    answer = desk.scan(item.barcode)

    loan = Loan.objects.get()
    assert (loan.patron_id, loan.item_id) == (patron.pk, item.pk)
    assert 'data-sound="ok"' in answer
    assert "Seitsemän veljestä" in answer
    assert f'id="loan-{loan.pk}"' in answer
    viewed = LoggedEvent.objects.filter(kind="PatronViewed")
    assert viewed.filter(body__page="desk").exists()


def test_the_same_scan_sent_again_gives_the_same_answer_and_one_loan() -> None:
    patron, item = make_patron(), make_item()
    desk = Scanner(at_work())
    desk.scan(card_of(patron))

    first = desk.scan(item.barcode, key="same")
    again = desk.scan(item.barcode, key="same")

    assert Loan.objects.count() == 1
    assert "Lent" in first
    assert "Lent" in again
    assert "Already theirs" not in again
    assert LoggedEvent.objects.filter(kind="LoanStarted").count() == 1


def test_a_second_scan_of_the_same_item_says_already_theirs() -> None:
    patron, item = make_patron(), make_item()
    desk = Scanner(at_work())
    desk.scan(card_of(patron))
    desk.scan(item.barcode)

    assert "Already theirs" in desk.scan(item.barcode)
    assert desk.status == 200
    assert Loan.objects.count() == 1


def test_a_tab_that_shows_another_patron_lends_to_nobody() -> None:
    first, second, item = make_patron(), make_patron(), make_item()
    client = at_work()
    old_tab, new_tab = Scanner(client), Scanner(client)
    old_tab.scan(card_of(first))
    new_tab.scan(card_of(second))

    answer = old_tab.scan(item.barcode)

    assert old_tab.status == 409
    assert "Another patron is being served" in answer
    assert Loan.objects.count() == 0


def test_a_page_that_shows_nobody_says_whom_a_scan_is_lent_to() -> None:
    patron, client = make_patron(surname="Järvinen"), at_work()
    told = "Järvinen, Aino is being served: an item that you scan is lent to them."
    assert told not in client.get("/tasks/").content.decode()
    Scanner(client).scan(card_of(patron))

    assert told in client.get("/tasks/").content.decode()
    for page in ("/desk/", "/checkin/", "/renew/"):
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert told not in answer.content.decode(), page


def test_a_scan_that_outlived_its_session_is_lent_to_its_own_patron() -> None:
    patron, item = make_patron(), make_item()
    staff = make_staff()
    before = Scanner(at_work(staff))
    before.scan(card_of(patron))
    after = Scanner(at_work(staff))
    after.fields = before.fields

    after.scan(item.barcode)

    assert Loan.objects.get().patron_id == patron.pk


def test_every_reason_is_shown_and_those_one_may_are_set_aside() -> None:
    patron = make_patron(card_lost=True)
    restrict(patron.pk)
    item = make_item(damaged="1", lost="1")
    override = LendingPermission.OVERRIDE_RESTRICTION
    desk = Scanner(at_work(make_staff(may=(LEND, SEE, override))))
    desk.scan(card_of(patron))

    answer = desk.scan(item.barcode)

    assert desk.status == 409
    assert "Broken window" in answer
    assert "reported lost" in answer
    assert "marked as lost" in answer
    assert answer.count('name="override"') == 1
    assert 'data-sound="stop"' in answer
    assert Loan.objects.count() == 0


def test_lending_anyway_needs_every_tick_and_can_be_remembered() -> None:
    patron = make_patron()
    restrict(patron.pk)
    first, second = make_item(), make_item()
    desk = Scanner(at_work())
    desk.scan(card_of(patron))
    desk.scan(first.barcode)
    form = {"barcode": first.barcode, "patron": patron.pk}

    desk.post("/desk/lend/", **form)
    assert desk.status == 409
    desk.post("/desk/lend/", **form, override="restricted", remember="yes")
    assert Loan.objects.count() == 1
    desk.scan(second.barcode)

    assert Loan.objects.count() == 2
    overridden = LoggedEvent.objects.filter(kind="LoanStarted")
    assert all(event.body["overridden"] == ["restricted"] for event in overridden)


def test_a_ticked_reason_that_one_may_not_set_aside_still_stops() -> None:
    patron = make_patron()
    restrict(patron.pk)
    item = make_item()
    desk = Scanner(at_work(make_staff(may=(LEND, SEE))))
    desk.scan(card_of(patron))

    desk.post(
        "/desk/lend/", barcode=item.barcode, patron=patron.pk, override="restricted"
    )

    assert desk.status == 409
    assert Loan.objects.count() == 0


def test_enter_alone_goes_on_to_the_next_patron() -> None:
    patron, item = make_patron(), make_item()
    desk = Scanner(at_work())
    desk.scan(card_of(patron))

    desk.scan("")

    assert desk.fields["patron"] == ""
    assert "Scan a card" in desk.text
    desk.scan(item.barcode)
    assert Loan.objects.count() == 0
    assert "On the shelf" in desk.text


def test_enter_alone_keeps_the_patron_while_a_refusal_waits() -> None:
    patron = make_patron()
    restrict(patron.pk)
    desk = Scanner(at_work())
    desk.scan(card_of(patron))
    desk.scan(make_item().barcode)

    desk.scan("")

    assert "Still refused" in desk.text
    assert desk.fields["patron"] == str(patron.pk)


def test_the_next_card_opens_the_next_patron() -> None:
    first, second = make_patron(surname="Aho"), make_patron(surname="Bergman")
    desk = Scanner(at_work())
    desk.scan(card_of(first))

    assert "Bergman" in desk.scan(card_of(second))
    assert desk.fields["patron"] == str(second.pk)


def test_a_card_on_another_page_leads_to_the_desk() -> None:
    patron = make_patron()
    front = Scanner(at_work(), at="/")

    front.scan(card_of(patron))

    assert front.went_to == "/desk/"


def test_a_name_gives_candidates_and_each_is_logged_as_seen() -> None:
    patron = make_patron(surname="Virtanen", street="Secret street 1")
    front = Scanner(at_work(), at="/")

    answer = front.scan("virta")

    assert "Virtanen, Aino" in answer
    assert "1980" in answer
    assert "Secret street" not in answer
    seen = LoggedEvent.objects.get(kind="PatronViewed")
    assert seen.body == {"patron_id": patron.pk, "page": "search"}


def test_a_number_of_a_book_finds_its_title_with_and_without_dashes() -> None:
    record = make_record("Sinuhe egyptiläinen")
    record.identifiers.create(kind="isbn", value="9789510099001")
    front = Scanner(at_work(), at="/")

    assert "Sinuhe egyptiläinen" in front.scan("978-951-0-09900-1")


def test_what_nobody_knows_is_told_so() -> None:
    front = Scanner(at_work(), at="/")

    assert "Nothing found" in front.scan("X999")
    assert front.status == 409


def test_an_item_without_a_patron_is_shown_with_its_check_in() -> None:
    item = make_item()
    front = Scanner(at_work(), at="/")

    answer = front.scan(item.barcode)

    assert "On the shelf" in answer
    assert "/checkin/now/" in answer


def test_the_last_loan_is_undone() -> None:
    patron, first, second = make_patron(), make_item(), make_item()
    desk = Scanner(at_work())
    desk.scan(card_of(patron))
    desk.scan(first.barcode)
    desk.scan(second.barcode)

    answer = desk.post("/desk/undo/", patron=patron.pk)

    assert "Check-out undone" in answer
    open_items = Loan.objects.filter(returned_at=None).values_list("item_id", flat=True)
    assert list(open_items) == [first.pk]


def test_staff_choose_a_due_date_for_the_visit() -> None:
    patron, item = make_patron(), make_item()
    day = timezone.localdate() + timedelta(days=3)
    desk = Scanner(at_work())
    desk.scan(card_of(patron))

    desk.post("/desk/due/", due_on=day.isoformat())
    desk.scan(item.barcode)

    assert timezone.localdate(Loan.objects.get().due_at) == day
    past = timezone.localdate() - timedelta(days=1)
    desk.post("/desk/due/", due_on=past.isoformat())
    assert desk.status == 409


def test_why_a_loan_is_due_is_told_in_sentences() -> None:
    patron, item = make_patron(), make_item()
    desk = Scanner(at_work())
    desk.scan(card_of(patron))
    desk.scan(item.barcode)

    why = desk.client.get(f"/loans/{Loan.objects.get().pk}/why/").content.decode()

    assert "The loan period is" in why
    assert "So it is due on" in why


def test_the_receipt_lists_what_was_lent_now() -> None:
    patron, item = make_patron(), make_item()
    desk = Scanner(at_work())
    desk.scan(card_of(patron))
    desk.scan(item.barcode)

    slip = desk.client.get("/desk/receipt/").content.decode()

    assert "data-print-now" in slip
    assert item.barcode in slip
    assert "Virtanen" not in slip


def test_a_replaced_card_opens_nobody() -> None:
    patron = make_patron()
    old = patron.cards.create(
        number="OLD1", active=False, since_on=patron.registered_on
    )
    desk = Scanner(at_work())

    assert "has been replaced" in desk.scan(old.number)
    assert desk.status == 409
    assert desk.fields["patron"] == ""


def test_a_key_with_another_scan_does_nothing() -> None:
    patron, first, second = make_patron(), make_item(), make_item()
    desk = Scanner(at_work())
    desk.scan(card_of(patron))
    desk.scan(first.barcode, key="same")

    desk.scan(second.barcode, key="same")

    assert desk.status == 409
    assert Loan.objects.count() == 1


def test_the_desk_asks_no_more_when_there_are_more_loans() -> None:
    patron = make_patron()
    desk = Scanner(at_work())
    desk.scan(card_of(patron))

    assert_same_queries_with_more_rows(
        lambda: desk.client.get("/desk/"),
        add_rows=lambda: desk.scan(make_item().barcode),
    )


def test_leaving_for_another_library_closes_the_patron() -> None:
    patron = make_patron()
    staff = make_staff()
    other = make_library("SVL")
    client = at_work(staff)
    Scanner(client).scan(card_of(patron))
    staff.grants.create(
        role=staff.grants.get().role,
        unit=other,
        starts_on=timezone.localdate(),
        given_by="test",
    )

    client.post("/workplace/", {"place": str(other.pk), "confirmed": str(other.pk)})

    assert "Virtanen" not in client.get("/desk/").content.decode()
