"""A title as rows of words, field by field: what an engine stores to find it by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kortisto.domain.search.analysis import Analyser, key, transliterations
from kortisto.domain.search.documents import (
    LONGEST_VALUE,
    SearchDocument,
    texts,
    without_article,
)
from kortisto.domain.search.nodes import Field

PARTS_COUNT_IN = frozenset({Field.TITLE, Field.SERIES, Field.SUBJECT})


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
    exact: dict[Field, list[str]] = {field: [] for field in Field}
    lemmas: dict[Field, list[str]] = {field: [] for field in Field}
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
    authors = document.authors
    turned = [
        f"{key(' '.join(reversed(name.split(', ', 1))))}{MARK}{name}"
        for name in authors
        if ", " in name
    ]
    title = document.short_title or document.title
    return {
        "title": _completed([title, without_article(document)], shown=title),
        "author": (*_each(authors), *turned),
        "subject": _each((*document.subjects, *document.genres)),
    }


MARK = "\x1f"


def _completed(typed: Sequence[str], *, shown: str) -> tuple[str, ...]:
    keys = filter(None, map(key, typed))
    return tuple(sorted({f"{found}{MARK}{shown}"[:LONGEST_VALUE] for found in keys}))


def _each(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        [
            f"{found}{MARK}{text}"[:LONGEST_VALUE]
            for text in texts
            if (found := key(text))
        ]
    )
