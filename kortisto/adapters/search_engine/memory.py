"""A search engine in memory: looks at every title. For tests of pages."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import assert_never

from typing_extensions import override

from kortisto.domain.search import spelling, weights
from kortisto.domain.search.analysis import (
    analyser,
    joined_words,
    key,
    transliterations,
    words,
)
from kortisto.domain.search.documents import (
    Facet,
    SearchDocument,
    coded_values,
    facet_values,
    sort_keys,
    title_keys,
    title_starts,
)
from kortisto.domain.search.nodes import (
    All,
    AnyOf,
    Code,
    Coded,
    Everything,
    Field,
    Node,
    Not,
    Phrase,
    Prefix,
    Word,
    Years,
    free_text,
)
from kortisto.domain.search.ports import (
    SHORTEST_TYPED,
    Changes,
    Components,
    FacetCount,
    Hit,
    Hits,
    Query,
    Scope,
    SearchEngine,
    Sort,
    Suggestion,
    SuggestionKind,
)
from kortisto.domain.search.rows import MARK, completions, rows

_NUMBER_FOUND = 50.0


def _silent(_done: int) -> None:
    """No progress is wanted."""


@dataclass(frozen=True, slots=True)
class _Title:
    """A title made ready to be looked at."""

    document: SearchDocument
    exact: Mapping[Field, tuple[list[str], ...]]  # rows, in words
    lemmas: Mapping[Field, frozenset[str]]
    parts: frozenset[str]
    codes: frozenset[tuple[Code, str]]
    facets: Mapping[Facet, tuple[str, ...]]

    def has_in(self, field: Field, word: str) -> bool:
        return any(word in row for row in self.exact[field])


def _prepared(document: SearchDocument) -> _Title:
    row = rows(document, analyser())
    return _Title(
        document=document,
        exact={f: tuple(t.split() for t in texts) for f, texts in row.exact.items()},
        lemmas={
            f: frozenset(" ".join(texts).split()) for f, texts in row.lemmas.items()
        },
        parts=frozenset(" ".join(row.parts).split()),
        codes=frozenset(coded_values(document)),
        facets=facet_values(document),
    )


class MemoryEngine(SearchEngine):
    """Keeps `SearchEngine` without files. Fit for some thousands of titles."""

    def __init__(self, folder: Path | None = None) -> None:
        del folder  # every engine is made with one
        self._titles: dict[int, _Title] = {}
        self._changes = 0
        self._position: str | None = None

    @override
    def search(self, query: Query) -> Hits:
        began = time.perf_counter()
        found = self._found(query)
        suggestion = None
        if not found:
            similar = self._respelled(query)
            if similar is not None:
                query, suggestion = similar, spelling.as_typed(similar.node)
                found = self._found(query)
        ordered = sorted(found, key=_order(query))
        page = ordered[query.start :][: query.page_size]
        return Hits(
            hits=tuple(
                Hit(t.document.record_id, _relevance(t, query.node)) for t in page
            ),
            total=len(found),
            facets=self._counts(query),
            suggestion=suggestion,
            is_approximate=suggestion is not None,
            took_ms=(time.perf_counter() - began) * 1000,
        )

    def _found(self, query: Query, *, without: Facet | None = None) -> list[_Title]:
        return [
            title
            for title in self._titles.values()
            if _is_in_limits(title, query, without) and _matches(title, query.node)
        ]

    def _counts(self, query: Query) -> dict[Facet, tuple[FacetCount, ...]]:
        counts = {}
        for facet in query.facets:
            chosen = set(query.filters.get(facet, ()))
            found = self._found(query, without=facet)
            counted = Counter(value for title in found for value in title.facets[facet])
            ordered = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
            shown = ordered[: query.facet_size]
            names = {value for value, _ in shown}
            shown += [(value, counted[value]) for value in sorted(chosen - names)]
            counts[facet] = tuple(FacetCount(v, n, v in chosen) for v, n in shown)
        return counts

    def _respelled(self, query: Query) -> Query | None:
        asked = list(spelling.asked_words(query.node))
        known = [
            word
            for title in self._titles.values()
            for texts in title.exact.values()
            for row in texts
            for word in row
        ]
        better = {
            word: near
            for word in asked
            if not any(_has_word(title, word, None) for title in self._titles.values())
            and (near := spelling.nearest(word, known)) is not None
        }
        if not better:
            return None
        return replace(query, node=spelling.respelled(query.node, better))

    @override
    def suggest(
        self, prefix: str, *, scope: Scope = Scope.PUBLIC, limit: int = 8
    ) -> tuple[Suggestion, ...]:
        typed = key(prefix)
        if len(typed) < SHORTEST_TYPED:
            return ()
        counted = Counter(
            (kind, term.partition(MARK)[2])
            for title in self._titles.values()
            if scope is Scope.STAFF or title.document.is_public
            for kind, terms in completions(title.document).items()
            for term in terms
            if term.startswith(typed)
        )
        return tuple(
            Suggestion(kind, text, count)
            for kind in SuggestionKind
            for text, count in [
                (text, n) for (k, text), n in counted.most_common() if k == kind.value
            ][:limit]
        )

    @override
    def apply(self, changes: Changes, *, position: str | None = None) -> None:
        for record_id in changes.deletes:
            self._titles.pop(record_id, None)
        for document in changes.upserts:
            self._titles[document.record_id] = _prepared(document)
        self._changes += 1
        self._position = self._position if position is None else position

    @override
    def rebuild(
        self,
        documents: Iterable[SearchDocument],
        *,
        position: str | None = None,
        progress: Callable[[int], None] = _silent,
    ) -> int:
        self._titles = {each.record_id: _prepared(each) for each in documents}
        self._changes += 1
        self._position = position
        progress(len(self._titles))
        return len(self._titles)

    @override
    def generation(self) -> str:
        return str(self._changes)

    @override
    def position(self) -> str | None:
        return self._position

    @override
    def fingerprints(self, first_id: int, last_id: int) -> Mapping[int, int]:
        return {
            record_id: title.document.fingerprint
            for record_id, title in self._titles.items()
            if first_id <= record_id <= last_id
        }

    @override
    def check(self) -> None:
        """It can always search."""


def _is_in_limits(title: _Title, query: Query, without: Facet | None) -> bool:
    document = title.document
    if query.scope is Scope.PUBLIC and not document.is_public:
        return False
    if query.components is not Components.SHOWN:
        wanted = query.components is Components.ONLY
        if document.is_component is not wanted:
            return False
    if query.years is not None and not _matches(title, query.years):
        return False
    return all(
        facet is without or not values or set(values) & set(title.facets[facet])
        for facet, values in query.filters.items()
    )


def _matches(title: _Title, node: Node) -> bool:  # noqa: PLR0911 - one for each kind
    match node:
        case Word(text, field):
            return any(
                all(_has_word(title, word, field) for word in words(written))
                for written in (text, *transliterations(text), *joined_words(text))
            )
        case Prefix(text, field):
            start = key(text)
            return any(
                word.startswith(start)
                for each in ([field] if field else Field)
                for row in title.exact[each]
                for word in row
            )
        case Phrase(text, field):
            return any(
                _has_phrase(title, words(text), each)
                for each in ([field] if field else Field)
            )
        case Coded(code, value):
            return (code, value) in title.codes
        case Years(first, last):
            year = title.document.year
            return year is not None and (
                (first is None or first <= year) and (last is None or year <= last)
            )
        case All(nodes):
            return all(_matches(title, each) for each in nodes)
        case AnyOf(nodes):
            return any(_matches(title, each) for each in nodes)
        case Not(inner):
            return not _matches(title, inner)
        case Everything():
            return True
        case _:
            assert_never(node)


def _has_word(title: _Title, word: str, field: Field | None) -> bool:
    return _worth(title, word, [field] if field else list(Field)) > 0


def _worth(title: _Title, word: str, fields: list[Field]) -> float:
    """What the best match of a word is worth; 0 when it does not match."""
    worths = [0.0]
    for analysed in analyser().query_words(word):
        bases = {lemma for lemma in analysed.lemmas if "~" not in lemma}
        for field in fields:
            if title.has_in(field, analysed.exact):
                worths.append(weights.EXACT[field])
            if title.lemmas[field] & {*analysed.lemmas, analysed.exact}:
                worths.append(weights.LEMMA[field])
        if len(fields) > 1 and title.parts & bases:
            worths.append(weights.PART)
    return max(worths)


def _has_phrase(title: _Title, phrase: list[str], field: Field) -> bool:
    return any(
        row[start : start + len(phrase)] == phrase
        for row in title.exact[field]
        for start in range(len(row) - len(phrase) + 1)
    )


def _relevance(title: _Title, node: Node) -> float:
    worth = sum(_worths(title, node))
    text = free_text(node)
    asked = key(text) if text else ""
    if asked:
        worth += weights.TITLE_IS * (asked in title_keys(title.document))
        worth += weights.TITLE_BEGINS * (asked in title_starts(title.document))
        near = _has_phrase(title, asked.split(), Field.TITLE) and " " in asked
        worth += weights.PHRASE_IN_TITLE * near
        worth += weights.SHORT_TITLE / (1 + len(title.document.title.split()))
    return worth * (1 + weights.popularity(title.document.loans))


def _worths(title: _Title, node: Node) -> Iterable[float]:
    match node:
        case Word(text, field):
            for word in words(text):
                yield _worth(title, word, [field] if field else list(Field))
        case Phrase(text, field):
            yield max(
                weights.EXACT[each] * _has_phrase(title, words(text), each)
                for each in ([field] if field else Field)
            )
        case Coded(Code.IDENTIFIER | Code.BARCODE | Code.RECORD):
            yield _NUMBER_FOUND * _matches(title, node)
        case All(nodes) | AnyOf(nodes):
            for each in nodes:
                yield from _worths(title, each)
        case _:
            return


def _order(query: Query) -> Callable[[_Title], tuple[float | str, ...]]:
    sort = query.sort
    if sort is Sort.RELEVANCE and isinstance(query.node, Everything):
        sort = Sort.NEWEST

    def order(title: _Title) -> tuple[float | str, ...]:
        document = title.document
        added = document.first_public_at
        year = document.year if document.year is not None else -9999
        match sort:
            case Sort.RELEVANCE:
                return (-_relevance(title, query.node),)
            case Sort.NEWEST:
                return (-added.timestamp() if added else 0.0,)
            case Sort.TITLE:
                return (sort_keys(document)[0],)
            case Sort.AUTHOR:
                return (sort_keys(document)[1],)
            case Sort.YEAR:
                return (-float(year),)
            case Sort.OLDEST:
                return (float(year),)
            case _:
                assert_never(sort)

    return order
