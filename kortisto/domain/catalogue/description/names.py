"""Who made what: persons and bodies with their roles."""

from __future__ import annotations

from kortisto.domain.catalogue.description.fields import (
    Fields,
    part,
    parts,
    tidy,
    unique,
)
from kortisto.domain.catalogue.description.kinds import Contributor, NameKind
from kortisto.domain.catalogue.marc.record import DataField

_MAIN, _ADDED = ("100", "110", "111"), ("700", "710", "711", "720")
_KINDS = {"0": NameKind.PERSON, "1": NameKind.CORPORATE, "2": NameKind.PERSON}
_NAME_CODES = {"00": "abcq", "10": "abndc", "11": "andceq", "20": "a"}

RELATORS = {
    "kirjoittaja": "aut", "tekijä": "cre", "kääntäjä": "trl", "suomentaja": "trl",
    "kuvittaja": "ill", "toimittaja": "edt", "säveltäjä": "cmp", "sanoittaja": "lyr",
    "sovittaja": "arr", "esittäjä": "prf", "laulaja": "sng", "soittaja": "itr",
    "kapellimestari": "cnd", "johtaja": "cnd", "lukija": "nrt", "kertoja": "nrt",
    "ohjaaja": "drt", "elokuvaohjaaja": "fmd", "käsikirjoittaja": "aus",
    "näyttelijä": "act", "tuottaja": "pro", "elokuvatuottaja": "fmp",
    "kuvaaja": "cng", "valokuvaaja": "pht", "taiteilija": "art", "leikkaaja": "flm",
    "kustantaja": "pbl", "julkaisija": "pbl", "kokoaja": "com", "libretisti": "lbt",
    "esipuheen kirjoittaja": "aui", "haastateltava": "ive", "haastattelija": "ivr",
    "suunnittelija": "dsr", "pelisuunnittelija": "dsr", "piirtäjä": "art",
    "sarjakuvantekijä": "art", "graafinen suunnittelija": "bkd",
    "författare": "aut", "översättare": "trl", "illustratör": "ill",
    "redaktör": "edt", "kompositör": "cmp", "tonsättare": "cmp", "artist": "art",
    "regissör": "drt", "utgivare": "pbl", "uppläsare": "nrt", "inläsare": "nrt",
    "skådespelare": "act", "fotograf": "pht", "manusförfattare": "aus",
    "author": "aut", "writer": "aut", "translator": "trl", "illustrator": "ill",
    "editor": "edt", "composer": "cmp", "lyricist": "lyr", "arranger": "arr",
    "performer": "prf", "singer": "sng", "conductor": "cnd", "narrator": "nrt",
    "director": "drt", "film director": "fmd", "screenwriter": "aus",
    "actor": "act", "producer": "pro", "film producer": "fmp",
    "photographer": "pht", "publisher": "pbl", "compiler": "com", "creator": "cre",
    "librettist": "lbt", "issuing body": "isb", "interviewee": "ive",
}  # fmt: skip
"""Words of $e in Finnish, Swedish and English, and the MARC relator they mean."""


def contributors(fields: Fields) -> tuple[Contributor, ...]:
    """Everybody named in 1XX and 7XX, once, the main author first.

    A 7XX with a title ($t) names another work and is left to `other_titles`.
    """
    found: dict[str, Contributor] = {}
    for field in fields.data(*_MAIN, *_ADDED):
        if field[0] in _ADDED and part(field, "t"):
            continue
        person = _contributor(fields, field)
        if not person.name:
            continue
        known = found.get(person.name)
        found[person.name] = _merged(known, person) if known else person
    return tuple(found.values())


def _contributor(fields: Fields, field: DataField) -> Contributor:
    linked = fields.original_script(field)
    words, codes = _roles(field)
    kind = NameKind.MEETING if field[0][1:] == "11" else _KINDS[field[0][1]]
    return Contributor(
        name=_name(field),
        kind=kind,
        dates=tidy(part(field, "d")) if kind is NameKind.PERSON else "",
        roles=words,
        role_codes=codes,
        original_script=_name(linked) if linked else "",
        authority=part(field, "0"),
        is_main=field[0] in _MAIN,
    )


def _name(field: DataField) -> str:
    codes = _NAME_CODES.get(field[0][1:], "abcq")
    return tidy(" ".join(parts(field, codes)))


def _roles(field: DataField) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of $e (of $j for a meeting) and the codes they and $4 stand for."""
    word_code = "j" if field[0][1:] == "11" else "e"
    words = unique([tidy(text) for text in parts(field, word_code)])
    codes = [text.rstrip("/").rpartition("/")[2][:3] for text in parts(field, "4")]
    codes += [RELATORS.get(word.lower(), "") for word in words]
    return words, unique([code.lower() for code in codes])


def _merged(known: Contributor, again: Contributor) -> Contributor:
    """The same name in two fields: one contributor with both fields' roles."""
    return Contributor(
        name=known.name,
        kind=known.kind,
        dates=known.dates or again.dates,
        roles=unique([*known.roles, *again.roles]),
        role_codes=unique([*known.role_codes, *again.role_codes]),
        original_script=known.original_script or again.original_script,
        authority=known.authority or again.authority,
        is_main=known.is_main or again.is_main,
    )
