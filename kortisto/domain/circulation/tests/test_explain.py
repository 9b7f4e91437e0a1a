"""Why a loan is due when it is, and why a fine is so much, in whole sentences."""

from datetime import date, timedelta
from typing import Any

import pytest

from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.explain import why_due, why_fine
from kortisto.domain.circulation.models import Loan
from kortisto.domain.fees.models import Charge
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    close_library,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_rules,
)

pytestmark = pytest.mark.django_db

EURO = "\N{NO-BREAK SPACE}€"


def told(**options: Any) -> list[str]:
    """Lend an item and read why it is due then."""
    item = options.pop("item", None) or make_item()
    checkout(
        card_of(make_patron()),
        item.barcode,
        **{"by": desk(), "now": MONDAY_NOON, **options},
    )
    trace = Loan.objects.latest("pk").trace
    return [why.sentence for why in why_due(trace)]


def test_a_plain_period_is_explained_with_the_row_it_comes_from() -> None:
    library = make_library()
    make_rules({"library": library, "values": {"loan_period": 14}})
    assert told() == [
        "Counted from 1.3.2027.",
        "The loan period is 14 days.",
        "So it is due on 15.3.2027.",
        "The rules and the calendar are those of MLI.",
    ]
    sources = [why.source for why in why_due(Loan.objects.get().trace)]
    assert sources == [
        "",
        "MLI, all patrons, all item types",
        "",
        "Rules, version 1",
    ]


def test_without_rules_the_default_is_said_to_be_one() -> None:
    told()
    assert why_due(Loan.objects.get().trace)[1].source == "Default of the system"


def test_closed_days_are_named() -> None:
    make_rules({"values": {"loan_period": 1}})
    close_library(make_library(), date(2027, 3, 2), name="Inventaario")
    assert told()[2:4] == [
        "The library is closed on 2.3.2027: Inventaario.",
        "So it is due on 3.3.2027.",
    ]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"loan_period": 1}, "The loan period is 1 day."),
        (
            {"loan_period": 3, "closed_days": "skip"},
            "The loan period is 3 days on which the library is open.",
        ),
        ({"hard_due_on": "2027-06-05"}, "There is a fixed due date, 5.6.2027."),
        (
            {"loan_period": 3, "loan_period_unit": "hours"},
            "The loan period is 3 hours.",
        ),
        (
            {"loan_period": 3, "loan_period_unit": "hours"},
            "So it is due on 1.3.2027 15.00.",
        ),
        (
            {"loan_period": 12, "loan_period_unit": "hours"},
            "The library closes at 20.00.",
        ),
    ],
)
def test_each_rule_has_its_sentence(values: dict[str, Any], sentence: str) -> None:
    make_rules({"values": values})
    assert sentence in told()


def test_a_shorter_period_says_that_others_wait() -> None:
    make_rules({"values": {"short_loan_days": 7, "short_loan_holds": 1}})
    item = make_item()
    make_hold(make_patron(), item.record)
    sentence = "Others wait for the title, so the loan period is 7 days."
    assert sentence in told(item=item)


def test_a_date_that_staff_chose_is_told_as_such() -> None:
    sentences = told(due_on=date(2027, 3, 9))
    assert sentences[:2] == [
        "Staff chose the due date 9.3.2027.",
        "So it is due on 9.3.2027.",
    ]


def test_a_loan_without_a_trace_was_brought_from_elsewhere() -> None:
    assert [why.sentence for why in why_due({})] == [
        "The loan was brought from an earlier system."
    ]


def fine_told(**values: Any) -> list[str]:
    make_rules({"values": {"loan_period": 14, "fine_cents": 20, **values}})
    item = make_item()
    checkout(card_of(make_patron()), item.barcode, by=desk(), now=MONDAY_NOON)
    checkin(item.barcode, by=desk(), now=MONDAY_NOON + timedelta(days=18))
    return [why.sentence for why in why_fine(Charge.objects.get().trace)]


def test_a_fine_is_explained_as_it_is_counted() -> None:
    assert fine_told() == [f"4 days overdue, 0,20{EURO} a day."]


def test_a_fine_in_intervals_with_grace_closed_days_and_a_cap() -> None:
    close_library(make_library(), date(2027, 3, 17))
    sentences = fine_told(
        fine_every_days=2,
        grace_days=1,
        grace_included=True,
        fine_counts_closed_days=False,
        fine_max_cents=30,
    )
    assert sentences == [
        f"3 days overdue, 0,20{EURO} for each 2 days.",
        "1 closed day is not counted.",
        "There are 1 days of grace.",
        f"The fine is never more than 0,30{EURO}.",
    ]


def test_no_fine_needs_no_explanation() -> None:
    assert why_fine({}) == []
