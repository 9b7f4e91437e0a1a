"""Rows follow from the record alone, whatever stands in it."""

from kortisto.domain.catalogue.marc.record import Marc
from kortisto.domain.catalogue.rows import record_row


def test_a_title_of_a_sign_only_has_a_place_in_the_order() -> None:
    """Sheeran's album is called ÷."""
    marc = Marc(
        "00000njm a22000004i 4500",
        (("001", "1"), ("003", "FI-A"), ("245", "00", (("a", "÷"),))),
    )

    row = record_row(marc, own_source="FI-A", bare_source="FI-A")

    assert row.title == "÷"
    assert row.title_sort == "÷"
