"""What can be said of an item, typed; and whether it can be so."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final, TypedDict

from django.db import models

from kortisto.core.refusals import Refusal
from kortisto.core.text import ControlCharacters, card_code, tidy, tidy_lines
from kortisto.domain.catalogue.description.sorting import sort_key
from kortisto.domain.catalogue.marc.items952 import split_call_number
from kortisto.domain.catalogue.models import CodedValue, Item, ItemType
from kortisto.domain.catalogue.reasons import Reason
from kortisto.domain.org.models import Unit

LONGEST_BARCODE: Final = 20  # for new ones; longer ones come only by import (ITM-2)
MOST_CENTS: Final = 100_000_000  # a million euros
MOST_PARTS: Final = 999

LISTS: Final[Mapping[str, CodedValue.List]] = {
    "location": CodedValue.List.LOCATION,
    "sub_location": CodedValue.List.SUB_LOCATION,
    "collection": CodedValue.List.COLLECTION,
    "not_for_loan": CodedValue.List.NOT_FOR_LOAN,
    "lost": CodedValue.List.LOST,
    "damaged": CodedValue.List.DAMAGED,
    "withdrawn": CodedValue.List.WITHDRAWN,
    "restricted": CodedValue.List.RESTRICTED,
}
STATUSES: Final = ("lost", "damaged", "withdrawn", "not_for_loan", "restricted")
"""Each has a ``..._at`` beside it: since when."""

_NOTES = ("public_note", "staff_note")


class ItemDetails(TypedDict, total=False):
    """Columns of an item that somebody may set. Codes are of their lists; "" none.

    Class, heading and the sort key follow from ``call_number``.
    """

    library_id: int
    location: str
    sub_location: str
    collection: str
    coded_location: str
    call_number: str
    enumchron: str
    copy_number: str
    uri: str
    parts: int
    parts_note: str
    public_note: str
    staff_note: str
    acquired_on: date | None
    old_stock: bool
    acquired_from: str
    price_cents: int | None
    replacement_price_cents: int | None
    replacement_price_on: date | None
    lost: str
    damaged: str
    withdrawn: str
    not_for_loan: str
    restricted: str


class ItemChanges(ItemDetails, total=False):
    """What of an item is to be different; the rest stays."""

    barcode: str
    home_library_id: int
    item_type_id: int


class NewItem(ItemDetails):
    """What a new item needs at least. Without ``library_id`` it is at home."""

    barcode: str
    home_library_id: int
    item_type_id: int


def tidied(changes: ItemChanges | NewItem) -> dict[str, Any]:
    """The changes as they are kept; text with control characters stays as it is."""
    values: dict[str, Any] = {}
    for name, value in changes.items():
        values[name] = _tidied(name, value) if isinstance(value, str) else value
    if "call_number" in values:
        shelf_class, heading = split_call_number(values["call_number"])
        values["shelf_class"] = shelf_class[:40]
        values["heading"] = heading[:40]
        values["call_number_sort"] = sort_key(values["call_number"])[:120]
    return values


def _tidied(name: str, text: str) -> str:
    try:
        if name == "barcode":
            return card_code(text)
        return tidy_lines(text) if name in _NOTES else tidy(text)
    except ControlCharacters:
        return text


def reasons_against(values: Mapping[str, Any]) -> list[Refusal]:
    """Everything that is wrong with these values of an item, barcode twins aside."""
    found = [
        *_wrong_texts(values),
        *_wrong_numbers(values),
        *_wrong_codes(values),
        *_wrong_places(values),
    ]
    barcode = values.get("barcode")
    if barcode is not None and not 0 < len(barcode) <= LONGEST_BARCODE:
        found.append(Refusal(Reason.BAD_BARCODE, facts={"longest": LONGEST_BARCODE}))
    return found


def _wrong_texts(values: Mapping[str, Any]) -> Iterator[Refusal]:
    for name, value in values.items():
        field = Item._meta.get_field(name.removesuffix("_id"))  # noqa: SLF001
        if not isinstance(value, str) or not isinstance(field, models.CharField):
            continue
        try:
            tidy_lines(value)
        except ControlCharacters:
            yield Refusal(
                Reason.CONTROL_CHARACTERS, facts={"field": field.verbose_name}
            )
        if field.max_length is not None and len(value) > field.max_length:
            yield Refusal(
                Reason.TEXT_TOO_LONG,
                facts={"field": field.verbose_name, "longest": field.max_length},
            )


def _wrong_numbers(values: Mapping[str, Any]) -> Iterator[Refusal]:
    limits = {
        "parts": (1, MOST_PARTS),
        "price_cents": (0, MOST_CENTS),
        "replacement_price_cents": (0, MOST_CENTS),
    }
    for name, (least, most) in limits.items():
        value = values.get(name)
        if value is not None and not least <= value <= most:
            label = name.replace("_", " ")
            yield Refusal(Reason.OUT_OF_RANGE, facts={"field": label})


def _wrong_codes(values: Mapping[str, Any]) -> Iterator[Refusal]:
    wanted = {
        (LISTS[name].value, code)
        for name, code in values.items()
        if name in LISTS and code
    }
    if not wanted:
        return
    known = set(
        CodedValue.objects.filter(
            code__in={code for _list, code in wanted}
        ).values_list("list", "code")
    )
    for name, code in sorted(wanted - known):
        label = CodedValue.List(name).label
        yield Refusal(Reason.UNKNOWN_CODE, facts={"list": label, "code": code})


def _wrong_places(values: Mapping[str, Any]) -> Iterator[Refusal]:
    places = {values[n] for n in ("home_library_id", "library_id") if n in values}
    libraries = Unit.objects.filter(pk__in=places, kind=Unit.Kind.LIBRARY).count()
    if libraries < len(places):
        yield Refusal(Reason.NOT_A_LIBRARY)
    item_type = values.get("item_type_id")
    if item_type is not None and not ItemType.objects.filter(pk=item_type).exists():
        yield Refusal(Reason.UNKNOWN_ITEM_TYPE)
