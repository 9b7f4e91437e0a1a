"""The fields of a record by tag, and text without cataloguing punctuation."""

from __future__ import annotations

import re

from kortisto.domain.catalogue.marc.record import DataField, Marc, is_data

_NON_SORTING = re.compile("\x98[^\x9c]*\x9c\\s*")
_MARKS = str.maketrans("", "", "\x98\x9c")
_ABBREVIATIONS = frozenset(
    {"jr", "sr", "ym", "etc", "esim", "jne", "vol", "nro", "bd", "inc", "co", "ltd"}
)
_ENDS = " \t/:;=,"


class Fields:
    """A record's data fields by tag, made once for all readers of it."""

    __slots__ = ("_data", "control", "leader", "linked")

    def __init__(self, marc: Marc) -> None:
        self.leader = marc.leader.ljust(24)
        self.control: dict[str, list[str]] = {}
        self._data: dict[str, list[DataField]] = {}
        for field in marc.fields:
            if is_data(field):
                self._data.setdefault(field[0], []).append(field)
            else:
                self.control.setdefault(field[0], []).append(field[1])
        self.linked = self._links()

    def _links(self) -> dict[str, DataField]:
        """Fields in another script by the field they belong to: "245-01"."""
        links: dict[str, DataField] = {}
        for field in self._data.get("880", ()):
            for code, text in field[2]:
                if code == "6":
                    links.setdefault(text[:6], field)
                    links.setdefault(text[:3], field)
        return links

    def fixed(self, tag: str) -> str:
        """The first control field of this tag, "" without one."""
        found = self.control.get(tag)
        return found[0] if found else ""

    def data(self, *tags: str) -> list[DataField]:
        """The data fields of these tags, tag by tag."""
        found: list[DataField] = []
        for tag in tags:
            if tag in self._data:
                found += self._data[tag]
        return found

    def values(self, tag: str, codes: str) -> list[str]:
        """The subfields of every field of the tag, blank ones left out."""
        return [
            text.strip()
            for field in self._data.get(tag, ())
            for code, text in field[2]
            if code and code in codes and text.strip()
        ]

    def original_script(self, field: DataField) -> DataField | None:
        """The same field in its own script, by its link $6."""
        for code, text in field[2]:
            if code == "6" and text.startswith("880-"):
                return self.linked.get(f"{field[0]}-{text[4:6]}")
        return None


def parts(field: DataField, codes: str) -> list[str]:
    """These subfields in the field's order, spaces made single, blank ones out."""
    return [
        clean
        for code, text in field[2]
        if code and code in codes and (clean := squeeze(text))
    ]


def part(field: DataField, code: str) -> str:
    """The first subfield of this code, tidied of spaces only."""
    for own_code, text in field[2]:
        if own_code == code:
            return squeeze(text)
    return ""


def squeeze(text: str) -> str:
    """Runs of white space as one blank, non-sorting marks gone."""
    if "\x98" in text or "\x9c" in text:  # seldom, and translating takes long
        text = text.translate(_MARKS)
    return " ".join(text.split())


def without_non_sorting(text: str) -> str:
    """What is left when parts between non-sorting marks are taken out."""
    return _NON_SORTING.sub("", text)


def tidy(text: str) -> str:
    """Text without the punctuation that stands before the next subfield.

    A full stop at the end goes too, unless it belongs to an initial, an
    abbreviation or an ellipsis.
    """
    text = squeeze(text).rstrip(_ENDS)
    if not text.endswith(".") or text.endswith(".."):
        return text
    return text if _ends_in_abbreviation(text) else text[:-1].rstrip(_ENDS)


def _ends_in_abbreviation(text: str) -> bool:
    """Whether the full stop follows an initial or a known short form."""
    word = text[-8:-1]
    for mark in " .(-":
        word = word.rpartition(mark)[2]
    return (len(word) == 1 and word.isalpha()) or word.lower() in _ABBREVIATIONS


def unbracketed(text: str) -> str:
    """`[Helsinki]` as `Helsinki`; brackets around a part only are kept."""
    inner = text[1:-1]
    if text.startswith("[") and text.endswith("]") and not {"[", "]"} & set(inner):
        return inner
    return text


def unique(texts: list[str]) -> tuple[str, ...]:
    """Each text once, in order, the empty one never."""
    return tuple(dict.fromkeys([text for text in texts if text]))
