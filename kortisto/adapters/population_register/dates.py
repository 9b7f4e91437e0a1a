"""Dates as the register gives them, as exact as they are known."""

from datetime import date
from typing import Final

from kortisto.adapters.population_register.payloads import Moment
from kortisto.domain.patrons.population import Dated, Precision

PRECISIONS: Final = {
    "PAIVA": Precision.DAY,
    "KUUKAUSI": Precision.MONTH,
    "VUOSI": Precision.YEAR,
}
COMPACT: Final = 8  # characters of 20270301


def dated(moment: Moment | None) -> Dated | None:
    """None when there is no date; a date that cannot be read is an unknown one."""
    if moment is None:
        return None
    precision = PRECISIONS.get(moment.tarkkuus or "", Precision.UNKNOWN)
    day = _day(moment.arvo or "")
    if day is None or precision is Precision.UNKNOWN:
        return Dated(None, Precision.UNKNOWN)
    return Dated(day, precision)


def day_of(moment: Moment | None) -> date | None:
    """The day, or the first that it can be."""
    found = dated(moment)
    return None if found is None else found.day


def compact(text: str) -> Dated | None:
    """``20270301`` of the single query, with zeros for what is not known."""
    text = text.strip()
    if not text:
        return None
    if len(text) != COMPACT or not text.isdigit() or text.startswith("0000"):
        return Dated(None, Precision.UNKNOWN)
    year, month, day = text[:4], text[4:6], text[6:]
    if month == "00":
        return Dated(_day(year), Precision.YEAR)
    if day == "00":
        return Dated(_day(f"{year}-{month}"), Precision.MONTH)
    return Dated(_day(f"{year}-{month}-{day}"), Precision.DAY)


def _day(text: str) -> date | None:
    """``2027``, ``2027-03`` or ``2027-03-01``: the first day that it can be."""
    parts = text.split("-")
    try:
        return date.fromisoformat("-".join([*parts, *["01"] * (3 - len(parts))]))
    except ValueError:
        return None
