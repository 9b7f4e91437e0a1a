"""Items in field 952, as Koha keeps them: reading and writing (ITM-1, ITM-3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from kortisto.domain.catalogue.marc.accept import Problem, Severity
from kortisto.domain.catalogue.marc.record import DataField, Marc, Subfield

TAG = "952"
LONGEST_BARCODE = 20  # longer ones are accepted, with a problem (ITM-2)
HELSINKI = ZoneInfo("Europe/Helsinki")  # times in 952 are local and do not say so

_TEXTS = {
    "a": "home_library",
    "b": "library",
    "c": "location",
    "j": "sub_location",
    "8": "collection",
    "f": "coded_location",
    "y": "item_type",
    "o": "call_number",
    "2": "class_source",
    "p": "barcode",
    "e": "acquired_from",
    "t": "copy_number",
    "h": "enumchron",
    "u": "uri",
    "3": "parts_note",
    "i": "stock_number",
    "9": "item_number",
}
_NOTES = {"z": "public_note", "x": "staff_note"}
_STATUSES = {
    "0": "withdrawn",
    "1": "lost",
    "4": "damaged",
    "5": "restricted",
    "7": "not_for_loan",
}
_MONEY = {"g": "price_cents", "v": "replacement_price_cents"}
_DAYS = {"d": "acquired_on", "w": "replacement_price_on", "q": "due_on"}
_MOMENTS = {"r": "last_seen_at", "s": "last_borrowed_at"}
_COUNTS = {"l": "loan_count", "m": "renewal_count", "n": "hold_count"}

_CALL_NUMBER = re.compile(
    r"(?:[^\W\d]+\s+)?(?P<shelf_class>\d[\d.:/()\"=-]*)\s*(?P<heading>.*)", re.DOTALL
)
_FINNISH_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_PLAIN_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ].*)?")
_CURRENCY = re.compile(r"^(?:€|eur)|(?:€|e|eur|euro|euroa)\.?$", re.IGNORECASE)
_LEADING_NUMBER = re.compile(r"\s*(\d{1,3})(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFields:
    """One 952 field. Codes are the libraries' own; a status of "0" reads as "".

    Values that could not be read stand in `extra` as they were written, with the
    subfields that have no place here, and `problems` says which.
    """

    home_library: str = ""
    library: str = ""
    location: str = ""
    sub_location: str = ""
    collection: str = ""
    coded_location: str = ""
    item_type: str = ""
    call_number: str = ""
    class_source: str = ""
    barcode: str = ""
    acquired_on: date | None = None
    acquired_from: str = ""
    price_cents: int | None = None
    replacement_price_cents: int | None = None
    replacement_price_on: date | None = None
    copy_number: str = ""
    enumchron: str = ""
    uri: str = ""
    parts_note: str = ""
    public_note: str = ""
    staff_note: str = ""
    restricted: str = ""
    not_for_loan: str = ""
    lost: str = ""
    damaged: str = ""
    withdrawn: str = ""
    loan_count: int = 0
    renewal_count: int = 0
    hold_count: int = 0
    last_seen_at: datetime | None = None
    last_borrowed_at: datetime | None = None
    due_on: date | None = None  # 952 $q: the item is out on loan until then
    stock_number: str = ""
    item_number: str = ""
    extra: tuple[Subfield, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def shelf_class(self) -> str:
        """The class in the call number: "84.2" of "84.2 JAA"."""
        return split_call_number(self.call_number)[0]

    @property
    def heading(self) -> str:
        """The heading in the call number: "JAA" of "84.2 JAA"."""
        return split_call_number(self.call_number)[1]

    @property
    def parts(self) -> int:
        """How many parts are lent together: the number $3 begins with, else 1."""
        found = _LEADING_NUMBER.match(self.parts_note)
        return max(1, int(found[1])) if found else 1


def split_call_number(call_number: str) -> tuple[str, str]:
    """Class and heading: "84.2 JAA" as "84.2" and "JAA".

    A word before the class (an old shelf mark) is passed over; a call number without
    a class is all heading.
    """
    found = _CALL_NUMBER.fullmatch(call_number.strip())
    if found is None:
        return "", call_number.strip()
    return found["shelf_class"], found["heading"].strip()


def read_items(marc: Marc) -> tuple[ItemFields, ...]:
    """The items of the record, in its order."""
    return tuple([_item(field) for field in marc.data(TAG)])


def without_items(marc: Marc) -> Marc:
    """The record alone."""
    return marc.without(TAG)


def write_items(marc: Marc, items: Iterable[ItemFields]) -> Marc:
    """The record with exactly these items, where its first item stood."""
    return marc.replacing(TAG, *[_field(item) for item in items])


def cents(text: str) -> int:
    """An amount in euros as cents, with comma or dot; rounds half a cent up.

    Blanks group thousands; so does whichever of comma and dot comes first when both
    occur. Raises ValueError.
    """
    amount = _CURRENCY.sub("", "".join(text.split()))
    last = max(amount.rfind(","), amount.rfind("."))
    if "," in amount and "." in amount:
        whole = amount[:last].replace(",", "").replace(".", "")
        amount = f"{whole}.{amount[last + 1 :]}"
    amount = amount.replace(",", ".").removesuffix("-").removesuffix(".")
    if not re.fullmatch(r"\d{1,9}(?:\.\d{1,6})?", amount, re.ASCII):
        message = f"{text!r} is not an amount of money."
        raise ValueError(message)
    try:
        exact = Decimal(amount) * 100
    except InvalidOperation as error:
        raise ValueError(text) from error
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def day(text: str) -> date | None:
    """A date written 2020-01-31, 20200131 or 31.1.2020; None for 0000-00-00.

    Raises ValueError.
    """
    text = text.strip()
    if found := _FINNISH_DAY.fullmatch(text):
        return date(int(found[3]), int(found[2]), int(found[1]))
    if found := _PLAIN_DAY.fullmatch(text):
        if found[1] == "0000":
            return None
        return date(int(found[1]), int(found[2]), int(found[3]))
    message = f"{text!r} is not a date."
    raise ValueError(message)


def moment(text: str) -> datetime | None:
    """A date with or without a time of the clock in Finland. Raises ValueError."""
    text = text.strip()
    if len(text) > len("2020-01-31") and text[:4].isdecimal() and text[:4] != "0000":
        found = datetime.fromisoformat(text)
        if not 1000 < found.year < 9999:
            message = f"{text!r} is not a moment."
            raise ValueError(message)
        return found if found.tzinfo else found.replace(tzinfo=HELSINKI)
    on = day(text)
    return None if on is None else datetime.combine(on, time(), HELSINKI)


def count(text: str) -> int:
    """A number of times. Raises ValueError."""
    if not re.fullmatch(r"\d{1,9}", text.strip(), re.ASCII):
        message = f"{text!r} is not a count."
        raise ValueError(message)
    return int(text)


_READERS: tuple[tuple[dict[str, str], Callable[[str], object], str], ...] = (
    (_MONEY, cents, "bad-price"),
    (_DAYS, day, "bad-date"),
    (_MOMENTS, moment, "bad-date"),
    (_COUNTS, count, "bad-count"),
)
_TYPED = {
    code: (name, read, problem)
    for names, read, problem in _READERS
    for code, name in names.items()
}


def _item(field: DataField) -> ItemFields:
    found: dict[str, Any] = {}
    extra: list[Subfield] = []
    problems: list[Problem] = []
    for code, raw in field[2]:
        text = raw.strip()
        if not text:
            continue
        name = _name(code)
        if code in _NOTES:
            name = _NOTES[code]
            found[name] = f"{found[name]}\n{text}" if name in found else text
            continue
        try:
            read = _value(code, text)
        except ValueError:
            extra.append((code, raw))
            problems.append(_unreadable(code, text))
            continue
        if name is None or name in found:
            extra.append((code, raw))
        elif read is not None:
            found[name] = read
    problems += _barcode_problems(found.get("barcode", ""))
    return ItemFields(**found, extra=tuple(extra), problems=tuple(problems))


def _value(code: str, text: str) -> object | None:
    """What the text means; None for what says nothing: status 0, count 0, no date."""
    if code in _TYPED:
        value = _TYPED[code][1](text)
        return None if code in _COUNTS and not value else value
    return None if code in _STATUSES and text == "0" else text


def _name(code: str) -> str | None:
    if code in _TYPED:
        return _TYPED[code][0]
    return _TEXTS.get(code) or _STATUSES.get(code)


def _unreadable(code: str, text: str) -> Problem:
    return Problem(
        Severity.NOTE,
        _TYPED[code][2],
        f"Subfield 952 ${code} holds {text[:40]!r}, which could not be read.",
    )


def _barcode_problems(barcode: str) -> Sequence[Problem]:
    if not barcode:
        return [Problem(Severity.NOTE, "no-barcode", "The item has no barcode.")]
    if len(barcode) > LONGEST_BARCODE:
        sentence = f"The barcode has {len(barcode)} characters."
        return [Problem(Severity.NOTE, "long-barcode", sentence)]
    return []


def _field(item: ItemFields) -> DataField:
    """The item as a 952 field, subfields in the order of their codes."""
    pairs = [
        (code, str(getattr(item, name)))
        for names in (_STATUSES, _TEXTS, _NOTES)
        for code, name in names.items()
        if getattr(item, name)
    ]
    pairs += [
        (code, _written(getattr(item, _TYPED[code][0])))
        for code in (*_DAYS, *_MOMENTS)
        if getattr(item, _TYPED[code][0]) is not None
    ]
    pairs += [
        (code, f"{amount // 100}.{amount % 100:02}")
        for code, name in _MONEY.items()
        if (amount := getattr(item, name)) is not None
    ]
    pairs += [
        (code, str(times))
        for code, name in _COUNTS.items()
        if (times := getattr(item, name))
    ]
    return (TAG, "  ", (*sorted(pairs, key=lambda pair: pair[0]), *item.extra))


def _written(on: date) -> str:
    """A date, or a moment in Finnish time; midnight is written as its date alone."""
    if not isinstance(on, datetime):
        return on.isoformat()
    local = on.astimezone(HELSINKI)
    if local.time() == time():
        return local.date().isoformat()
    return local.replace(tzinfo=None).isoformat(sep=" ")
