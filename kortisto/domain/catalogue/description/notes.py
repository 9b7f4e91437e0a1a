"""Publication, extent, notes and links."""

from __future__ import annotations

from dataclasses import dataclass

from kortisto.domain.catalogue.description.fields import (
    Fields,
    part,
    parts,
    squeeze,
    tidy,
    unbracketed,
)
from kortisto.domain.catalogue.description.kinds import Link, NoteText

_PUBLIC_NOTES = (
    "500", "501", "502", "504", "507", "508", "510", "511", "515", "518", "525",
    "530", "533", "534", "536", "538", "545", "546", "547", "550", "555", "556",
    "580", "581", "585", "586",
)  # fmt: skip
"""Notes for readers. Left out: rights and handling of a copy (506, 540-542, 561-563,
583), sources of cataloguing (588), and local notes (59X)."""
_NO_TEXT = "0123456789"


@dataclass(frozen=True, slots=True)
class Publication:
    place: str
    publisher: str
    statement: str


def publication(fields: Fields) -> Publication:
    """The first publication statement: 264 with indicator 1, 260, any other 264."""
    found = sorted(
        fields.data("264", "260"),
        key=lambda field: field[0] == "264" and field[1][1:2] != "1",
    )
    for field in found:
        place, publisher = part(field, "a"), part(field, "b")
        statement = tidy(" ".join(parts(field, "abc")))
        if statement:
            return Publication(
                unbracketed(tidy(place)), unbracketed(tidy(publisher)), statement
            )
    return Publication("", "", "")


def edition(fields: Fields) -> str:
    return _first(fields, "250", "ab")


def extent(fields: Fields) -> str:
    """The first physical description whole: "254 sivua : kuvitettu ; 23 cm"."""
    return _first(fields, "300", "abcefg")


def _first(fields: Fields, tag: str, codes: str) -> str:
    for field in fields.data(tag):
        if text := tidy(" ".join(parts(field, codes))):
            return text
    return ""


def summary(fields: Fields) -> str:
    """Every 520 as a paragraph."""
    texts = [squeeze(" ".join(parts(field, "ab"))) for field in fields.data("520")]
    return "\n".join(dict.fromkeys([text for text in texts if text]))


def contents(fields: Fields) -> tuple[str, ...]:
    """Every 505 in one text each, titles and statements in their order."""
    texts = [squeeze(" ".join(parts(field, "agrt"))) for field in fields.data("505")]
    return tuple(dict.fromkeys([text for text in texts if text]))


def notes(fields: Fields) -> tuple[NoteText, ...]:
    found: list[NoteText] = []
    for field in fields.data(*_PUBLIC_NOTES):
        texts = [
            clean
            for code, text in field[2]
            if code not in _NO_TEXT and code != "u" and (clean := squeeze(text))
        ]
        if texts:
            found.append(NoteText(tag=field[0], text=" ".join(texts)))
    return tuple(dict.fromkeys(found))


def links(fields: Fields) -> tuple[Link, ...]:
    """Addresses of 856 with the text to show for each."""
    found = [
        Link(
            url=url,
            text=part(field, "y") or part(field, "3") or part(field, "z"),
            relation=field[1][1:2].strip(),
        )
        for field in fields.data("856")
        for url in parts(field, "u")
    ]
    return tuple(dict.fromkeys(found))
