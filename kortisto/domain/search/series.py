"""The parts of a series, in the order in which they are read."""

import re
from dataclasses import dataclass
from typing import Any, Final

from kortisto.domain.catalogue.models import Record
from kortisto.domain.search.documents import Facet
from kortisto.domain.search.ports import Query, Scope
from kortisto.domain.search.queries import find

MOST: Final = 100  # of a series that are looked at


@dataclass(frozen=True, slots=True)
class WholeSeries:
    """A series by name, with one title for each number."""

    name: str
    record_ids: tuple[int, ...]


def series_of(record: Record, *, scope: Scope) -> WholeSeries | None:
    """The series that the record says it is of, if there are more parts than one.

    Parts are by the same author and in the same language; of several editions of a part
    the one of the same material is taken, then the latest. Parts without a number are
    left out: nobody could tell their order.
    """
    told = record.description.get("series") or ()
    for name in (one["title"] for one in told if one.get("number")):
        ids = find(
            "", Query(scope=scope, filters={Facet.SERIES: [name]}, size=MOST)
        ).ids
        found = _one_for_each_number(record, name, list(ids))
        if len(found) > 1:
            return WholeSeries(name, tuple(found))
    return None


def _one_for_each_number(record: Record, name: str, ids: list[int]) -> list[int]:
    parts: dict[int, Record] = {}
    alike = Record.objects.filter(
        pk__in=ids,
        author=record.author,
        language=record.language,
        deleted_at=None,
    ).defer("marc")
    for one in sorted(alike, key=lambda each: _preference(each, record)):
        number = _number(one, name)
        if number is not None:
            parts.setdefault(number, one)
    return [parts[number].pk for number in sorted(parts)]


def _preference(one: Record, record: Record) -> tuple[object, ...]:
    return (
        one.pk != record.pk,
        one.material != record.material,
        -(one.year or 0),
        one.pk,
    )


def _number(record: Record, name: str) -> int | None:
    told: list[dict[str, Any]] = record.description.get("series") or []
    for one in told:
        found = re.search(r"[0-9]{1,4}", one.get("number", ""))
        if one["title"] == name and found is not None:
            return int(found.group())
    return None
