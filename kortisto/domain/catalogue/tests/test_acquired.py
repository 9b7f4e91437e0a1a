"""Acquisitions of a year: when the library got the item, not when it was written in."""

from datetime import date
from pathlib import Path

import pytest

from kortisto.core.actors import job_actor
from kortisto.domain.catalogue.acquired import (
    acquired_between,
    acquired_in,
    year_acquired,
)
from kortisto.domain.catalogue.actions.importing import Manner, import_files
from kortisto.domain.catalogue.actions.items import add_item, change_item
from kortisto.domain.catalogue.item_changes import ItemDetails
from kortisto.domain.catalogue.marc.iso2709 import to_iso2709
from kortisto.domain.catalogue.marc.record import Marc
from kortisto.domain.catalogue.models import Item
from kortisto.domain.catalogue.permissions import CataloguePermission
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    make_consortium,
    make_item,
    make_item_type,
    make_library,
    make_record,
)

pytestmark = pytest.mark.django_db

MONDAY = date(2027, 3, 1)


def added(barcode: str, details: ItemDetails | None = None) -> Item:
    """An item that somebody writes into the register on Monday."""
    return add_item(
        make_record().pk,
        {
            "barcode": barcode,
            "home_library_id": make_library().pk,
            "item_type_id": make_item_type().pk,
            **(details or {}),
        },
        by=chief(),
        now=MONDAY_NOON,
    )


def barcodes(year: int) -> set[str]:
    return set(acquired_in(year).values_list("barcode", flat=True))


def test_an_item_counts_in_the_year_of_its_day_and_old_stock_in_none() -> None:
    added("NEW")
    added("LATE", {"acquired_on": date(2026, 12, 31)})
    old = added("OLD", {"old_stock": True})
    added("OLD-WITH-DAY", {"old_stock": True, "acquired_on": MONDAY})

    assert barcodes(2027) == {"NEW"}
    assert barcodes(2026) == {"LATE"}
    assert old.acquired_on is None  # nothing is made up
    assert {item.barcode: year_acquired(item) for item in Item.objects.all()} == {
        "NEW": 2027,
        "LATE": 2026,
        "OLD": None,
        "OLD-WITH-DAY": None,
    }


def test_both_ends_of_a_period_are_in_it() -> None:
    for day in (28, 1, 31):
        month = 2 if day == 28 else 3
        make_item(barcode=f"{day}.{month}.", acquired_on=date(2027, month, day))

    march = acquired_between(MONDAY, date(2027, 3, 31))

    assert set(march.values_list("barcode", flat=True)) == {"1.3.", "31.3."}


def test_a_tick_given_later_takes_an_item_out_of_the_count_and_back() -> None:
    item = added("NEW")

    change_item(item.pk, {"old_stock": True}, by=chief(), now=MONDAY_NOON)
    assert barcodes(2027) == set()

    change_item(item.pk, {"old_stock": False}, by=chief(), now=MONDAY_NOON)
    assert barcodes(2027) == {"NEW"}


def test_a_day_that_is_taken_away_is_not_put_back() -> None:
    """Only who adds an item and says nothing means today."""
    item = added("NEW")

    item = change_item(item.pk, {"acquired_on": None}, by=chief(), now=MONDAY_NOON)

    assert item.acquired_on is None
    assert barcodes(2027) == set()


def test_what_is_brought_in_has_its_own_day_and_keeps_the_tick(tmp_path: Path) -> None:
    """Unknown days stay unknown: history does not begin when a system changes."""
    make_consortium()
    make_library("MLI")
    file = tmp_path / "a.mrc"

    def bring_in(call_number: str) -> None:
        items = (
            (*base, ("p", "NO-DAY"), ("o", call_number)),
            (*base, ("p", "DAY"), ("d", "1985-05-02"), ("o", call_number)),
        )
        file.write_bytes(to_iso2709(_record(*items)))
        import_files(
            [file],
            by=job_actor(CataloguePermission.IMPORT),
            now=MONDAY_NOON,
            manner=Manner(rejects=tmp_path / "rejects"),
        )

    make_item_type()
    base = (("a", "MLI"), ("b", "MLI"), ("y", "28VRK"))
    bring_in("84.2 A")
    assert barcodes(2027) == set()
    assert barcodes(1985) == {"DAY"}
    item = Item.objects.get(barcode="DAY")
    assert not item.old_stock

    change_item(item.pk, {"old_stock": True}, by=chief(), now=MONDAY_NOON)
    bring_in("84.2 B")

    item.refresh_from_db()
    assert (item.call_number, item.old_stock) == ("84.2 B", True)
    assert barcodes(1985) == set()


def _record(*items: tuple[tuple[str, str], ...]) -> Marc:
    return Marc(
        "00000nam a2200000 i 4500",
        (
            ("001", "1"),
            ("003", "FI-X"),
            ("245", "10", (("a", "Kalevala"),)),
            *(("952", "  ", item) for item in items),
        ),
    )
