"""Phones, e-mails and business ids as they are kept (S22)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kortisto.domain.patrons.contacts import (
    PhoneKind,
    business_id,
    email_address,
    phone_kind,
    phone_number,
    readable_number,
)

BETWEEN = st.text(st.sampled_from(" -\u00a0\u200b\u200e\u202c()"), max_size=3)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("   ", ""),
        ("050 123 4567", "+358501234567"),
        ("+358 (0)50 1234567", "+358501234567"),
        ("00358501234567", "+358501234567"),
        ("\u202d050\u200b1234567\u202c", "+358501234567"),
        ("０５０１２３４５６７", "+358501234567"),
        ("+46 8 123 456 78", "+46812345678"),
    ],
)
def test_any_usual_spelling_of_a_number_is_one_number(typed: str, kept: str) -> None:
    assert phone_number(typed) == kept


@pytest.mark.parametrize(
    "typed", ["äiti 050 1234567", "050 1234567, 040 7654321", "1" * 30, "++"]
)
def test_text_and_two_numbers_are_refused_without_being_repeated(typed: str) -> None:
    with pytest.raises(ValueError, match="phone number") as refused:
        phone_number(typed)
    assert typed not in str(refused.value)


@given(st.integers(1_000_000, 9_999_999), st.lists(BETWEEN, min_size=10, max_size=10))
def test_what_stands_between_the_digits_does_not_matter(
    number: int, between: list[str]
) -> None:
    digits = f"050{number}"
    typed = "".join(sign + some for sign, some in zip(digits, between, strict=True))
    kept = phone_number(typed)
    assert kept == phone_number(digits)
    assert phone_number(kept) == kept
    assert phone_number(readable_number(kept)) == kept


@given(st.text(max_size=30))
def test_whatever_is_pasted_becomes_a_number_or_is_refused(text: str) -> None:
    try:
        kept = phone_number(text)
    except ValueError:
        return
    assert kept == "" or (kept[0] == "+" and kept[1:].isdigit() and len(kept) <= 20)


def test_only_a_mobile_number_is_one() -> None:
    assert phone_kind("+358501234567") is PhoneKind.MOBILE
    assert phone_kind("+358153211") is PhoneKind.LANDLINE
    assert phone_kind("+358600123") is PhoneKind.OTHER


def test_an_address_is_trimmed_and_its_domain_small() -> None:
    assert email_address(" Aino.V\u200b@Posti.Example ") == "Aino.V@posti.example"
    assert email_address("") == ""
    for wrong in ("aino", "aino@", "a b@posti.example", "a@b"):
        with pytest.raises(ValueError, match="e-mail address"):
            email_address(wrong)


def test_a_business_id_has_the_right_check_digit() -> None:
    assert business_id(" 0116297-6 ") == business_id("01162976") == "0116297-6"
    for wrong in ("0116297-7", "abc", "123"):
        with pytest.raises(ValueError, match="1234567-8"):
            business_id(wrong)
