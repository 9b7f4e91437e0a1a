"""Items in field 952."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kortisto.domain.catalogue.marc.items952 import (
    HELSINKI,
    ItemFields,
    cents,
    day,
    moment,
    read_items,
    split_call_number,
    without_items,
    write_items,
)
from kortisto.domain.catalogue.marc.record import Field, Marc, Subfield


def record(*items: tuple[Subfield, ...]) -> Marc:
    fields: list[Field] = [("001", "1"), ("245", "10", (("a", "T"),))]
    fields += [("952", "  ", item) for item in items]
    return Marc("00000nam a2200000 i 4500", (*fields, ("999", "  ", (("c", "1"),))))


FULL: tuple[Subfield, ...] = (
    ("0", "0"), ("1", "2"), ("4", "0"), ("7", "-1"), ("5", "1"), ("2", "ykl"),
    ("3", "2 CD + vihko"), ("8", "PIKA"), ("9", "77"), ("a", "MLI_PK"),
    ("b", "MLI_VAR"), ("c", "AIK"), ("d", "2019-02-28"), ("e", "BTJ"), ("f", "F"),
    ("g", "12,5"), ("h", "2019 : 3"), ("j", "HYLLY"), ("l", "12"), ("m", "3"),
    ("o", "84.2 JAA"), ("p", " 491N0001 "), ("q", "2020-01-31"),
    ("r", "2020-01-02 10:20:30"), ("s", "2020-01-01"), ("t", "2"),
    ("u", "https://example.fi/1"), ("v", "1 234,50 €"), ("w", "1.2.2019"),
    ("x", "staff"), ("x", "more"), ("y", "28VRK"), ("z", "public"), ("K", "local"),
)  # fmt: skip


def test_every_subfield_has_its_place() -> None:
    (item,) = read_items(record(FULL))

    assert item == ItemFields(
        home_library="MLI_PK", library="MLI_VAR", location="AIK",
        sub_location="HYLLY", collection="PIKA", coded_location="F",
        item_type="28VRK", call_number="84.2 JAA", class_source="ykl",
        barcode="491N0001", acquired_on=date(2019, 2, 28), acquired_from="BTJ",
        price_cents=1250, replacement_price_cents=123450,
        replacement_price_on=date(2019, 2, 1), copy_number="2",
        enumchron="2019 : 3", uri="https://example.fi/1", parts_note="2 CD + vihko",
        public_note="public", staff_note="staff\nmore", restricted="1",
        not_for_loan="-1", lost="2", damaged="", withdrawn="", loan_count=12,
        renewal_count=3, last_seen_at=datetime(2020, 1, 2, 10, 20, 30, tzinfo=HELSINKI),
        last_borrowed_at=datetime(2020, 1, 1, tzinfo=HELSINKI),
        due_on=date(2020, 1, 31), item_number="77", extra=(("K", "local"),),
    )  # fmt: skip
    assert (item.shelf_class, item.heading, item.parts) == ("84.2", "JAA", 2)


def test_written_items_read_the_same_and_stand_where_they_stood() -> None:
    marc = record(FULL, (("p", "2"),))
    items = read_items(marc)

    again = write_items(marc, items)

    assert read_items(again) == items
    assert [field[0] for field in again.fields] == [f[0] for f in marc.fields]


def test_without_items_the_rest_is_untouched() -> None:
    assert without_items(record(FULL)) == record()
    assert read_items(record()) == ()


def test_what_cannot_be_read_is_kept_and_told() -> None:
    bad: tuple[Subfield, ...] = (
        ("p", "1"), ("d", "yesterday"), ("v", "free"), ("l", "many"),
        ("r", "2020-13-01"),
    )  # fmt: skip
    (item,) = read_items(record(bad))

    assert [problem.code for problem in item.problems] == [
        "bad-date", "bad-price", "bad-count", "bad-date",
    ]  # fmt: skip
    assert item.extra == bad[1:]
    assert item.acquired_on is None
    assert item.replacement_price_cents is None
    assert read_items(write_items(record(bad), [item])) == (item,)


def test_a_missing_or_long_barcode_is_told() -> None:
    none, long = read_items(record((("a", "X"),), (("p", "1" * 21),)))

    assert [problem.code for problem in none.problems] == ["no-barcode"]
    assert [problem.code for problem in long.problems] == ["long-barcode"]
    assert long.barcode == "1" * 21


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12,50", 1250), ("12.50", 1250), ("12", 1200), ("12.500000", 1250),
        ("0.005", 1), ("1.234,50", 123450), ("1,234.50", 123450), ("1 234,5", 123450),
        ("12,50 €", 1250), ("EUR 7", 700), ("15,-", 1500), ("0", 0),
    ],
)  # fmt: skip
def test_prices_take_comma_and_dot(text: str, amount: int) -> None:
    assert cents(text) == amount


@pytest.mark.parametrize("text", ["-1", "a", "1,2,3", "1e3", "€", "1.2345678", "٣"])
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not|month|day"):
        cents(text)


def test_days_and_moments() -> None:
    assert day("20200229") == date(2020, 2, 29)
    assert day("29.2.2020") == date(2020, 2, 29)
    assert day("0000-00-00") is None
    assert moment("2020-06-01T12:00:00") == datetime(2020, 6, 1, 12, tzinfo=HELSINKI)
    with pytest.raises(ValueError, match=r"is not|month|day"):
        day("2021-02-29")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("84.2 JAA", ("84.2", "JAA")), ("78.852 LIN", ("78.852", "LIN")),
        ("L 84.2 WAL", ("84.2", "WAL")), ("99.1 Koskinen, A", ("99.1", "Koskinen, A")),
        ("84.2", ("84.2", "")), ("JAA", ("", "JAA")), ("", ("", "")),
        ("DVD 84.2 ÄÄN", ("84.2", "ÄÄN")),
    ],
)  # fmt: skip
def test_a_call_number_is_class_and_heading(text: str, parts: tuple[str, str]) -> None:
    assert split_call_number(text) == parts


@given(
    st.lists(
        st.tuples(
            st.sampled_from("0123456789abcdefghijklmnopqrstuvwxyzK"),
            st.one_of(
                st.text(max_size=12),
                st.from_regex(r"[0-9.,:T -]{1,19}", fullmatch=True),
                st.datetimes().map(str),
            ),
        ),
        max_size=12,
    )
)
def test_no_item_is_too_odd_and_all_come_back(pairs: list[Subfield]) -> None:
    marc = record(tuple(pairs))
    items = read_items(marc)

    assert read_items(write_items(marc, items)) == items
