"""A MARC record in memory: a leader and an ordered tuple of plain tuples."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from typing_extensions import TypeIs

ControlField: TypeAlias = tuple[str, str]
Subfield: TypeAlias = tuple[str, str]
DataField: TypeAlias = tuple[str, str, tuple[Subfield, ...]]
Field: TypeAlias = ControlField | DataField

LEADER_LENGTH = 24


def is_data(field: Field) -> TypeIs[DataField]:
    """Whether the field has indicators and subfields."""
    return len(field) == 3


@dataclass(frozen=True, slots=True)
class Marc:
    """A record exactly as it came: fields and subfields keep their order.

    A control field is `("001", value)`, a data field
    `("245", "10", (("a", "Title /"), ("c", "Author.")))`.
    """

    leader: str
    fields: tuple[Field, ...]

    def first(self, tag: str) -> Field | None:
        """The first field of this tag."""
        for field in self.fields:
            if field[0] == tag:
                return field
        return None

    def all(self, tag: str) -> tuple[Field, ...]:
        """Every field of this tag, in the record's order."""
        return tuple([field for field in self.fields if field[0] == tag])

    def data(self, *tags: str) -> tuple[DataField, ...]:
        """Every data field of these tags, in the record's order."""
        return tuple([f for f in self.fields if f[0] in tags and is_data(f)])

    def value(self, tag: str) -> str:
        """The text of the first control field of this tag, "" without one."""
        for field in self.fields:
            if field[0] == tag and not is_data(field):
                return field[1]
        return ""

    def subfields(self, tag: str, codes: str) -> tuple[str, ...]:
        """The values of these subfields in every field of the tag, in order.

        `codes` is a string of subfield codes: "abnp".
        """
        return tuple(
            [
                value
                for field in self.fields
                if field[0] == tag and is_data(field)
                for code, value in field[2]
                if code and code in codes
            ]
        )

    def without(self, *tags: str) -> Marc:
        """The same record with no field of these tags."""
        kept = tuple([field for field in self.fields if field[0] not in tags])
        return self if len(kept) == len(self.fields) else Marc(self.leader, kept)

    def adding(self, *fields: Field) -> Marc:
        """The same record with each field put in after its tag's last place.

        A field goes behind the last field whose tag is not greater, so that a
        record in tag order stays in tag order and nothing else moves.
        """
        placed = list(self.fields)
        for field in fields:
            placed.insert(_place_for(field[0], placed), field)
        return Marc(self.leader, tuple(placed))

    def replacing(self, tag: str, *fields: Field) -> Marc:
        """The same record with these fields where the tag's first field stood."""
        kept = [field for field in self.fields if field[0] != tag]
        tags = [field[0] for field in self.fields]
        at = tags.index(tag) if tag in tags else _place_for(tag, kept)
        return Marc(self.leader, (*kept[:at], *fields, *kept[at:]))


def _place_for(tag: str, fields: Collection[Field]) -> int:
    """Where a new field of this tag belongs: behind its like, else by tag."""
    place = 0
    for number, field in enumerate(fields, start=1):
        if field[0] <= tag:
            place = number
    return place


def values(field: Field, codes: str) -> list[str]:
    """The values of these subfields of one field, empty ones left out."""
    if not is_data(field):
        return []
    return [value for code, value in field[2] if value and code and code in codes]


def value(field: Field, code: str) -> str:
    """The value of the field's first subfield of this code, "" without one."""
    if is_data(field):
        for own_code, text in field[2]:
            if own_code == code:
                return text
    return ""


def texts(marc: Marc) -> Iterator[str]:
    """Every piece of text in the record, the leader first."""
    yield marc.leader
    for field in marc.fields:
        if is_data(field):
            for _code, text in field[2]:
                yield text
        else:
            yield field[1]


def data_field(tag: str, indicators: str, subfields: Iterable[Subfield]) -> DataField:
    """A data field. ValueError unless there are two indicators of one character."""
    if len(indicators) != 2:
        message = f"Field {tag} must have two indicators, not {indicators!r}."
        raise ValueError(message)
    return (tag, indicators, tuple(subfields))
