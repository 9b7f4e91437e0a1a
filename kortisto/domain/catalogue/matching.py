"""Whether a record that comes in is one that we have (S8, CAT-50)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Final, TypeAlias

from kortisto.domain.catalogue.description.kinds import IdentifierKind
from kortisto.domain.catalogue.models import Record, RecordIdentifier
from kortisto.domain.catalogue.rows import RecordRow

Pair: TypeAlias = tuple[str, str]  # (kind, value), or (control number, source)

_MATCHED: Final = frozenset(
    {
        IdentifierKind.ISBN.value,
        IdentifierKind.EAN.value,
        IdentifierKind.PUBLISHER_NUMBER.value,
        IdentifierKind.SYSTEM_NUMBER.value,
    }
)


@dataclass(slots=True)
class Known:
    """A record that we have, as far as an import must know it."""

    id: int
    control_number: str
    control_source: str
    marc: str
    version: int
    is_deleted: bool


class Match(Enum):
    NEW = auto()
    SAME = auto()
    AMBIGUOUS = auto()


def identifiers_to_match(row: RecordRow) -> frozenset[Pair]:
    """ISBN, EAN, 028 with its label, and system numbers (035, 003 with 001)."""
    return frozenset(
        pair
        for pair in row.identifiers
        if pair[0] in _MATCHED and not pair[1].endswith("|")
    )


def decide(
    by_number: Known | None, by_identifiers: Collection[int], *, overlay: bool
) -> tuple[Match, int | None]:
    """The rule: the own number decides; else identifiers, where they may overlay.

    Gives the id of the record met by identifiers, where it is exactly one.
    """
    if by_number is not None:
        return Match.SAME, by_number.id
    if not by_identifiers or not overlay:
        return Match.NEW, None
    if len(by_identifiers) > 1:
        return Match.AMBIGUOUS, None
    return Match.SAME, next(iter(by_identifiers))


def known_by_numbers(numbers: Collection[Pair]) -> dict[Pair, Known]:
    """Records with these control numbers, deleted ones too: one statement."""
    rows = Record.objects.filter(
        control_number__in={number for number, _source in numbers}
    ).values_list(
        "id", "control_number", "control_source", "marc", "version", "deleted_at"
    )
    found = (_known(row) for row in rows.iterator())
    by_pair = {(each.control_number, each.control_source): each for each in found}
    return {pair: by_pair[pair] for pair in numbers if pair in by_pair}


def known_by_ids(ids: Collection[int]) -> dict[int, Known]:
    if not ids:
        return {}
    rows = Record.objects.filter(pk__in=ids).values_list(
        "id", "control_number", "control_source", "marc", "version", "deleted_at"
    )
    return {row[0]: _known(row) for row in rows}


def _known(row: tuple[int, str, str, str, int, datetime | None]) -> Known:
    pk, number, source, marc, version, deleted_at = row
    return Known(pk, number, source, marc, version, deleted_at is not None)


def records_with(pairs: Collection[Pair]) -> dict[Pair, set[int]]:
    """Live records that have each identifier.

    One statement for each kind, and one for the deleted: a join of all would be
    planned badly while a first import fills empty tables.
    """
    by_kind: Mapping[str, set[str]] = defaultdict(set)
    for kind, value in pairs:
        by_kind[kind].add(value)
    found: dict[Pair, set[int]] = defaultdict(set)
    for kind, values in by_kind.items():
        rows = RecordIdentifier.objects.filter(kind=kind, value__in=values)
        for value, record_id in rows.values_list("value", "record_id"):
            found[kind, value].add(record_id)
    met = set().union(*found.values())
    if met:
        gone = Record.objects.filter(pk__in=met, deleted_at__isnull=False)
        deleted = set(gone.values_list("pk", flat=True))
        for ids in found.values():
            ids -= deleted
    return found
