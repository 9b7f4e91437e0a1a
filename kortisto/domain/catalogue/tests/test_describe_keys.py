"""Keys for sorting and grouping, and that no record is too odd to describe."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kortisto.domain.catalogue.describe import describe, sort_key, work_key
from kortisto.domain.catalogue.marc.record import Marc
from kortisto.domain.catalogue.tests.marc_strategies import records
from kortisto.domain.catalogue.tests.test_describe import field, told


def test_finnish_order() -> None:
    ordered = [
        "10 pientä", "100 vuotta", "1984", "Aamu", "à la carte", "älä",
    ]  # fmt: skip
    finnish = ["Zeppelin", "Åbo", "Æther", "Ääni", "Öljy", "Øre", "Чайка"]

    keys = [sort_key(text) for text in finnish]

    assert keys == sorted(keys)
    assert sorted(ordered, key=sort_key) == [
        "10 pientä", "100 vuotta", "1984", "à la carte", "Aamu", "älä",
    ]  # fmt: skip
    assert sort_key("Müller") == sort_key("Myller")
    assert sort_key("Ha\u0308n") == sort_key("Hän")
    assert sort_key("L'été {à la} plage!") == "lete a la plage"
    assert sort_key("Osa 2") < sort_key("Osa 10")


def test_editions_of_a_work_share_a_key_and_others_do_not() -> None:
    author = field("100", "1 ", "aWaltari, Mika,", "d1908-1979,", "ekirjoittaja.")
    first = told(author, field("245", "10", "aSinuhe egyptiläinen :", "bromaani /"))
    again = told(author, field("245", "10", "aSinuhe, egyptiläinen."))
    other = told(field("245", "10", "aSinuhe egyptiläinen :", "bnäytelmä"))

    assert work_key(first) == work_key(again) == "waltari mika|sinuhe egyptil|inen"
    assert work_key(other) != work_key(first)
    assert work_key(told()) == ""
    assert len(work_key(told(field("245", "10", "a" + "pitkä " * 100)))) == 200


@given(records())
@settings(max_examples=300)
def test_no_record_is_too_odd(marc: Marc) -> None:
    found = describe(marc)

    assert isinstance(work_key(found), str)
    assert found.year is None or 1000 <= found.year <= 2100


@given(records(st.text(st.characters(), max_size=20)))
def test_no_text_is_too_odd(marc: Marc) -> None:
    found = describe(marc)

    assert sort_key(found.title_sort) == sort_key(found.title_sort)
