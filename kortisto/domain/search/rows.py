"""A title as rows of words, field by field: what an engine stores to find it by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kortisto.domain.search.analysis import Analyser, key, transliterations
from kortisto.domain.search.documents import (
    LONGEST_VALUE,
    SearchDocument,
    texts,
    without_article,
)
from kortisto.domain.search.nodes import Field

PARTS_COUNT_IN = frozenset({Field.TITLE, Field.SERIES, Field.SUBJECT})
_TEXTS_REMEMBERED = 4_096  # names and subjects come again and again
_FIELDS = tuple(Field)  # going through an enumeration itself takes longer


@dataclass(frozen=True, slots=True)
class Rows:
    """Words divided by blanks, one row for each text.

    Positions count within a row: a phrase does not run over its end.
    """

    exact: Mapping[Field, list[str]]
    lemmas: Mapping[Field, list[str]]
    parts: list[str]


def rows(document: SearchDocument, analyser: Analyser) -> Rows:
    """Analyse every text of a title, Cyrillic in Latin letters as well."""
    exact: dict[Field, list[str]] = {field: [] for field in _FIELDS}
    lemmas: dict[Field, list[str]] = {field: [] for field in _FIELDS}
    parts: list[str] = []
    for field, text, languages in texts(document):
        for written in (text, *transliterations(text)):
            analysed = analyser.text(written, languages)
            exact[field].append(analysed.exact)
            lemmas[field].append(analysed.lemmas)
            if analysed.parts and field in PARTS_COUNT_IN:
                parts.append(analysed.parts)
    return Rows(exact, lemmas, parts)


def completions(document: SearchDocument) -> Mapping[str, tuple[str, ...]]:
    """What autocomplete may offer, by kind: the key to type, a mark, the text."""
    title = document.short_title or document.title
    turned = [_turned(name) for name in document.authors if ", " in name]
    return {
        "title": _completed([title, without_article(document)], shown=title),
        "author": (*_each(document.authors), *turned),
        "subject": _each((*document.subjects, *document.genres)),
    }


MARK = "\x1f"


def _completed(typed: Sequence[str], *, shown: str) -> tuple[str, ...]:
    keys = filter(None, map(key, typed))
    return tuple(sorted({f"{found}{MARK}{shown}"[:LONGEST_VALUE] for found in keys}))


def _each(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple([offered for text in texts if (offered := _offered(text))])


@lru_cache(maxsize=_TEXTS_REMEMBERED)
def _offered(text: str) -> str:
    found = key(text)
    return f"{found}{MARK}{text}"[:LONGEST_VALUE] if found else ""


@lru_cache(maxsize=_TEXTS_REMEMBERED)
def _turned(name: str) -> str:
    """A name as one says it: ``tove jansson`` for ``Jansson, Tove``."""
    said = key(" ".join(reversed(name.split(", ", 1))))
    return f"{said}{MARK}{name}"[:LONGEST_VALUE]
