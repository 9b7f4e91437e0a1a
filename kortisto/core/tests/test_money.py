"""Money is whole cents, read and written as Finns do."""

import pytest

from kortisto.core.money import cents, euros


@pytest.mark.parametrize(
    ("text", "amount"),
    [("12,50", 1250), ("12.5", 1250), ("12 €", 1200), ("0,05", 5), (" 7 EUR ", 700)],
)
def test_an_amount_is_read(text: str, amount: int) -> None:
    assert cents(text) == amount


@pytest.mark.parametrize("text", ["", "-1", "1,234", "1 000", "abc", "1e3", "12345678"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        cents(text)


@pytest.mark.parametrize(
    ("amount", "text"), [(1250, "12,50"), (5, "0,05"), (0, "0,00"), (-130, "−1,30")]
)
def test_an_amount_is_written(amount: int, text: str) -> None:
    assert euros(amount) == f"{text}\N{NO-BREAK SPACE}€"
