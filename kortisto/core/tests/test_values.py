from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kortisto.core.values import Cents, Choice, Day, Kind, Maybe, WholeNumber, YesNo

KINDS: list[tuple[Kind[Any], Any]] = [
    (WholeNumber(least=1, most=10), 7),
    (Cents(), 1250),
    (YesNo(), True),
    (YesNo(), False),
    (Choice({"push": "Push", "skip": "Skip"}), "skip"),
    (Day(), date(2027, 5, 31)),
    (Maybe(WholeNumber(), "unlimited"), None),
    (Maybe(Day(), "none"), date(2027, 5, 31)),
]


@pytest.mark.parametrize(("kind", "value"), KINDS)
def test_what_is_stored_is_read_back(kind: Kind[Any], value: object) -> None:
    assert kind.read(kind.write(value)) == value


@pytest.mark.parametrize(("kind", "value"), KINDS)
def test_what_a_form_shows_is_understood_again(kind: Kind[Any], value: object) -> None:
    assert kind.parse(kind.typed(value)) == value


@pytest.mark.parametrize(("kind", "value"), KINDS)
def test_what_people_read_can_be_typed(kind: Kind[Any], value: object) -> None:
    assert kind.parse(kind.show(value)) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (WholeNumber(least=1, most=10), "0"),
        (WholeNumber(least=1, most=10), "11"),
        (WholeNumber(), "many"),
        (WholeNumber(), ""),
        (Cents(most=500), "5,01"),
        (Cents(), "1,234"),
        (YesNo(), "perhaps"),
        (Choice({"push": "Push"}), "pull"),
        (Day(), "31.2.2027"),
        (Day(), "tomorrow"),
        (Maybe(WholeNumber(), "unlimited"), "lots"),
    ],
)
def test_what_will_not_do_is_refused_in_a_sentence(kind: Kind[Any], text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        kind.parse(text)


@pytest.mark.parametrize(
    ("kind", "stored"),
    [
        (WholeNumber(), True),
        (WholeNumber(), "7"),
        (WholeNumber(), None),
        (WholeNumber(most=5), 6),
        (YesNo(), 1),
        (Choice({"push": "Push"}), "pull"),
        (Choice({"push": "Push"}), 3),
        (Day(), 20270101),
        (Maybe(Cents(), "none"), "1"),
    ],
)
def test_a_stored_value_of_another_kind_is_an_error(
    kind: Kind[Any], stored: object
) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - said to programs
        kind.read(stored)


@given(cents=st.integers(min_value=0, max_value=9_999_999))
def test_every_amount_survives_the_form(cents: int) -> None:
    assert Cents().parse(Cents().typed(cents)) == cents
