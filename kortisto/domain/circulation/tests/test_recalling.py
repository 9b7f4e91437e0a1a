"""Stories of loans that are recalled, because somebody else needs the item."""

from datetime import date, datetime, timedelta
from typing import Any, Final

import pytest
from django.utils.timezone import localdate

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.claims import NewClaim, claim
from kortisto.domain.circulation.actions.recalling import recall, take_recall_back
from kortisto.domain.circulation.actions.renew import renew
from kortisto.domain.circulation.explain import why_due
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.reasons import Reason
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    close_library,
    desk,
    make_item,
    make_library,
    make_patron,
    make_rules,
    themself,
)

pytestmark = pytest.mark.django_db

TODAY: Final = MONDAY_NOON.date()
WEEK: Final = timedelta(days=7)


def rules(**values: Any) -> None:
    told = {"loan_period": 28, "recall_days": 7, "recall_least_days": 0}
    make_rules({"values": {**told, **values}})


@pytest.fixture(autouse=True)
def _rules() -> None:
    rules()


def lent() -> Loan:
    made = checkout(
        card_of(make_patron()), make_item().barcode, by=desk(), now=MONDAY_NOON
    )
    return Loan.objects.get(pk=made.loan_id)


def recalled(loan: Loan, *, days: int = 0) -> date:
    now = MONDAY_NOON + timedelta(days=days)
    return localdate(recall(loan.pk, by=chief(), now=now).due_at)


def test_a_recalled_loan_is_due_in_a_week_and_says_why() -> None:
    loan = lent()
    assert recalled(loan, days=2) == TODAY + timedelta(days=9)
    loan.refresh_from_db()
    sentences = [why.sentence for why in why_due(loan.trace)]
    assert "The loan period is 28 days." in sentences
    assert any("It was recalled on" in sentence for sentence in sentences)
    told = LoggedEvent.objects.get(kind="LoanRecalled").body
    assert datetime.fromisoformat(told["due_at"]) == loan.due_at
    assert "patron_id" not in told


def test_it_lasts_at_least_as_long_as_the_rule_says() -> None:
    rules(recall_least_days=14)
    assert recalled(lent(), days=2) == TODAY + timedelta(days=14)
    assert recalled(lent(), days=10) == TODAY + timedelta(days=17)


def test_it_is_due_on_a_day_when_it_can_be_brought() -> None:
    close_library(make_library(), TODAY + WEEK)
    assert recalled(lent()) == TODAY + WEEK + timedelta(days=1)


@pytest.mark.parametrize(
    ("values", "days", "reason"),
    [
        ({"recall_days": None}, 0, "not-recalled"),
        ({}, 25, "due-no-sooner"),
        ({"recall_least_days": 28}, 2, "due-no-sooner"),
        ({}, 40, "due-no-sooner"),  # it is overdue already
    ],
)
def test_the_rules_may_say_no_and_nothing_changes(
    values: dict[str, Any], days: int, reason: str
) -> None:
    rules(**values)
    loan = lent()
    before = loan.due_at
    with pytest.raises(Refused, match=reason):
        recalled(loan, days=days)
    loan.refresh_from_db()
    assert (loan.due_at, loan.recalled_at) == (before, None)
    assert not LoggedEvent.objects.filter(kind="LoanRecalled").exists()


def test_nobody_recalls_twice_or_what_is_looked_for_or_without_the_permission() -> None:
    loan, sought = lent(), lent()
    recalled(loan)
    with pytest.raises(Refused, match="recalled"):
        recalled(loan, days=1)
    new = NewClaim(kind="returned", library_id=sought.library_id)
    claim(sought.pk, new, by=desk(), now=MONDAY_NOON)
    with pytest.raises(Refused, match="loan-claimed"):
        recalled(sought)
    with pytest.raises(NotPermitted):
        recall(lent().pk, by=desk(), now=MONDAY_NOON)


def test_the_patron_cannot_renew_it_and_staff_only_in_spite_of_the_reason() -> None:
    loan = lent()
    recalled(loan)
    assert loan.patron is not None
    later = MONDAY_NOON + timedelta(days=3)
    for by in (themself(loan.patron), desk()):
        with pytest.raises(Refused) as refused:
            renew(loan.pk, by=by, now=later)
        assert Reason.RECALLED in [each.reason for each in refused.value.refusals]
        assert "has been recalled" in str(refused.value.refusals[0].message)
    over = [Reason.RECALLED.value]
    renewed = renew(loan.pk, by=chief(), now=later, overriding=over)
    loan.refresh_from_db()
    assert (loan.due_at, loan.recalled_at) == (renewed.due_at, None)


def test_a_recall_taken_back_leaves_everything_as_it_was() -> None:
    loan = lent()
    before, trace = loan.due_at, loan.trace
    recalled(loan)
    take_recall_back(loan.pk, by=chief(), now=MONDAY_NOON + WEEK)
    loan.refresh_from_db()
    assert (loan.due_at, loan.recalled_at) == (before, None)
    assert loan.trace["steps"] == trace["steps"]
    with pytest.raises(Refused, match="not-recalled"):
        take_recall_back(loan.pk, by=chief(), now=MONDAY_NOON + WEEK)
    assert LoggedEvent.objects.filter(kind="RecallTakenBack").count() == 1
