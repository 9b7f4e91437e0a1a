"""What the coded fields say: languages, years, audience, fiction."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from kortisto.domain.catalogue.description.fields import Fields, part, parts, squeeze

_LANGUAGE = re.compile(r"[a-z]{3}")
_NO_LANGUAGE = frozenset({"und", "zxx", "xxx", "mul", "###"})
_YEAR = re.compile(r"(?<!\d)(1[0-9]\d\d|20\d\d)(?!\d)")
_DECADE = re.compile(r"(?<!\d)(1[0-9]\d|20\d|1[0-9]|20)[-?uU]{1,2}(?!\d)")
_CODED_YEAR = re.compile(r"[0-9][0-9u]{3}")
_EARLIEST, _LATEST = 1000, 2100  # other numbers in 008 are filling, not years

_RUNS = "cdiku"  # 008/06: continuing, ceased, inclusive, bulk, unknown status
_RANGES = "mq"  # several years, or a doubtful one between two
_AGE = re.compile(r"\bK ?-? ?(3|7|1[1-8])(?![0-9])")
_AGE_WORDS = re.compile(
    r"(?:ikäraja|kielletty alle|förbjuden för(?: barn)? under|åldersgräns)"
    r"\D{0,12}(3|7|1[1-8])(?![0-9])",
    re.IGNORECASE,
)
_FOR_ALL = re.compile(r"^S$|\bsallittu\b|\btillåten\b", re.IGNORECASE)
_AUDIENCE_TYPES = "acdgijkmort"  # leader/06 whose 008/22 is the audience
_BOOK_TYPES, _RUN_LEVELS = "at", "bis"
_JUVENILE = frozenset("abcdj")
_YOUNG = ("lapset", "lapsi", "nuoret", "barn", "ungdom", "children", "juvenile")
_FICTION_CLASSES = ("80", "81", "82", "83", "84", "85")
_FICTION_008 = {"0": False, "e": False, "i": False, "s": False} | dict.fromkeys(
    "1cdfhjmp", True
)


@dataclass(frozen=True, slots=True)
class Languages:
    text: tuple[str, ...]
    original: tuple[str, ...]
    subtitles: tuple[str, ...]
    spoken: tuple[str, ...]


def languages(fields: Fields, fixed: str) -> Languages:
    """Languages of 041 by their part; of 008 where 041 does not say.

    On film, what 041 $a lists is what is spoken.
    """
    by_code: dict[str, list[str]] = {"a": [], "d": [], "h": [], "j": [], "p": []}
    for field in fields.data("041"):
        scheme = part(field, "2") if field[1][1:] == "7" else ""
        if scheme and not scheme.startswith(("iso639-2", "marc")):
            continue
        for code, text in field[2]:
            if code in by_code:
                by_code[code] += _codes(text)
    sung_or_said = by_code["d"]
    found = by_code["a"] or _codes(fixed[35:38]) + sung_or_said
    spoken = sung_or_said or (by_code["a"] if fields.leader[6] == "g" else [])
    return Languages(
        _once(found),
        _once(by_code["h"]),
        _once(by_code["j"] + by_code["p"]),
        _once(spoken),
    )


def _codes(text: str) -> list[str]:
    """Three-letter codes; old records write several in one ("engfre")."""
    text = text.strip().lower()
    if not text or len(text) % 3 or not text.isascii() or not text.isalpha():
        return []
    return _LANGUAGE.findall(text)


def _once(codes: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([code for code in codes if code not in _NO_LANGUAGE]))


@dataclass(frozen=True, slots=True)
class Years:
    start: int | None
    end: int | None


def years(fields: Fields, fixed: str) -> Years:
    """Publication year from 008 by its date type, else from 264 or 260 $c.

    Unknown digits count low in a start and high in an end ("19uu" starts in 1900).
    Reprints and copies count by their own year, what goes on has no end.
    """
    kind = fixed[6:7]
    start = _coded_year(fixed[7:11], unknown="0")
    end: int | None = None
    if kind in ("b", "n"):  # before our era; no dates known
        start = None
    elif kind and kind in _RUNS + _RANGES:
        end = _coded_year(fixed[11:15], unknown="9")
        if kind == "c" or (end or 0) <= (start or 0):
            end = None
    if start is None:
        return Years(_written_year(fields), None)
    return Years(start, end)


def _coded_year(text: str, *, unknown: str) -> int | None:
    if not text.isascii() or not _CODED_YEAR.fullmatch(text):
        return None
    year = int(text.replace("u", unknown))
    return year if _EARLIEST <= year <= _LATEST else None


def _written_year(fields: Fields) -> int | None:
    """The first year in a publication statement; "19--" as the year it starts."""
    statements = sorted(
        fields.data("264", "260"), key=lambda field: field[1][1:2] not in ("1", " ", "")
    )
    texts = [text for field in statements for text in parts(field, "cg")]
    texts += [text for field in fields.data("046") for text in parts(field, "ck")]
    for text in texts:
        if found := _YEAR.search(text):
            return int(found[1])
    for text in texts:
        if found := _DECADE.search(text):
            return int(found[1].ljust(4, "0"))
    return None


def entered_on(fixed: str) -> date | None:
    """When the record was made (008/00-05, yymmdd; 69-99 is the last century)."""
    digits = fixed[:6]
    if len(digits) < 6 or not (digits.isdecimal() and digits.isascii()):
        return None
    year = int(digits[:2])
    try:
        return date(
            1900 + year if year >= 69 else 2000 + year,
            int(digits[2:4]),
            int(digits[4:6]),
        )
    except ValueError:
        return None


def audience(fields: Fields, fixed: str) -> str:
    """The code of 008/22 where the material has it there, "" when not coded."""
    kind, level = fields.leader[6], fields.leader[7]
    if kind not in _AUDIENCE_TYPES or (kind == "a" and level in _RUN_LEVELS):
        return ""
    code = fixed[22:23]
    return code if code.isalpha() else ""


def audience_notes(fields: Fields) -> tuple[str, ...]:
    """What 521 and 385 say about who it is for."""
    texts = [squeeze(" ".join(parts(field, "ab"))) for field in fields.data("521")]
    texts += [text for field in fields.data("385") for text in parts(field, "a")]
    return tuple(dict.fromkeys([text for text in texts if text]))


def is_juvenile(code: str, notes: tuple[str, ...], ykl: str) -> bool:
    """For children or the young: by 008/22, by YKL 85, or by 385 and 521."""
    return (
        code in _JUVENILE
        or ykl.startswith("85")
        or any(note.lower().startswith(_YOUNG) for note in notes)
    )


def age_limit(fields: Fields) -> int | None:
    """The legal age limit in years (049 $c, 521 $a): the highest found, S is 0.

    A recommendation ("7+") is not a limit.
    """
    texts = fields.values("049", "c") + fields.values("521", "a")
    found: list[int] = []
    for text in texts:
        found += [int(age) for age in _AGE.findall(text)]
        found += [int(age) for age in _AGE_WORDS.findall(text)]
        if _FOR_ALL.search(text.strip().rstrip(".")):
            found.append(0)
    return max(found, default=None)


def is_fiction(fields: Fields, fixed: str, ykl: str) -> bool | None:
    """Fiction by class where there is one (YKL 80-85), else by 008/33 of a book.

    The class comes first: it was given by hand, while 008/33 is often left as "0".
    """
    if ykl:
        return ykl.startswith(_FICTION_CLASSES)
    kind, level = fields.leader[6], fields.leader[7]
    if kind in _BOOK_TYPES and level not in _RUN_LEVELS:
        return _FICTION_008.get(fixed[33:34])
    if kind == "i":  # literary text of a recording: fiction, drama, poetry, stories
        codes = set(fixed[30:32].strip())
        return True if codes & set("cdfp") else None
    return None
