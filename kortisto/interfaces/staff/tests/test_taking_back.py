"""Check-in and renewal at the desk."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.core.models import UndoStep
from kortisto.domain.catalogue.models import CodedValue
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.org.models import Unit
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.interfaces.staff.tests.scans import Scanner
from kortisto.testing.builders import (
    card_of,
    desk,
    make_item,
    make_library,
    make_patron,
    make_rules,
)

pytestmark = pytest.mark.django_db

FINES = {"values": {"fine_cents": 20, "fine_every_days": 1}}


def lend(
    patron: Patron | None = None, *, days_ago: int = 0, library: Unit | None = None
) -> Loan:
    """A loan made some days ago, by the usual action."""
    lent = checkout(
        card_of(patron or make_patron()),
        make_item(library=library).barcode,
        by=desk(),
        now=timezone.localtime() - timedelta(days=days_ago),  # the same time of day
    )
    return Loan.objects.get(pk=lent.loan_id)


def open_loans() -> int:
    return Loan.objects.filter(returned_at=None).count()


def test_a_scan_takes_an_item_back() -> None:
    loan = lend()
    checkin = Scanner(at_work(), at="/checkin/")

    answer = checkin.scan(loan.barcode)

    assert open_loans() == 0
    assert 'data-sound="ok"' in answer
    assert f'id="return-{loan.pk}"' in answer


def test_a_row_says_where_the_item_belongs() -> None:
    for coded, code, name in (
        (CodedValue.List.LOCATION, "AIK", "Aikuisten osasto"),
        (CodedValue.List.COLLECTION, "DEK", "Dekkarit"),
    ):
        CodedValue.objects.create(list=coded, code=code, name_fi=name)
    item = make_item(location="AIK", collection="DEK", call_number="84.2 SEI")

    answer = Scanner(at_work(), at="/checkin/").scan(item.barcode)

    [place] = re.findall(r'<br><span class="small soft">(.*?)</span>', answer)
    words = re.sub(r"<.*?>", "", place)
    assert words == f"Aikuisten osasto · Dekkarit 84.2 SEI {item.item_type.name}"


def test_the_same_return_sent_again_gives_the_same_answer() -> None:
    loan = lend()
    checkin = Scanner(at_work(), at="/checkin/")

    first = checkin.scan(loan.barcode, key="same")
    again = checkin.scan(loan.barcode, key="same")

    assert "Taken back" in first
    assert "Taken back" in again
    assert "not on loan" not in again


def test_an_overdue_return_says_the_fine_and_why() -> None:
    make_rules(FINES)
    loan = lend(days_ago=40)
    checkin = Scanner(at_work(), at="/checkin/")

    answer = checkin.scan(loan.barcode)

    assert "2,40" in answer
    assert "12 days overdue" in answer
    assert 'data-sound="attention"' in answer


def test_an_item_of_another_library_is_sent_there_with_a_slip() -> None:
    loan = lend(library=make_library("SVL"))
    checkin = Scanner(at_work(library=make_library("MLI")), at="/checkin/")

    answer = checkin.scan(loan.barcode)

    assert "Send to SVL" in answer
    assert 'class="slip"' in answer


def test_a_return_is_undone_row_by_row() -> None:
    loan = lend()
    checkin = Scanner(at_work(), at="/checkin/")
    checkin.scan(loan.barcode)

    answer = checkin.post(f"/checkin/undo/{loan.pk}/")

    assert open_loans() == 1
    assert "Check-in undone" in answer
    assert checkin.fields["mode"] == "checkin"


def test_the_day_of_return_is_carried_by_each_scan() -> None:
    make_rules(FINES)
    loan = lend(days_ago=30)
    day = timezone.localdate() - timedelta(days=2)
    checkin = Scanner(at_work(), at=f"/checkin/?as_of={day.isoformat()}")

    answer = checkin.scan(loan.barcode)

    assert checkin.fields["as_of"] == day.isoformat()
    assert "overdue" not in answer
    assert timezone.localdate(Loan.objects.get().returned_at) == day


def test_the_book_drop_means_the_last_open_day() -> None:
    page = at_work().get("/checkin/?drop=on").content.decode()

    yesterday = timezone.localdate() - timedelta(days=1)
    assert f'name="as_of" value="{yesterday.isoformat()}"' in page


def test_backdating_needs_its_permission() -> None:
    client = at_work(make_staff(may=(LendingPermission.LEND,)))
    day = timezone.localdate() - timedelta(days=1)

    assert client.get(f"/checkin/?as_of={day.isoformat()}").status_code == 403


def test_a_return_before_the_loan_is_refused_in_words() -> None:
    loan = lend()
    day = timezone.localdate() - timedelta(days=9)
    checkin = Scanner(at_work(), at=f"/checkin/?as_of={day.isoformat()}")

    answer = checkin.scan(loan.barcode)

    assert checkin.status == 409
    assert "lent only after that day" in answer
    assert open_loans() == 1


def test_a_card_in_check_in_opens_the_desk() -> None:
    patron = make_patron()
    checkin = Scanner(at_work(), at="/checkin/")

    checkin.scan(card_of(patron))

    assert checkin.went_to == "/desk/"


def test_a_box_is_taken_back_and_an_unknown_barcode_stops_nothing() -> None:
    first, second = lend(), lend()
    box = f"{first.barcode}\nNOBODY\n{second.barcode}\n{first.barcode}"

    page = at_work().post("/checkin/box/", {"barcodes": box}).content.decode()

    assert open_loans() == 0
    assert "No item has the barcode NOBODY." in page
    assert "3 items" in page


def test_a_box_is_lent_to_one_card() -> None:
    patron, items = make_patron(), [make_item(), make_item()]
    box = " ".join([*(item.barcode for item in items), "NOBODY"])

    page = (
        at_work()
        .post("/desk/box/", {"card": card_of(patron), "barcodes": box})
        .content.decode()
    )

    assert Loan.objects.filter(patron=patron).count() == 2
    assert "No item has the barcode NOBODY." in page


def test_a_box_for_an_unknown_card_keeps_what_was_typed() -> None:
    page = at_work().post("/desk/box/", {"card": "P9", "barcodes": "N1 N2"})

    assert "No patron has the card P9." in page.content.decode()
    assert "N1 N2" in page.content.decode()


def test_a_scan_renews_whoever_has_it() -> None:
    loan = lend(days_ago=10)
    renewals = Scanner(at_work(), at="/renew/")

    answer = renewals.scan(loan.barcode)

    assert "Renewed" in answer
    assert Loan.objects.get().renewals == 1


def renew(client: Client, patron_id: int, **sent: object) -> str:
    return client.post(f"/patrons/{patron_id}/renew/", sent).content.decode()


def test_overdue_loans_and_those_due_today_are_ticked() -> None:
    patron = make_patron()
    lend(patron)
    overdue, today = lend(patron, days_ago=40), lend(patron, days_ago=28)

    page = at_work().get(f"/patrons/{patron.pk}/").content.decode()

    ticked = re.findall(r'name="loan" value="(\d+)"[^>]* checked>', page)
    assert {int(loan_id) for loan_id in ticked} == {overdue.pk, today.pk}


def test_only_ticked_loans_are_renewed_or_all() -> None:
    patron = make_patron()
    first, second = lend(patron, days_ago=5), lend(patron, days_ago=5)
    client = at_work()

    renew(client, patron.pk, loan=[first.pk])
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.renewals, second.renewals) == (1, 0)

    renew(client, patron.pk, all="yes")
    second.refresh_from_db()
    assert second.renewals == 1


def test_a_refused_renewal_shows_every_reason_and_can_be_overridden() -> None:
    make_rules({"values": {"renewals_allowed": 0}})
    patron = make_patron(card_lost=False)
    loan = lend(patron, days_ago=5)
    client = at_work()

    page = renew(client, patron.pk, all="yes")
    assert "0 times, which is the most allowed" in page
    assert Loan.objects.get().renewals == 0
    again = client.post(f"/loans/{loan.pk}/renew/", {"override": "no-renewals-left"})

    assert "Renewed" in again.content.decode()
    assert Loan.objects.get().renewals == 1


def test_what_is_no_number_of_a_loan_renews_nothing() -> None:
    patron = make_patron()
    lend(patron, days_ago=5)

    answer = at_work().post(f"/patrons/{patron.pk}/renew/", {"loan": ["²", "9" * 30]})

    assert answer.status_code == 200
    assert Loan.objects.get().renewals == 0


def test_a_loan_of_somebody_else_is_not_renewed_in_passing() -> None:
    mine, other = make_patron(), make_patron()
    foreign = lend(other, days_ago=5)

    renew(at_work(), mine.pk, loan=[foreign.pk])

    assert Loan.objects.get().renewals == 0


def test_a_late_undo_is_refused_in_words() -> None:
    loan = lend()
    checkin = Scanner(at_work(), at="/checkin/")
    checkin.scan(loan.barcode)
    UndoStep.objects.update(until=timezone.now() - timedelta(minutes=1))

    checkin.post(f"/checkin/undo/{loan.pk}/")

    assert checkin.status == 409
    assert open_loans() == 0


def test_seeing_patrons_is_not_lending() -> None:
    client = at_work(make_staff(may=(PatronPermission.SEE,)))

    assert client.get("/checkin/").status_code == 403
