"""Classes, subject terms and genres."""

from __future__ import annotations

from functools import lru_cache

from kortisto.domain.catalogue.description.fields import Fields, part, parts, tidy
from kortisto.domain.catalogue.description.kinds import Classification, Term, TermKind
from kortisto.domain.catalogue.marc.record import DataField

_SCHEMES = {"050": "lcc", "060": "nlm", "080": "udk", "082": "ddc", "086": "sudocs"}
_KINDS = {
    "600": TermKind.PERSON,
    "610": TermKind.CORPORATE,
    "611": TermKind.MEETING,
    "630": TermKind.WORK,
    "647": TermKind.TOPIC,
    "648": TermKind.TIME,
    "650": TermKind.TOPIC,
    "651": TermKind.PLACE,
    "653": TermKind.FREE,
    "655": TermKind.GENRE,
}
_SUBJECTS = tuple(tag for tag in _KINDS if tag != "655")
_NAME_CODES = {"600": "abcdqtnp", "610": "abndtp", "611": "andctp", "630": "anpdfl"}
_SOURCES = {
    "0": "lcsh", "1": "lcshac", "2": "mesh", "3": "nal", "5": "cash", "6": "rvm",
}  # fmt: skip
_DIVISIONS = "vxyz"


def classes(fields: Fields) -> tuple[Classification, ...]:
    """Every class of the record, those of 084 first."""
    found = [
        Classification(scheme=part(field, "2").lower() or "084", value=text)
        for field in fields.data("084")
        for text in parts(field, "a")
    ]
    found += [
        Classification(scheme=scheme, value=tidy(text))
        for tag, scheme in _SCHEMES.items()
        for field in fields.data(tag)
        for text in parts(field, "a")
    ]
    return tuple(dict.fromkeys(found))


def ykl(found: tuple[Classification, ...]) -> str:
    """The first class of Finnish public libraries; words in 084 are passed over."""
    for each in found:
        if each.scheme.startswith("ykl") and each.value[:1].isdecimal():
            return each.value
    return ""


def subjects(fields: Fields) -> tuple[Term, ...]:
    """What the work is about: 600-651 and 653, each term once for each source."""
    found = [term for field in fields.data(*_SUBJECTS) for term in _terms(field)]
    return tuple(dict.fromkeys(found))


def genres(fields: Fields) -> tuple[Term, ...]:
    """What the work is (655)."""
    found = [term for field in fields.data("655") for term in _terms(field)]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=4_096)  # one vocabulary describes a whole collection
def _terms(field: DataField) -> tuple[Term, ...]:
    kind = _KINDS[field[0]]
    if kind is TermKind.FREE:
        return tuple([Term(text=tidy(text), kind=kind) for text in parts(field, "a")])
    text = _heading(field, _NAME_CODES.get(field[0], "ab"))
    if not text:
        return ()
    return (Term(text=text, kind=kind, source=_source(field), uri=_uri(field)),)


def _heading(field: DataField, codes: str) -> str:
    """The term with its divisions: "Suomi -- historia -- 1900-luku"."""
    main = tidy(" ".join(parts(field, codes)))
    divisions = [tidy(text) for text in parts(field, _DIVISIONS)]
    return " -- ".join([text for text in (main, *divisions) if text])


def _source(field: DataField) -> str:
    indicator = field[1][1:2]
    if indicator == "7":
        return part(field, "2").rstrip(".").lower()
    return _SOURCES.get(indicator, "")


def _uri(field: DataField) -> str:
    for code, text in field[2]:
        if code == "0" and text.strip().startswith("http"):
            return text.strip()
    return ""
