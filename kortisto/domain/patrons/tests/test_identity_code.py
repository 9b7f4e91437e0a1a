"""Which personal identity codes can be taken (REQUIREMENTS S29). No database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kortisto.domain.patrons.identity import (
    CENTURIES,
    CodeTrouble,
    IdentityCode,
    mentions_a_code,
    read_code,
)
from kortisto.testing.identity_codes import CHECK, code_of

TODAY = date(2027, 3, 1)
ADULT = date(1980, 5, 17)


def read(text: str, *, confirmed: bool = False) -> IdentityCode | CodeTrouble:
    return read_code(text, today=TODAY, born_in_1800s=confirmed, artificial=True)


@given(
    sign=some.sampled_from(sorted(CENTURIES)),
    day=some.dates(date(1800, 1, 1), date(1899, 12, 31)),
    number=some.integers(2, 899),
)
def test_every_sign_of_every_century_is_read(sign: str, day: date, number: int) -> None:
    try:
        born_on = day.replace(year=CENTURIES[sign] + day.year % 100)
    except ValueError:  # 29 February of a year that has none in this century
        born_on = date(CENTURIES[sign], 2, 28)
    code = code_of(born_on, number, sign=sign)

    taken = read_code(code, today=date(2100, 1, 1), born_in_1800s=True)

    assert taken == IdentityCode(code, born_on)


@given(
    number=some.integers(900, 999),
    place=some.integers(0, 9).filter(lambda place: place != 6),
    digit=some.sampled_from("0123456789"),
)
def test_one_wrong_digit_is_always_noticed(number: int, place: int, digit: str) -> None:
    code = code_of(ADULT, number)
    wrong = code[:place] + digit + code[place + 1 :]

    assert wrong == code or isinstance(read(wrong), CodeTrouble)


@given(some.text(max_size=14))
def test_anything_can_be_typed(text: str) -> None:
    assert read(text) is not None


@pytest.mark.parametrize("sign", ["A", "B", "C", "D", "E", "F"])
def test_somebody_born_today_passes_and_tomorrow_is_refused(sign: str) -> None:
    newborn = code_of(TODAY, sign=sign)
    unborn = code_of(TODAY + timedelta(days=1), sign=sign)

    assert read(newborn) == IdentityCode(newborn, TODAY)
    assert read(unborn) is CodeTrouble.NOT_BORN_YET


@pytest.mark.parametrize("sign", ["-", "Y", "X", "W", "V", "U"])
def test_somebody_of_101_years_passes(sign: str) -> None:
    born_on = date(1926, 2, 28)
    assert read(code_of(born_on, sign=sign)) == IdentityCode(
        code_of(born_on, sign=sign), born_on
    )


def test_a_plus_is_questioned_until_somebody_confirms_it() -> None:
    scanned = code_of(ADULT).replace("-", "+")

    assert read(scanned) is CodeTrouble.BORN_IN_1800S
    assert "1800s" in CodeTrouble.BORN_IN_1800S.label
    assert read(scanned, confirmed=True) == IdentityCode(scanned, date(1880, 5, 17))


def test_a_confirmed_century_changes_nothing_for_a_minus() -> None:
    code = code_of(ADULT)
    assert read(code, confirmed=True) == IdentityCode(code, ADULT)


@pytest.mark.parametrize(
    "typed",
    ["170580-900{}", " 170580-900{} ", "170580 - 900{}", "170580\u2013900{}"],
)
def test_spaces_small_letters_and_dashes_are_put_right(typed: str) -> None:
    code = code_of(ADULT)
    assert read(typed.format(code[-1].lower())) == IdentityCode(code, ADULT)


@pytest.mark.parametrize(
    ("typed", "trouble"),
    [
        ("", CodeTrouble.NOT_A_CODE),
        ("170580-900", CodeTrouble.NOT_A_CODE),
        ("170580G900X", CodeTrouble.NOT_A_CODE),
        ("19800517-900X", CodeTrouble.NOT_A_CODE),
        ("\u0661\u0667\u0660\u0665\u0668\u0660-900X", CodeTrouble.NOT_A_CODE),
        ("19580517-1234", CodeTrouble.NOT_A_CODE),  # a Swedish number
        ("300280-9000", CodeTrouble.NO_SUCH_DAY),
        ("290299-9000", CodeTrouble.NO_SUCH_DAY),
        ("171380-9000", CodeTrouble.NO_SUCH_DAY),
        ("170580-000" + CHECK[170580000 % 31], CodeTrouble.NO_SUCH_NUMBER),
        ("170580-001" + CHECK[170580001 % 31], CodeTrouble.NO_SUCH_NUMBER),
        ("170580-900G", CodeTrouble.WRONG_CHECK_CHARACTER),
        ("131052-308U", CodeTrouble.WRONG_CHECK_CHARACTER),
    ],
)
def test_each_trouble_has_its_own_sentence(typed: str, trouble: CodeTrouble) -> None:
    assert read(typed) is trouble


def test_29_february_is_a_day_of_leap_years() -> None:
    assert read(code_of(date(2000, 2, 29))) == IdentityCode(
        code_of(date(2000, 2, 29)), date(2000, 2, 29)
    )


def test_artificial_numbers_pass_only_where_the_installation_says_so() -> None:
    code = code_of(ADULT, 900)

    assert read_code(code, today=TODAY) is CodeTrouble.NO_SUCH_NUMBER
    assert read_code(code_of(ADULT, 899), today=TODAY) == IdentityCode(
        code_of(ADULT, 899), ADULT
    )


def test_neither_repr_nor_a_sentence_shows_the_code() -> None:
    code = code_of(ADULT)
    taken = read(code)

    assert code not in repr(taken)
    assert "1980" not in repr(taken)


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("Lasku 2027-113", False),
        ("Asiakas ei halua antaa", False),
        ("väärä, piti olla 170580-900X", True),
        ("170580a900x", True),
    ],
)
def test_a_code_in_free_text_is_noticed(text: str, mentions: bool) -> None:  # noqa: FBT001
    assert mentions_a_code(text) is mentions
