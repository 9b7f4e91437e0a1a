"""How long it is remembered who borrowed what: each patron's own choice (S35)."""

from datetime import timedelta

import pytest
from dateutil.relativedelta import relativedelta

from kortisto.core.actors import NotPermitted, job_actor
from kortisto.core.models import LoggedEvent
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.history import (
    forget_history_of,
    forget_old_history,
)
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.queries import history_of
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.org.settings import HISTORY_YEARS
from kortisto.domain.patrons.models import Patron
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_consortium,
    make_item,
    make_patron,
    themself,
)

pytestmark = pytest.mark.django_db

BACK = MONDAY_NOON + timedelta(days=7)


def borrow_and_return(patron: Patron) -> Loan:
    item = make_item()
    lent = checkout(card_of(patron), item.barcode, by=desk(), now=MONDAY_NOON)
    checkin(item.barcode, by=desk(), now=BACK)
    return Loan.objects.get(pk=lent.loan_id)


def test_never_forgets_at_the_return_itself() -> None:
    loan = borrow_and_return(make_patron(history=Patron.History.NEVER))
    assert loan.patron is None
    assert loan.returned_at == BACK
    event = LoggedEvent.objects.get(kind="LoanEnded")
    assert "patron" not in str(event.body)


def test_the_others_are_remembered_after_the_return() -> None:
    for choice in (Patron.History.DEFAULT, Patron.History.FOREVER):
        patron = make_patron(history=choice)
        loan = borrow_and_return(patron)
        assert list(history_of(patron.pk)) == [loan]


def test_after_three_years_a_loan_forgets_who_had_not_chosen() -> None:
    patron = make_patron()
    loan = borrow_and_return(patron)
    until = BACK + relativedelta(years=3)
    assert forget_old_history(by=chief(), now=until) == 0
    assert forget_old_history(by=chief(), now=until + timedelta(seconds=1)) == 1
    loan.refresh_from_db()
    assert loan.patron is None
    assert LoggedEvent.objects.get(kind="HistoryForgotten").body == {"loans": 1}
    assert forget_old_history(by=chief(), now=until + timedelta(days=1)) == 0


def test_the_consortium_sets_how_many_years() -> None:
    root = make_consortium()
    borrow_and_return(make_patron())
    set_setting(root.pk, HISTORY_YEARS, value=1, by=chief(), now=BACK)
    later = BACK + relativedelta(years=1, days=1)
    assert forget_old_history(by=chief(), now=later) == 1


def test_until_further_notice_is_never_forgotten_by_itself() -> None:
    patron = make_patron(history=Patron.History.FOREVER)
    loan = borrow_and_return(patron)
    assert forget_old_history(by=chief(), now=BACK + relativedelta(years=50)) == 0
    loan.refresh_from_db()
    assert loan.patron == patron


def test_an_open_loan_never_forgets_its_patron() -> None:
    patron = make_patron(history=Patron.History.NEVER)
    checkout(card_of(patron), make_item().barcode, by=desk(), now=MONDAY_NOON)
    late = MONDAY_NOON + relativedelta(years=9)
    assert forget_old_history(by=chief(), now=late) == 0
    assert Loan.objects.get().patron == patron


def test_who_changes_to_never_is_forgotten_the_next_night() -> None:
    patron = make_patron()
    borrow_and_return(patron)
    Patron.objects.filter(pk=patron.pk).update(history=Patron.History.NEVER)
    assert forget_old_history(by=chief(), now=BACK + timedelta(days=1)) == 1
    assert not history_of(patron.pk).exists()


def test_a_patron_has_their_own_history_forgotten_at_once_and_nobody_elses() -> None:
    patron, other = make_patron(), make_patron()
    borrow_and_return(patron)
    kept = borrow_and_return(other)
    themselves = themself(patron)
    with pytest.raises(NotPermitted):
        forget_history_of(other.pk, by=themselves, now=BACK)
    assert forget_history_of(patron.pk, by=themselves, now=BACK) == 1
    assert not history_of(patron.pk).exists()
    assert list(history_of(other.pk)) == [kept]


def test_nobody_without_the_permission_forgets_for_everybody() -> None:
    borrow_and_return(make_patron())
    late = BACK + relativedelta(years=4)
    with pytest.raises(NotPermitted):
        forget_old_history(by=job_actor(), now=late)
    assert Loan.objects.exclude(patron=None).count() == 1
