"""Titles, series and hosts."""

from __future__ import annotations

from dataclasses import dataclass

from kortisto.domain.catalogue.description.fields import (
    Fields,
    part,
    parts,
    squeeze,
    tidy,
    unique,
    without_non_sorting,
)
from kortisto.domain.catalogue.description.kinds import Host, Series
from kortisto.domain.catalogue.description.sorting import normalised
from kortisto.domain.catalogue.marc.accept import FALLBACK_TITLE_TAGS
from kortisto.domain.catalogue.marc.record import DataField

_TITLE, _SHORT = "abnpkfgs", "anpkfgs"
_OTHER_TITLES = ("246", "247", "242", "740")
_SERIES = ("830", "800", "810", "811")
_PUNCTUATION = ("/", ":", ";", "=", ",", ".")


@dataclass(frozen=True, slots=True)
class Titles:
    title: str
    short: str
    sort: str
    original_script: str


def titles(fields: Fields) -> Titles:
    """The title from 245, or from the next best field (see `accept.problems`)."""
    for field in fields.data("245"):
        title = _joined(field, _TITLE)
        if title:
            linked = fields.original_script(field) or fields.linked.get("245")
            original = _joined(linked, _TITLE) if linked else ""
            short = _joined(field, _SHORT) or title
            sort = _sorted_from(field, field[1][1:2], _TITLE)
            return Titles(title, short, sort or title, original)
    linked = fields.linked.get("245")
    if linked and (title := _joined(linked, _TITLE)):
        return Titles(title, title, title, title)
    for tag in FALLBACK_TITLE_TAGS:
        for field in fields.data(tag):
            title = _joined(field, _TITLE + "t")
            if title:
                skipped = field[1][:1] if tag in ("130", "730", "740") else field[1][1:]
                sort = _sorted_from(field, skipped, _TITLE + "t")
                return Titles(title, title, sort or title, "")
    return Titles("", "", "", "")


def _joined(field: DataField, codes: str) -> str:
    """The subfields in a row; where punctuation is left to the program, it is set."""
    text = ""
    for code, value in field[2]:
        clean = squeeze(value) if code and code in codes else ""
        if not clean:
            continue
        if not text:
            text = clean
        elif text.endswith(_PUNCTUATION) or code not in "bnp":
            text = f"{text} {clean}"
        else:
            text = f"{text} : {clean}" if code == "b" else f"{text}. {clean}"
    return tidy(text)


def _sorted_from(field: DataField, skipped: str, codes: str) -> str:
    """The title without its article: by indicator, or by non-sorting marks."""
    if any("\x98" in text for _code, text in field[2]):
        pairs = tuple((code, without_non_sorting(text)) for code, text in field[2])
        return _joined((field[0], field[1], pairs), codes)
    title = _joined(field, codes)
    if skipped.isdecimal() and skipped.isascii() and int(skipped) < len(title):
        return title[int(skipped) :].lstrip(" \"'«»“”„[(-") or title
    return title


def other_titles(fields: Fields) -> tuple[str, ...]:
    """Varying, former and added titles, and titles of related works."""
    found = [_joined(field, "abnp") for field in fields.data(*_OTHER_TITLES)]
    found += [_joined(field, "anp") for field in fields.data("730")]
    found += [
        tidy(" ".join(parts(field, "tnp")))
        for field in fields.data("700", "710", "711")
        if part(field, "t")
    ]
    return unique(found)


def uniform_title(fields: Fields) -> str:
    """The title under which all versions of the work are known."""
    for field in fields.data("130", "240"):
        return _joined(field, "anpmrs")
    return ""


def responsibility(fields: Fields) -> str:
    for field in fields.data("245"):
        return tidy(" ".join(parts(field, "c")))
    return ""


def series(fields: Fields) -> tuple[Series, ...]:
    """Traced series first; then those as printed that are not among them."""
    found: dict[str, Series] = {}
    for field in fields.data(*_SERIES, "490", "440"):
        title_codes = "anp" if field[0] in ("830", "490", "440") else "tnp"
        title = tidy(" ".join(parts(field, title_codes)))
        if title:
            key = normalised(title)
            number, issn = tidy(part(field, "v")), tidy(part(field, "x"))
            found.setdefault(key, Series(title=title, number=number, issn=issn))
    return tuple(found.values())


def host(fields: Fields) -> Host | None:
    """The first 773 that says something."""
    for field in fields.data("773"):
        source, number = _split_number(part(field, "w"))
        found = Host(
            control_number=number,
            control_source=source,
            title=tidy(part(field, "t")),
            part=tidy(" ".join(parts(field, "gq"))),
            identifiers=unique(parts(field, "xz")),
        )
        if found != Host():
            return found
    return None


def _split_number(text: str) -> tuple[str, str]:
    """`(FI-MELINDA)001234` as source and number."""
    if text.startswith("(") and ")" in text:
        source, _, number = text[1:].partition(")")
        return source.strip(), number.strip()
    return "", text
