"""Reading the hold shelf: what is missing, and what should not be there."""

from kortisto.domain.holds.shelf_reading import ShelfReading, read_shelf


def test_each_barcode_is_told_once_as_what_it_is() -> None:
    scanned = ["C", "A", "X", "E", "A"]

    reading = read_shelf(scanned, waiting=["A", "B", "C"], ended=["E", "F"])

    assert reading == ShelfReading(
        there=("C", "A"), missing=("B",), to_clear=("E",), strangers=("X",)
    )


def test_an_empty_shelf_misses_all_that_waits_and_nothing_that_ended() -> None:
    reading = read_shelf([], waiting=["A"], ended=["E"])

    assert reading == ShelfReading(there=(), missing=("A",), to_clear=(), strangers=())
