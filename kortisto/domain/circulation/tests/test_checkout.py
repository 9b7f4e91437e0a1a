"""Stories of the lending desk."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.renew import renew
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.reasons import Reason
from kortisto.testing.builders import (
    HELSINKI,
    MONDAY_NOON,
    card_of,
    desk,
    make_item,
    make_item_type,
    make_library,
    make_patron,
    make_rules,
)

pytestmark = pytest.mark.django_db


def test_a_book_is_lent_for_28_days() -> None:
    patron, item = make_patron(), make_item()
    lent = checkout(card_of(patron), item.barcode, by=desk(), now=MONDAY_NOON)
    loan = Loan.objects.get()
    assert lent.loan_id == loan.pk
    assert loan.patron == patron
    assert loan.due_at == datetime(2027, 3, 29, 23, 59, 59, tzinfo=HELSINKI)
    assert LoggedEvent.objects.get(kind="LoanStarted").body["loan_id"] == loan.pk


def test_the_same_scan_twice_is_one_loan_with_the_due_date_unchanged() -> None:
    patron, item = make_patron(), make_item()
    first = checkout(card_of(patron), item.barcode, by=desk(), now=MONDAY_NOON)
    again = checkout(
        card_of(patron), item.barcode, by=desk(), now=MONDAY_NOON + timedelta(days=2)
    )
    assert again.already
    assert again.due_at == first.due_at
    assert Loan.objects.count() == 1
    assert LoggedEvent.objects.filter(kind="LoanStarted").count() == 1


def test_a_check_out_takes_few_statements() -> None:
    patron, item = make_patron(), make_item()
    by = desk()
    checkout(card_of(patron), make_item().barcode, by=by, now=MONDAY_NOON)
    with CaptureQueriesContext(connection) as asked:
        checkout(card_of(patron), item.barcode, by=by, now=MONDAY_NOON)
    work = [q for q in asked if "SAVEPOINT" not in q["sql"]]
    assert len(work) <= 4


def test_a_renewal_and_a_return() -> None:
    make_rules({"values": {"renewals_allowed": 1, "loan_period": 14}})
    patron, item = make_patron(), make_item()
    lent = checkout(card_of(patron), item.barcode, by=desk(), now=MONDAY_NOON)
    later = MONDAY_NOON + timedelta(days=7)
    renewed = renew(lent.loan_id, by=desk(), now=later)
    assert renewed.due_at.date() == date(2027, 3, 22)
    with pytest.raises(Refused, match=Reason.NO_RENEWALS_LEFT.value):
        renew(lent.loan_id, by=desk(), now=later + timedelta(days=1))
    back = checkin(item.barcode, by=desk(), now=later + timedelta(days=2))
    assert back.loan_id == lent.loan_id
    assert not Loan.objects.filter(returned_at=None).exists()


def test_limits_hold_over_all_libraries() -> None:
    """Pain 3: 50 in one library plus 50 in another is never 100."""
    make_rules({"values": {"max_loans": 2}})
    patron = make_patron()
    for code in ("MLI", "SVL"):
        here = make_library(code)
        item = make_item(library=here)
        checkout(card_of(patron), item.barcode, by=desk(here), now=MONDAY_NOON)
    third = make_library("PMK")
    item = make_item(library=third)
    with pytest.raises(Refused, match="too-many-loans"):
        checkout(card_of(patron), item.barcode, by=desk(third), now=MONDAY_NOON)
    assert Loan.objects.count() == 2


def test_fifty_loans_are_fifty_over_libraries_and_item_types() -> None:
    """Acceptance scenario 5: the 51st is refused anywhere, and of any type."""
    make_rules({"values": {"max_loans": 50}})
    patron = make_patron()
    libraries = [make_library(code) for code in ("MLI", "SVL", "PMK")]
    kinds = [make_item_type(code) for code in ("28VRK", "DVD")]
    for number in range(50):
        here, kind = libraries[number % 3], kinds[number % 2]
        item = make_item(library=here, item_type=kind)
        checkout(card_of(patron), item.barcode, by=desk(here), now=MONDAY_NOON)
    for here in libraries:
        for kind in kinds:
            item = make_item(library=here, item_type=kind)
            with pytest.raises(Refused, match="too-many-loans"):
                checkout(card_of(patron), item.barcode, by=desk(here), now=MONDAY_NOON)
    assert Loan.objects.filter(patron=patron, returned_at=None).count() == 50


def test_limit_of_a_type_group_counts_its_types_together() -> None:
    games = make_item_type("PELI")
    kinds = [make_item_type("PELI-PS5", games), make_item_type("PELI-SWITCH", games)]
    make_rules(
        {"values": {"max_loans": 50}}, {"item_type": games, "values": {"max_loans": 1}}
    )
    patron = make_patron()
    first, second = (make_item(item_type=kind) for kind in kinds)
    checkout(card_of(patron), first.barcode, by=desk(), now=MONDAY_NOON)
    with pytest.raises(Refused, match="too-many-of-type"):
        checkout(card_of(patron), second.barcode, by=desk(), now=MONDAY_NOON)
    checkout(card_of(patron), make_item().barcode, by=desk(), now=MONDAY_NOON)


def test_a_refusal_tells_every_reason_and_changes_nothing() -> None:
    patron = make_patron(card_lost=True)
    item = make_item(lost="1", not_for_loan="1")
    with pytest.raises(Refused) as refused:
        checkout(card_of(patron), item.barcode, by=desk(), now=MONDAY_NOON)
    assert {r.reason for r in refused.value.refusals} == {
        Reason.CARD_LOST,
        Reason.ITEM_LOST,
        Reason.NOT_FOR_LOAN,
    }
    assert not Loan.objects.exists()
    assert not LoggedEvent.objects.exists()


def test_an_override_needs_its_own_permission() -> None:
    patron, item = make_patron(), make_item(not_for_loan="1")
    over = {Reason.NOT_FOR_LOAN.value}
    with pytest.raises(Refused):
        checkout(
            card_of(patron), item.barcode, by=desk(), now=MONDAY_NOON, overriding=over
        )
    allowed = desk(also=(LendingPermission.OVERRIDE_ITEM.value,))
    checkout(
        card_of(patron), item.barcode, by=allowed, now=MONDAY_NOON, overriding=over
    )
    event = LoggedEvent.objects.get(kind="LoanStarted")
    assert event.body["overridden"] == ["not-for-loan"]
