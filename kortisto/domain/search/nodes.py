"""What a query asks, as a tree that any engine can follow."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Union


class Field(StrEnum):
    """What a word may be asked of. The value is the name that an index uses."""

    TITLE = "title"
    AUTHOR = "author"
    SERIES = "series"
    SUBJECT = "subject"
    PUBLISHER = "publisher"
    REST = "rest"  # notes, contents and so on; cannot be asked by itself


class Code(StrEnum):
    """What has a value to compare whole."""

    CLASS = "class"  # by its beginning
    LANGUAGE = "language"
    MATERIAL = "material"
    LIBRARY = "library"
    GENRE = "genre"
    IDENTIFIER = "identifier"  # ISBN-13, ISSN, EAN, publisher's number, normalised
    BARCODE = "barcode"
    RECORD = "record"  # Kortisto's own number, or the control number


@dataclass(frozen=True, slots=True)
class Word:
    """Words that must all match, each in any field, or in the one that is named."""

    text: str
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginning of a word."""

    text: str
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words beside one another, in this order and in these forms."""

    text: str
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Coded:
    """A value that is compared whole (a class: its beginning)."""

    code: Code
    value: str


@dataclass(frozen=True, slots=True)
class Years:
    """Publication years, both ends included; None is open."""

    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class All:
    """Every one of these."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of these."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What this does not find."""

    node: "Node"


@dataclass(frozen=True, slots=True)
class Everything:
    """The whole collection: nothing was asked."""


Node = Union[Word, Prefix, Phrase, Coded, Years, All, AnyOf, Not, Everything]  # noqa: UP007 - refers to itself


def all_of(nodes: list[Node]) -> Node:
    """Every one of these, without needless nesting; nothing is everything."""
    if not nodes:
        return Everything()
    return nodes[0] if len(nodes) == 1 else All(tuple(nodes))


def any_of(nodes: list[Node]) -> Node:
    """At least one of these, without needless nesting. There must be one."""
    return nodes[0] if len(nodes) == 1 else AnyOf(tuple(nodes))


def free_text(node: Node) -> str | None:
    """The words of a query that is nothing but words in any field; else None.

    Such a query may be the title of a work.
    """
    match node:
        case Word(text, None) | Phrase(text, None):
            return text
        case All(nodes):
            texts = [free_text(part) for part in nodes]
            return None if None in texts else " ".join(filter(None, texts))
        case AnyOf((Coded(Code.IDENTIFIER), *_, Word(text, None))):
            return text
        case _:
            return None
