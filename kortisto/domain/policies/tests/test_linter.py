from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kortisto.domain.policies.findings import Finding, Kind, Severity, World
from kortisto.domain.policies.linter import lint
from kortisto.domain.policies.rules import Matrix, Row

MIKKELI, CLOSED = 11, 12
ADULT, CHILD = 21, 22
BOOK, GAMES, SWITCH = 31, 32, 33
COMMON = {"loan_period": 28, "fine_cents": 20, "fine_max_cents": 600, "max_loans": 50}


def row(
    number: int,
    library: int | None = None,
    category: int | None = None,
    item_type: int | None = None,
    **values: Any,
) -> Row:
    return Row(number, library, category, item_type, values)


EVERYWHERE = row(1, **COMMON)


def world(*rows: Row, **more: Any) -> World:
    made = World(
        matrix=Matrix(1, rows, {BOOK: None, GAMES: None, SWITCH: GAMES}),
        day=date(2027, 3, 1),
        libraries={MIKKELI: "Mikkeli"},
        closed_libraries={CLOSED: "Anttola"},
        categories={ADULT: "Aikuinen", CHILD: "Lapsi"},
        item_types={BOOK: "Kirja", GAMES: "Pelit", SWITCH: "Switch"},
    )
    return replace(made, **more)


def only(*rows: Row, **more: Any) -> Finding:
    found = lint(world(*rows, **more))
    assert len(found) == 1, found
    return found[0]


def test_sound_rules_give_no_finding() -> None:
    sound = world(
        EVERYWHERE,
        row(2, MIKKELI, renewals_allowed=2),
        row(3, None, None, GAMES, max_loans=2, loan_period=14),
        row(4, None, CHILD, fine_cents=0),
        used_types=frozenset({BOOK, SWITCH}),
    )
    assert lint(sound) == ()


@pytest.mark.parametrize(
    "dead",
    [
        row(2, CLOSED, loan_period=14),
        row(2, 99, loan_period=14),
        row(2, None, 99, loan_period=14),
        row(2, None, None, 99, loan_period=14),
        row(2, MIKKELI),
    ],
)
def test_a_row_that_can_never_apply_is_dead(dead: Row) -> None:
    found = only(EVERYWHERE, dead)
    assert (found.kind, found.severity) == (Kind.DEAD, Severity.WARNING)
    assert found.row_ids == (2,)


def test_a_type_that_no_item_has_is_told() -> None:
    found = only(
        EVERYWHERE,
        row(2, None, None, GAMES, loan_period=14),
        used_types=frozenset({BOOK}),
    )
    assert found.severity is Severity.NOTICE
    assert "Pelit" in found.sentence


def test_a_value_that_would_be_inherited_anyway_is_dead() -> None:
    found = only(EVERYWHERE, row(2, MIKKELI, loan_period=28))
    assert (found.kind, found.row_ids) == (Kind.DEAD, (2, 1))
    assert found.parameter == "loan_period"


def test_the_same_value_is_not_dead_when_another_row_stands_between() -> None:
    between = row(3, MIKKELI, ADULT, loan_period=7)
    again = row(2, MIKKELI, ADULT, BOOK, loan_period=28)
    assert lint(world(EVERYWHERE, between, again)) == ()


def test_to_write_out_a_default_is_a_decision_and_not_dead() -> None:
    shield = row(2, MIKKELI, renewals_allowed=5)
    assert lint(world(EVERYWHERE, shield)) == ()


def test_two_rows_for_the_same_thing_are_an_error() -> None:
    found = lint(world(EVERYWHERE, row(2, renewals_allowed=1)))
    assert found[0].kind is Kind.OVERLAPPING
    assert found[0].severity is Severity.ERROR


def test_a_category_row_that_hides_a_type_row_is_told() -> None:
    found = only(
        EVERYWHERE,
        row(2, None, CHILD, loan_period=21),
        row(3, None, None, GAMES, loan_period=7),
    )
    assert found.kind is Kind.OVERLAPPING
    assert found.severity is Severity.NOTICE
    assert found.row_ids == (2, 3)


def test_a_category_without_any_loan_period_is_an_error() -> None:
    found = lint(world(row(1, None, ADULT, **COMMON)))
    assert [one.severity for one in found] == [Severity.ERROR, Severity.WARNING]
    assert {one.kind for one in found} == {Kind.MISSING}
    assert all("Lapsi" in one.sentence for one in found)


def test_what_is_not_for_loan_needs_no_period() -> None:
    rules = world(
        row(1, None, ADULT, **COMMON),
        row(2, None, CHILD, for_loan=False),
    )
    assert lint(rules) == ()


@pytest.mark.parametrize(
    ("contradiction", "parameter"),
    [
        (row(2, MIKKELI, fine_cents=30, fine_max_cents=None), "fine_max_cents"),
        (row(2, MIKKELI, hard_due_on=date(2027, 2, 28)), "hard_due_on"),
        (row(2, None, None, GAMES, max_loans=51), "max_loans"),
        (row(2, MIKKELI, short_loan_days=28), "short_loan_days"),
    ],
)
def test_values_that_contradict_are_found(contradiction: Row, parameter: str) -> None:
    found = only(EVERYWHERE, contradiction)
    assert (found.kind, found.parameter) == (Kind.CONTRADICTORY, parameter)
    assert found.sentence.endswith(".")
    assert found.suggestion.endswith(".")


def test_a_due_date_today_or_later_is_fine() -> None:
    assert lint(world(EVERYWHERE, row(2, MIKKELI, hard_due_on=date(2027, 3, 1)))) == ()
