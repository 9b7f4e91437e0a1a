from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kortisto.domain.policies.parameter import Parameter
from kortisto.domain.policies.parameters import (
    FINE_CENTS,
    LOAN_PERIOD,
    MAX_LOANS,
    PARAMETERS,
    RENEWALS_ALLOWED,
    parameter,
)
from kortisto.domain.policies.rules import (
    DEFAULT_LEVEL,
    Limit,
    Matrix,
    Row,
    Sourced,
    Terms,
    terms,
)

MIKKELI, SAVONLINNA = 11, 12
ADULT, CHILD = 21, 22
BOOK, GAMES, SWITCH, PLAYSTATION = 31, 32, 33, 34
PARENTS = {BOOK: None, GAMES: None, SWITCH: GAMES, PLAYSTATION: GAMES}


def row(
    number: int,
    library: int | None = None,
    category: int | None = None,
    item_type: int | None = None,
    **values: Any,
) -> Row:
    return Row(number, library, category, item_type, values)


def matrix(*rows: Row) -> Matrix:
    return Matrix(7, rows, PARENTS)


EVERY_LEVEL = (
    row(1, MIKKELI, ADULT, BOOK, loan_period=1),
    row(2, MIKKELI, ADULT, None, loan_period=2),
    row(3, MIKKELI, None, BOOK, loan_period=3),
    row(4, MIKKELI, None, None, loan_period=4),
    row(5, None, ADULT, BOOK, loan_period=5),
    row(6, None, ADULT, None, loan_period=6),
    row(7, None, None, BOOK, loan_period=7),
    row(8, None, None, None, loan_period=8),
)


@pytest.mark.parametrize("level", range(1, 9))
def test_the_most_precise_row_that_there_is_decides(level: int) -> None:
    left = matrix(*EVERY_LEVEL[level - 1 :])
    found = left.value(LOAN_PERIOD, MIKKELI, ADULT, BOOK)
    assert found == Sourced(level, row_id=level, level=level)
    assert [one.level for one in EVERY_LEVEL] == list(range(1, 9))


def test_without_any_row_the_default_holds() -> None:
    assert matrix().value(LOAN_PERIOD, MIKKELI, ADULT, BOOK) == Sourced(
        28, row_id=None, level=DEFAULT_LEVEL
    )


def test_a_special_rule_of_a_library_changes_only_what_it_says() -> None:
    common = row(8, loan_period=21, fine_cents=15, max_loans=50, renewals_allowed=5)
    before = matrix(common).terms(MIKKELI, ADULT, BOOK)
    special = matrix(common, row(4, MIKKELI, renewals_allowed=2))

    after = special.terms(MIKKELI, ADULT, BOOK)

    assert after.renewals_allowed == 2
    assert after.source(RENEWALS_ALLOWED) == Sourced(2, row_id=4, level=4)
    for key in PARAMETERS:
        if key != RENEWALS_ALLOWED.key:
            assert after.sources[key] == before.sources[key]
    assert special.terms(SAVONLINNA, ADULT, BOOK).renewals_allowed == 5


def test_nothing_is_a_value_of_its_own_and_does_not_inherit() -> None:
    rules = matrix(row(4, MIKKELI, max_loans=None), row(8, max_loans=50))
    assert rules.value(MAX_LOANS, MIKKELI, ADULT, BOOK) == Sourced(None, 4, 4)


def test_a_type_asks_its_parent_before_the_row_for_all_types() -> None:
    rules = matrix(
        row(3, MIKKELI, None, GAMES, loan_period=7), row(4, MIKKELI, loan_period=28)
    )
    assert rules.value(LOAN_PERIOD, MIKKELI, ADULT, SWITCH) == Sourced(7, 3, 3)
    own = row(9, MIKKELI, None, SWITCH, loan_period=3)
    assert (
        matrix(own, *rules.rows).value(LOAN_PERIOD, MIKKELI, ADULT, SWITCH).value == 3
    )
    assert rules.value(LOAN_PERIOD, MIKKELI, ADULT, BOOK).value == 28


def test_a_ring_of_parents_is_walked_once() -> None:
    ring = Matrix(1, (), {1: 2, 2: 1})
    assert ring.lineage(1) == (1, 2)
    assert ring.value(LOAN_PERIOD, MIKKELI, ADULT, 1).level == DEFAULT_LEVEL


def test_limits_of_the_type_its_group_and_all_loans_hold_together() -> None:
    rules = matrix(
        row(8, max_loans=50),
        row(7, None, None, GAMES, max_loans=2),
        row(5, None, None, SWITCH, max_loans=1),
    )
    assert rules.limits(MAX_LOANS, MIKKELI, CHILD, SWITCH) == (
        Limit(1, SWITCH, 5, 7),
        Limit(2, GAMES, 7, 7),
        Limit(50, None, 8, 8),
    )
    assert rules.limits(MAX_LOANS, MIKKELI, CHILD, BOOK) == (Limit(50, None, 8, 8),)


