"""Rules that are tried on past loans: replayed by the rules of lending themselves."""

from datetime import date, timedelta

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.renew import renew
from kortisto.domain.circulation.actions.simulating import try_rules
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.simulation import (
    Sums,
    Window,
    altogether,
    as_json,
    from_json,
    simulate,
)
from kortisto.domain.holds.models import Hold
from kortisto.domain.policies.models import RuleRow, RuleVersion
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_hold,
    make_item,
    make_item_type,
    make_library,
    make_patron,
    make_rules,
)
from kortisto.testing.jobs import work
from kortisto.testing.loans import lend

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
WINDOW = Window(date(2027, 3, 1), date(2027, 3, 31))
LATER = MONDAY_NOON + 100 * DAY
THEN = {"loan_period": 28, "renewals_allowed": 5, "fine_cents": 20}


@pytest.fixture(autouse=True)
def rules(db: None) -> None:
    del db
    make_rules({"values": THEN})


def tried(**values: object) -> Sums:
    """The rules of then with these values instead."""
    draft = RuleVersion.objects.create(number=90, made_by="test")
    RuleRow.objects.create(version=draft, values={**THEN, **values})
    return altogether(simulate(90, WINDOW, now=LATER))


def borrowed(days: int, **patron: object) -> int:
    """An item was lent on Monday, and came back so many days later."""
    item = make_item()
    lent = lend(item, make_patron(**patron) if patron else None)  # type: ignore[arg-type]
    checkin(item.barcode, by=desk(), now=MONDAY_NOON + days * DAY)
    return lent.loan_id


def test_the_same_rules_give_the_same() -> None:
    for days in (10, 28, 33):
        borrowed(days)
    found = tried()
    assert found.then == found.tried
    assert (found.loans, found.late, found.sooner, found.later) == (3, 1, 0, 0)
    assert found.then.fine_cents == 5 * 20


def test_a_shorter_period_makes_the_same_people_renew_more() -> None:
    borrowed(20)
    found = tried(loan_period=14)
    assert (found.then.renewals, found.tried.renewals) == (0, 1)
    assert found.sooner == 1
    assert found.tried.loan_days == 14
    assert found.tried.fine_cents == 0


def test_without_renewals_they_are_late_and_pay() -> None:
    borrowed(20)
    found = tried(loan_period=14, renewals_allowed=0)
    assert (found.tried.renewals, found.tried.refused_renewals) == (0, 1)
    assert (found.tried.late, found.tried.fine_cents) == (1, 6 * 20)
    assert found.then.income_cents == 0


def test_who_was_late_without_renewing_is_late_again() -> None:
    borrowed(40)
    found = tried(loan_period=14)
    assert found.tried.renewals == 0
    assert (found.then.fine_cents, found.tried.fine_cents) == (12 * 20, 26 * 20)


def test_who_renewed_renews() -> None:
    item = make_item()
    loan = lend(item).loan_id
    renew(loan, by=chief(), now=MONDAY_NOON + 27 * DAY)
    checkin(item.barcode, by=desk(), now=MONDAY_NOON + 50 * DAY)
    found = tried(loan_period=21)
    assert found.renewals == 1
    assert (found.then.renewals, found.tried.renewals) == (1, 2)


def test_a_lower_limit_refuses_what_does_not_fit_and_no_more() -> None:
    patron = make_patron()
    items = [make_item() for _item in range(3)]
    for number, item in enumerate(items):
        lend(item, patron, now=MONDAY_NOON + timedelta(minutes=number))
    for item in items:
        checkin(item.barcode, by=desk(), now=MONDAY_NOON + DAY)
    lend(make_item(), patron, now=MONDAY_NOON + 2 * DAY)
    found = tried(max_loans=2)
    assert (found.then.refused, found.tried.refused) == (0, 1)


def test_what_is_not_lent_any_more_is_refused() -> None:
    borrowed(3)
    dvd = make_item(item_type=make_item_type("DVD"))
    lend(dvd)
    draft = RuleVersion.objects.create(number=90, made_by="test")
    RuleRow.objects.create(version=draft, values=THEN)
    RuleRow.objects.create(
        version=draft, item_type=dvd.item_type, values={"for_loan": False}
    )
    found = altogether(simulate(90, WINDOW, now=LATER))
    assert (found.loans, found.tried.refused) == (2, 1)


def test_each_municipality_has_its_own_sums() -> None:
    borrowed(40)
    other = make_library("SVL")
    there = make_item(library=other)
    card = card_of(make_patron())
    checkout(card, there.barcode, by=chief(other), now=MONDAY_NOON)
    draft = RuleVersion.objects.create(number=90, made_by="test")
    RuleRow.objects.create(version=draft, values=THEN)
    found = simulate(90, WINDOW, now=LATER)
    assert {sums.loans for sums in found.values()} == {1}
    assert from_json(as_json(found)) == found


def test_uncollected_holds_cost_what_the_rules_say() -> None:
    item = make_item()
    make_hold(
        make_patron(), item.record, item=item,
        state=Hold.State.EXPIRED, ending=Hold.Ending.UNCOLLECTED, ended_at=MONDAY_NOON,
    )  # fmt: skip
    found = tried(uncollected_fee_cents=300)
    assert (found.then.uncollected_cents, found.tried.uncollected_cents) == (0, 300)


def test_loans_of_other_days_and_undone_ones_are_left_out() -> None:
    lend(make_item(), now=MONDAY_NOON - DAY)
    Loan.objects.filter(pk=borrowed(1)).update(ending=Loan.Ending.UNDONE)
    assert tried().loans == 0


def test_the_job_keeps_the_sums_and_changes_no_loan() -> None:
    loan = borrowed(20)
    RuleVersion.objects.create(number=90, made_by="test")
    before = Loan.objects.values().get(pk=loan)
    try_rules(90, first=WINDOW.first, last=WINDOW.last, by=chief(), now=LATER)
    done = work(LATER)
    assert done.result is not None
    [sums] = from_json(done.result["by_municipality"]).values()
    assert sums.loans == 1
    assert Loan.objects.values().get(pk=loan) == before


def test_who_may_not_see_the_rules_may_not_try_them() -> None:
    RuleVersion.objects.create(number=90, made_by="test")
    with pytest.raises(NotPermitted):
        try_rules(90, first=WINDOW.first, last=WINDOW.last, by=desk(), now=LATER)
