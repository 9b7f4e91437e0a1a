"""The stored form, and what the record itself can do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kortisto.domain.catalogue.marc import stored
from kortisto.domain.catalogue.marc.record import Marc, data_field, values
from kortisto.domain.catalogue.tests.marc_strategies import records

ANYTHING = st.text(st.characters(), max_size=20)
BOOK = Marc(
    "00000nam a2200000 i 4500",
    (
        ("001", "1"),
        ("245", "10", (("a", "Title"), ("b", "rest"), ("a", ""))),
        ("650", " 7", (("a", "x"),)),
        ("650", " 7", (("a", "y"),)),
    ),
)


@given(records(ANYTHING))
def test_the_stored_form_keeps_everything(marc: Marc) -> None:
    text = stored.to_text(marc)

    assert stored.from_text(text) == marc
    assert not any(char < " " for char in text)


def test_nul_and_half_characters_are_stored_as_escapes() -> None:
    marc = Marc("x", (("001", "a\0b"), ("500", "  ", (("", "\ud800"),))))

    text = stored.to_text(marc)

    assert "\\u0000" in text
    assert text.isascii()
    assert stored.from_text(text) == marc


def test_the_stored_form_is_compact() -> None:
    assert stored.to_text(BOOK) == (
        '["00000nam a2200000 i 4500",[["001","1"],'
        '["245","10",["a","Title","b","rest","a",""]],'
        '["650"," 7",["a","x"]],["650"," 7",["a","y"]]]]'
    )


@pytest.mark.parametrize("text", ["", "{}", "[]", "[1]", '["x",[["a"]]]', "null"])
def test_other_text_is_no_record(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        stored.from_text(text)


def test_fields_are_found_by_tag_and_code() -> None:
    assert BOOK.value("001") == "1"
    assert BOOK.value("245") == ""
    assert BOOK.first("650") == ("650", " 7", (("a", "x"),))
    assert BOOK.first("999") is None
    assert len(BOOK.all("650")) == 2
    assert BOOK.subfields("650", "a") == ("x", "y")
    assert values(BOOK.fields[1], "ab") == ["Title", "rest"]


def test_a_new_field_goes_behind_its_like_and_nothing_moves() -> None:
    new = data_field("650", " 7", [("a", "z")])
    early = data_field("100", "1 ", [("a", "N")])

    tags = [(f[0], f[-1]) for f in BOOK.adding(new, early).fields]

    assert [tag for tag, _ in tags] == ["001", "100", "245", "650", "650", "650"]
    assert tags[-1][1] == (("a", "z"),)
    assert BOOK.without("650", "001").fields == (BOOK.fields[1],)
    assert BOOK.replacing("245", early).fields[1] == early
