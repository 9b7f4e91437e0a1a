"""My loans, charges and history: my own, and nobody else's."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.claims import NewClaim, claim
from kortisto.domain.circulation.actions.recalling import recall
from kortisto.domain.circulation.models import Loan
from kortisto.interfaces.opac.tests.shelf import lent, log_in, somebody, title
from kortisto.interfaces.opac.urls import urlpatterns
from kortisto.testing.builders import chief, desk, make_item, make_restriction
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db


def some_days_ago(days: int) -> dict[str, Any]:
    return {"now": timezone.now() - timedelta(days=days)}


def text(client: Client, address: str = "/account/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_overdue_loan_is_marked_with_a_word(visitor: Client) -> None:
    patron = somebody()
    lent(patron, **some_days_ago(40))
    log_in(visitor, patron)

    found = text(visitor)

    assert "Sinuhe egyptiläinen" in found
    assert "Overdue" in found
    assert "1 loan is overdue" in found


def test_renewing_one_gives_its_new_due_date(visitor: Client) -> None:
    patron = somebody()
    loan = lent(patron, **some_days_ago(20))
    before = Loan.objects.get(pk=loan).due_at
    log_in(visitor, patron)

    answer = visitor.post("/account/renew/", {"one": str(loan)})

    assert answer.status_code == 302
    assert "Renewed. New due date" in text(visitor)
    assert Loan.objects.get(pk=loan).due_at > before


def test_all_are_renewed_and_each_refusal_is_told_beside_its_loan(
    visitor: Client,
) -> None:
    patron = somebody()
    good, used_up = lent(patron, **some_days_ago(20)), lent(patron, **some_days_ago(9))
    Loan.objects.filter(pk=used_up).update(renewals=99)
    log_in(visitor, patron)

    visitor.post("/account/renew/", {"all": "yes"})
    found = text(visitor)

    assert "1 loan was renewed." in found
    assert "1 loan could not be renewed" in found
    assert "The loan has been renewed 99 times" in found
    assert Loan.objects.get(pk=good).renewals == 1


def test_a_restriction_is_told_without_what_staff_wrote_of_it(visitor: Client) -> None:
    patron = somebody()
    loan = lent(patron, **some_days_ago(20))
    make_restriction(patron, note="Uhkasi naapuria")
    log_in(visitor, patron)

    visitor.post("/account/renew/", {"one": str(loan)})
    found = text(visitor)

    assert "Borrowing is restricted: Set by staff" in found
    assert "naapuria" not in found
    assert Loan.objects.get(pk=loan).renewals == 0


def test_nothing_ticked_renews_nothing(visitor: Client) -> None:
    patron = somebody()
    loan = lent(patron, **some_days_ago(20))
    log_in(visitor, patron)

    visitor.post("/account/renew/", {})

    assert "Choose first" in text(visitor)
    assert Loan.objects.get(pk=loan).renewals == 0


def test_nobody_renews_the_loan_of_another(visitor: Client) -> None:
    other, patron = somebody(), somebody()
    theirs = lent(other, **some_days_ago(20))
    own = lent(patron, **some_days_ago(20))
    log_in(visitor, patron)

    answer = visitor.post("/account/renew/", {"loan": [str(own), str(theirs)]})

    assert answer.status_code == 404
    assert not Loan.objects.filter(renewals__gt=0).exists()


def test_nobody_reads_why_the_loan_of_another_is_due(visitor: Client) -> None:
    theirs = lent(somebody())
    log_in(visitor, somebody())

    assert visitor.get(f"/account/loans/{theirs}/why/").status_code == 404


def test_why_a_loan_is_due_is_told_step_by_step(visitor: Client) -> None:
    patron = somebody()
    loan = lent(patron)
    log_in(visitor, patron)

    found = text(visitor, f"/account/loans/{loan}/why/")

    assert "So it is due on" in found


def test_history_is_seen_and_can_be_forgotten(visitor: Client) -> None:
    patron = somebody()
    item = make_item(record=title("Luettu"))
    lent(patron, item, **some_days_ago(5))
    checkin(item.barcode, by=desk(), now=timezone.now())
    log_in(visitor, patron)
    assert "Luettu" in text(visitor, "/account/history/")

    visitor.post("/account/history/forget/", {})
    assert "Luettu" in text(visitor, "/account/history/")

    visitor.post("/account/history/forget/", {"sure": "yes"})
    assert "Luettu" not in text(visitor, "/account/history/")
    assert Loan.objects.get().patron_id is None


def test_never_forgets_at_once_and_leaves_open_loans(visitor: Client) -> None:
    patron = somebody()
    item = make_item(record=title("Luettu"))
    lent(patron, item, **some_days_ago(5))
    checkin(item.barcode, by=desk(), now=timezone.now())
    still = lent(patron)
    log_in(visitor, patron)

    visitor.post("/account/history/choice/", {"history": "never"})

    patron.refresh_from_db()
    assert patron.history == "never"
    assert list(Loan.objects.filter(patron=patron).values_list("pk", flat=True)) == [
        still
    ]


def test_charges_are_read(visitor: Client) -> None:
    log_in(visitor, somebody())

    assert "You owe nothing" in text(visitor, "/account/charges/")


def test_the_loans_cost_the_same_for_one_and_for_six(visitor: Client) -> None:
    patron = somebody()
    log_in(visitor, patron)

    assert_same_queries_with_more_rows(
        lambda: text(visitor), add_rows=lambda: lent(patron)
    )


def test_every_own_page_leads_a_stranger_to_the_log_in(visitor: Client) -> None:
    own = [each for each in urlpatterns if getattr(each.callback, "for_patrons", None)]

    assert len(own) >= 9
    for each in own:
        address = "/" + re.sub(r"<int:\w+>", "1", str(each.pattern))
        for answer in (visitor.get(address), visitor.post(address)):
            assert answer.status_code == 302, address
            assert answer.headers["Location"].startswith("/login/"), address


def test_every_page_has_the_policy(visitor: Client) -> None:
    for address in ("/", "/search/", "/login/", "/nothing/", "/libraries/", "/about/"):
        policy = visitor.get(address).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_what_i_said_is_not_with_me_is_looked_for_and_not_renewed(
    visitor: Client,
) -> None:
    patron = somebody()
    loan = lent(patron, **some_days_ago(40))
    library = Loan.objects.get(pk=loan).library_id
    new = NewClaim(kind="returned", library_id=library, note="Vain virkailijoille")
    claim(loan, new, by=desk(), now=timezone.now())
    log_in(visitor, patron)

    found = text(visitor)

    assert "You have told us that you do not have this." in found
    assert "Overdue" not in found
    assert "Vain virkailijoille" not in found
    assert f'name="one" value="{loan}"' not in found
    assert visitor.post("/account/renew/", {"one": str(loan)}).status_code == 404


def test_what_somebody_else_needs_is_told_beside_its_loan(visitor: Client) -> None:
    patron = somebody()
    loan = lent(patron, **some_days_ago(2))
    recall(loan, by=chief(), now=timezone.now())
    log_in(visitor, patron)

    assert "Somebody else needs this: please bring it by the due date." in text(visitor)
    visitor.post("/account/renew/", {"one": str(loan)})
    assert "it has been recalled" in text(visitor)
