"""Stories of being late, and the arithmetic behind them."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kortisto.core.refusals import Refused
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.fines import accrue_fines
from kortisto.domain.circulation.actions.renew import renew
from kortisto.domain.circulation.fines import overdue_fine
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.fees.actions.payments import pay
from kortisto.domain.fees.models import Charge
from kortisto.domain.fees.queries import balance, open_charges
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.org.settings import LOAN_BAN_CENTS, MUNICIPALITY_OF_OVERDUE
from kortisto.domain.policies.rules import Matrix, Row, Terms
from kortisto.testing.builders import (
    HELSINKI,
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_consortium,
    make_item,
    make_library,
    make_patron,
    make_rules,
)


def terms(**values: Any) -> Terms:
    row = Row(id=1, library_id=None, category_id=None, item_type_id=None, values=values)
    return Matrix(1, (row,)).terms(1, 1, 1)


def calendar(*closed: date) -> Any:
    class Stub:
        def open_days(self, after: date, until: date) -> int:
            days = (until - after).days
            return days - sum(after < day <= until for day in closed)

    return Stub()


DUE = datetime.combine(date(2027, 3, 15), time(23, 59, 59), tzinfo=HELSINKI)


def fine(day: date, given_terms: Terms, *closed: date, price: int | None = None) -> int:
    until = datetime.combine(day, time(10), tzinfo=HELSINKI)
    return overdue_fine(
        given_terms,
        calendar(*closed),
        due_at=DUE,
        until=until,
        replacement_price_cents=price,
    ).cents


def test_the_due_date_itself_is_free_and_the_next_day_costs() -> None:
    daily = terms(fine_cents=20)
    assert fine(date(2027, 3, 15), daily) == 0
    assert fine(date(2027, 3, 16), daily) == 20
    assert fine(date(2027, 3, 25), daily) == 200


def test_closed_days_cost_nothing_when_the_rule_says_so() -> None:
    epiphany = date(2027, 3, 17)
    counted = terms(fine_cents=20, fine_counts_closed_days=True)
    spared = terms(fine_cents=20, fine_counts_closed_days=False)
    assert fine(date(2027, 3, 18), counted, epiphany) == 60
    assert fine(date(2027, 3, 18), spared, epiphany) == 40


def test_a_fine_stops_at_its_cap_and_at_the_price_of_the_item() -> None:
    capped = terms(fine_cents=20, fine_max_cents=600)
    assert fine(date(2028, 3, 15), capped) == 600
    priced = terms(fine_cents=20, fine_cap_replacement_price=True)
    assert fine(date(2028, 3, 15), priced, price=450) == 450


def test_grace_days_are_free_while_they_last() -> None:
    spared = terms(fine_cents=20, grace_days=3, grace_included=False)
    charged = terms(fine_cents=20, grace_days=3, grace_included=True)
    assert fine(date(2027, 3, 18), spared) == fine(date(2027, 3, 18), charged) == 0
    assert fine(date(2027, 3, 19), spared) == 20
    assert fine(date(2027, 3, 19), charged) == 80


@given(
    days=st.integers(0, 400),
    more=st.integers(0, 400),
    cap=st.none() | st.integers(0, 2000),
)
def test_a_fine_never_falls_with_time_nor_rises_above_its_cap(
    days: int, more: int, cap: int | None
) -> None:
    rule = terms(fine_cents=20, fine_max_cents=cap)
    earlier = fine(date(2027, 3, 15) + timedelta(days=days), rule)
    later = fine(date(2027, 3, 15) + timedelta(days=days + more), rule)
    assert 0 <= earlier <= later
    assert cap is None or later <= cap


@pytest.mark.django_db
def test_what_was_paid_before_the_return_is_not_charged_again() -> None:
    make_rules({"values": {"loan_period": 14, "fine_cents": 20}})
    patron, item = make_patron(), make_item()
    checkout(card_of(patron), item.barcode, by=desk(), now=MONDAY_NOON)
    late = MONDAY_NOON + timedelta(days=19)  # five days late
    accrue_fines(by=desk(), now=late)
    pay(patron.pk, 100, key="till-1", by=desk(), now=late)
    assert balance(patron.pk).cents == 0
    back = checkin(item.barcode, by=desk(), now=late + timedelta(days=1))
    assert back.fine_cents == 120
    assert balance(patron.pk).cents == 20
    assert Charge.objects.count() == 1
    assert accrue_fines(by=desk(), now=late + timedelta(days=9)) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("decided", "home"),
    [("lending", "MLI"), ("item-home", "SVL"), ("patron-home", "PIE")],
)
def test_an_overdue_charge_is_of_the_municipality_that_was_decided(
    decided: str, home: str
) -> None:
    make_rules({"values": {"loan_period": 14, "fine_cents": 20}})
    here, owning, at_home = (make_library(code) for code in ("MLI", "SVL", "PIE"))
    set_setting(
        here.pk, MUNICIPALITY_OF_OVERDUE, value=decided, by=chief(), now=MONDAY_NOON
    )
    patron = make_patron(home_library=at_home)
    item = make_item(library=here, home_library=owning)
    checkout(card_of(patron), item.barcode, by=desk(here), now=MONDAY_NOON)

    accrue_fines(by=chief(), now=MONDAY_NOON + timedelta(days=19))

    made = Charge.objects.get()
    assert made.municipality == make_library(home).parent
    assert made.library == here
    assert {line.municipality for line in made.postings.all()} == {made.municipality}


@pytest.mark.django_db
def test_a_renewal_ends_one_fine_and_starts_another() -> None:
    make_rules({"values": {"loan_period": 14, "fine_cents": 20}})
    patron, item = make_patron(), make_item()
    lent = checkout(card_of(patron), item.barcode, by=desk(), now=MONDAY_NOON)
    renew(lent.loan_id, by=desk(), now=MONDAY_NOON + timedelta(days=16))
    assert balance(patron.pk).public_cents == 40
    checkin(item.barcode, by=desk(), now=MONDAY_NOON + timedelta(days=31))
    assert [charge.cents for charge in open_charges(patron.pk)] == [40, 20]


@pytest.mark.django_db
def test_a_book_drop_emptied_late_is_no_fault_of_the_patron() -> None:
    make_rules({"values": {"loan_period": 14, "fine_cents": 20}})
    patron, item = make_patron(), make_item()
    checkout(card_of(patron), item.barcode, by=desk(), now=MONDAY_NOON)
    tuesday = MONDAY_NOON + timedelta(days=15)
    accrue_fines(by=desk(), now=tuesday)
    assert balance(patron.pk).cents == 20
    checkin(item.barcode, by=desk(), now=tuesday, as_of=date(2027, 3, 15))
    assert balance(patron.pk).cents == 0


@pytest.mark.django_db
def test_only_public_charges_over_the_limit_bar_borrowing() -> None:
    """FEE-4, FEE-5: a sum that equals the limit does not bar."""
    make_rules({"values": {"loan_period": 14, "fine_cents": 50}})
    root = make_consortium()
    set_setting(root.pk, LOAN_BAN_CENTS, value=100, by=chief(), now=MONDAY_NOON)
    patron, late_item = make_patron(), make_item()
    checkout(card_of(patron), late_item.barcode, by=desk(), now=MONDAY_NOON)
    second_day = MONDAY_NOON + timedelta(days=16)
    accrue_fines(by=desk(), now=second_day)
    checkout(card_of(patron), make_item().barcode, by=desk(), now=second_day)
    third_day = MONDAY_NOON + timedelta(days=17)
    accrue_fines(by=desk(), now=third_day)
    with pytest.raises(Refused, match=Reason.OWES_TOO_MUCH.value) as refused:
        checkout(card_of(patron), make_item().barcode, by=desk(), now=third_day)
    assert "1,50" in refused.value.refusals[0].message
    pay(patron.pk, 150, key="till-2", by=desk(), now=third_day)
    checkout(card_of(patron), make_item().barcode, by=desk(), now=third_day)