def test_in_one_scope_only_the_nearest_limit_holds() -> None:
    rules = matrix(
        row(8, max_loans=50),
        row(6, None, CHILD, max_loans=20),
        row(1, MIKKELI, CHILD, GAMES, max_loans=1),
        row(7, None, None, GAMES, max_loans=2),
    )
    assert rules.limits(MAX_LOANS, MIKKELI, CHILD, PLAYSTATION) == (
        Limit(1, GAMES, 1, 1),
        Limit(20, None, 6, 6),
    )
    assert rules.limits(MAX_LOANS, SAVONLINNA, ADULT, PLAYSTATION) == (
        Limit(2, GAMES, 7, 7),
        Limit(50, None, 8, 8),
    )


def test_a_group_of_types_counts_everything_below_it() -> None:
    assert matrix().family(GAMES) == {GAMES, SWITCH, PLAYSTATION}
    assert matrix().family(SWITCH) == {SWITCH}


def test_the_trace_tells_what_rows_gave_and_leaves_defaults_out() -> None:
    found = matrix(row(8, loan_period=21)).terms(MIKKELI, ADULT, BOOK)
    assert found.trace() == {"loan_period": [21, 8, 8]}
    assert found.trace(FINE_CENTS) == {"fine_cents": [0, None, DEFAULT_LEVEL]}


def test_terms_have_a_value_for_every_parameter() -> None:
    found = terms(matrix(), MIKKELI, ADULT, BOOK)
    others = {"version", "limits", "sources"}
    assert set(Terms.__dataclass_fields__) == set(PARAMETERS) | others
    for key, one in PARAMETERS.items():
        assert getattr(found, key) == one.default
        assert parameter(key) is one


@pytest.mark.parametrize("one", PARAMETERS.values(), ids=PARAMETERS.keys())
def test_the_default_can_be_stored_typed_and_shown(one: Parameter[Any]) -> None:
    assert one.read(one.write(one.default)) == one.default
    assert one.parse(one.typed(one.default)) == one.default
    assert one.show(one.default)
    assert one.title
    assert one.help


cells = st.dictionaries(
    st.sampled_from(["loan_period", "fine_cents", "renewals_allowed"]),
    st.integers(0, 30),
)
some_library = st.sampled_from([None, MIKKELI, SAVONLINNA])
some_category = st.sampled_from([None, ADULT, CHILD])
some_type = st.sampled_from([None, *PARENTS])
keys = st.tuples(some_library, some_category, some_type)
matrices = st.dictionaries(keys, cells, max_size=15).map(
    lambda rows: matrix(
        *(Row(n, *key, values) for n, (key, values) in enumerate(rows.items(), 1))
    )
)


def naive(rules: Matrix, key: str, library: int, category: int, item_type: int) -> Any:
    """CIR-1 read aloud: try the rows one by one in the order of the requirement."""
    types: list[int | None] = [item_type]
    parent = PARENTS[item_type]
    if parent is not None:
        types.append(parent)
    order = [
        *((library, category, one) for one in types),
        (library, category, None),
        *((library, None, one) for one in types),
        (library, None, None),
        *((None, category, one) for one in types),
        (None, category, None),
        *((None, None, one) for one in types),
        (None, None, None),
    ]
    for place in order:
        for one in rules.rows:
            named = (one.library_id, one.category_id, one.item_type_id)
            if named == place and key in one.values:
                return one.values[key]
    return PARAMETERS[key].default


@settings(max_examples=200)
@given(
    rules=matrices,
    library=st.sampled_from([MIKKELI, SAVONLINNA]),
    category=st.sampled_from([ADULT, CHILD]),
    item_type=st.sampled_from(list(PARENTS)),
)
def test_every_parameter_is_resolved_as_the_requirement_says(
    rules: Matrix, library: int, category: int, item_type: int
) -> None:
    found = rules.terms(library, category, item_type)
    for key in ("loan_period", "fine_cents", "renewals_allowed"):
        assert getattr(found, key) == naive(rules, key, library, category, item_type)


@settings(max_examples=100)
@given(rules=matrices, place=keys, value=st.integers(0, 30))
def test_one_changed_cell_changes_no_other_parameter_anywhere(
    rules: Matrix, place: tuple[int | None, int | None, int | None], value: int
) -> None:
    """Acceptance scenario 4, for every row and every lending."""
    others = [one for one in rules.rows if one.key != Row(0, *place, {}).key]
    kept = [one for one in rules.rows if one not in others]
    values = {**(kept[0].values if kept else {}), "renewals_allowed": value}
    number = kept[0].id if kept else 99
    changed = matrix(*others, Row(number, *place, values))
    for library in (MIKKELI, SAVONLINNA):
        for category in (ADULT, CHILD):
            for item_type in PARENTS:
                before = rules.terms(library, category, item_type).sources
                after = changed.terms(library, category, item_type).sources
                assert {
                    key for key in before if before[key].value != after[key].value
                } <= {"renewals_allowed"}
