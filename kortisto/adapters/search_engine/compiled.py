"""A query tree as Tantivy queries.

What matches and what it is worth are two queries: counts and facets follow the first
alone, which asks two fields only; the page that is shown is ordered by the second.
Clauses have fixed worths (`weights.py`): the usual text score would let a word that is
rare in titles outweigh the title itself.
"""

from collections.abc import Collection, Iterable
from functools import cached_property
from typing import assert_never

import tantivy
from tantivy import Occur
from tantivy import Query as Part

from kortisto.adapters.search_engine import schema as s
from kortisto.domain.search import analysis, weights
from kortisto.domain.search.analysis import (
    Analyser,
    joined_words,
    key,
    transliterations,
    words,
)
from kortisto.domain.search.documents import Facet
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
from kortisto.domain.search.ports import Components, Query, Scope

_NUMBER_FOUND = 50.0  # a number that was typed in full


class Compiled:
    """The Tantivy queries of one query."""

    def __init__(
        self, query: Query, *, shape: tantivy.Schema, analyser: Analyser
    ) -> None:
        self._query = query
        self._shape = shape
        self._analyser = analyser

    @cached_property
    def match(self) -> Part:
        return self._match(self._query.node)

    def narrowed(self, *, without: Facet | None = None) -> Part:
        """What matches within the scope and filters, leaving one facet's out."""
        musts = [self.match, *self._limits()]
        for facet, values in self._query.filters.items():
            if facet is not without and values:
                musts.append(self.having(facet, values))
        return _every(musts)

    def having(self, facet: Facet, values: Collection[str]) -> Part:
        terms = [self._term(s.facet_field(facet), value) for value in sorted(values)]
        return _either(terms)

    def ranked(self) -> Part:
        """The same with the worth of each match."""
        worths = list(self._worths(self._query.node))
        worths += self._as_title()
        must = (Occur.Must, Part.const_score_query(self.narrowed(), 0.0))
        return Part.boolean_query([must, *((Occur.Should, worth) for worth in worths)])

    def _limits(self) -> Iterable[Part]:
        query = self._query
        if query.scope is Scope.PUBLIC:
            yield self._term(s.CODES, s.PUBLIC)
        if query.components is Components.ONLY:
            yield self._term(s.CODES, s.COMPONENT)
        if query.components is Components.HIDDEN:
            yield self._term(s.CODES, s.WHOLE)
        if query.years is not None:
            yield self._years(query.years)

    def _term(self, field: str, value: str) -> Part:
        return Part.term_query(self._shape, field, value, "basic")

    def _match(self, node: Node) -> Part:  # noqa: PLR0911 - one for each kind
        match node:
            case Word(text, field):
                return self._match_words(text, field)
            case Prefix(text, field):
                return self._beginning(text, field)
            case Phrase(text, field):
                return self._match_phrase(text, field)
            case Coded(code, value):
                return self._term(s.CODES, s.code_term(code, value))
            case Years():
                return self._years(node)
            case All(nodes):
                return self._match_all(nodes)
            case AnyOf(nodes):
                return _either([self._match(each) for each in nodes])
            case Not():
                return self._match_all((node,))
            case Everything():
                return Part.all_query()
            case _:
                assert_never(node)

    def _match_all(self, nodes: tuple[Node, ...]) -> Part:
        wanted = [self._match(node) for node in nodes if not isinstance(node, Not)]
        unwanted = [self._match(node.node) for node in nodes if isinstance(node, Not)]
        return Part.boolean_query(
            [
                *((Occur.Must, part) for part in wanted or [Part.all_query()]),
                *((Occur.MustNot, part) for part in unwanted),
            ]
        )

    def _match_words(self, text: str, field: Field | None) -> Part:
        """Each word somewhere; or the text in Latin letters; or without hyphens."""
        options = [
            _every(
                [
                    self._match_word(word, field)
                    for word in self._analyser.query_words(written)
                ]
            )
            for written in (text, *transliterations(text))
        ]
        lemmas = s.lemma_field(field) if field else s.ANY_LEMMA
        exact = s.word_field(field) if field else s.ANY_WORD
        for joined in joined_words(text):
            options += [self._term(lemmas, joined), self._term(exact, joined)]
        return _either(options)

    def _match_word(self, word: analysis.Word, field: Field | None) -> Part:
        if field is not None:
            return _either(
                [
                    self._term(s.word_field(field), word.exact),
                    *self._terms(s.lemma_field(field), word.lemmas),
                ]
            )
        return _either(
            [
                self._term(s.ANY_WORD, word.exact),
                *self._terms(s.ANY_LEMMA, word.lemmas),
                *self._terms(s.PARTS, _bases(word)),
            ]
        )

    def _terms(self, field: str, values: Iterable[str]) -> list[Part]:
        return [self._term(field, value) for value in values]

    def _beginning(self, text: str, field: Field | None) -> Part:
        name = s.word_field(field) if field else s.ANY_WORD
        pattern = "".join(
            letter if letter.isalnum() else f"\\{letter}" for letter in key(text)
        )
        return Part.regex_query(self._shape, name, f"{pattern}.*")

    def _match_phrase(self, text: str, field: Field | None) -> Part:
        found = words(text)
        if len(found) == 1:
            name = s.word_field(field) if field else s.ANY_WORD
            return self._term(name, found[0])
        return _either(
            [self._phrase(found, each) for each in ([field] if field else list(Field))]
        )

    def _phrase(self, found: list[str], field: Field) -> Part:
        in_order: list[str | tuple[int, str]] = [*found]
        return Part.phrase_query(self._shape, s.word_field(field), in_order)

    def _years(self, years: Years) -> Part:
        first = s.NO_YEAR + 1 if years.first is None else years.first
        last = -s.NO_YEAR if years.last is None else years.last
        kind = tantivy.FieldType.Integer
        return Part.range_query(self._shape, s.YEAR, kind, first, last)

    def _worths(self, node: Node) -> Iterable[Part]:
        match node:
            case Word(text, field):
                for written in (text, *transliterations(text)):
                    for word in self._analyser.query_words(written):
                        yield self._worth(word, [field] if field else list(Field))
            case Prefix(text, field):
                for each in [field] if field else (Field.TITLE, Field.AUTHOR):
                    worth = weights.LEMMA[each]
                    yield Part.const_score_query(self._beginning(text, each), worth)
            case Phrase(text, field):
                yield self._worth_of_phrase(words(text), field)
            case Coded(Code.IDENTIFIER | Code.BARCODE | Code.RECORD):
                yield Part.const_score_query(self._match(node), _NUMBER_FOUND)
            case All(nodes) | AnyOf(nodes):
                for inner in nodes:
                    yield from self._worths(inner)
            case _:
                return

    def _worth(self, word: analysis.Word, fields: list[Field]) -> Part:
        """The best of a word's matches counts."""
        parts = []
        for field in fields:
            exact, lemma = weights.EXACT[field], weights.LEMMA[field]
            name = s.word_field(field)
            parts.append(_fixed(self._term(name, word.exact), exact))
            lemmas = self._terms(s.lemma_field(field), word.lemmas)
            parts += [_fixed(part, lemma) for part in lemmas]
        parts += [_fixed(p, weights.PART) for p in self._terms(s.PARTS, _bases(word))]
        return Part.disjunction_max_query(parts)

    def _worth_of_phrase(self, found: list[str], field: Field | None) -> Part:
        fields = [field] if field else list(Field)
        return Part.disjunction_max_query(
            [
                _fixed(self._match_phrase(" ".join(found), each), weights.EXACT[each])
                for each in fields
            ]
        )

    def _as_title(self) -> Iterable[Part]:
        """What a query of nothing but words is worth when it is a title."""
        text = free_text(self._query.node)
        found = words(text) if text else []
        if not found:
            return
        title, name = " ".join(found), s.word_field(Field.TITLE)
        yield _fixed(self._term(s.TITLE_KEY, title), weights.TITLE_IS)
        yield _fixed(self._term(s.TITLE_START, title), weights.TITLE_BEGINS)
        if len(found) > 1:
            yield _fixed(self._phrase(found, Field.TITLE), weights.PHRASE_IN_TITLE)
        for word in found:
            scored = Part.term_query(self._shape, name, word, "freq")
            yield Part.boost_query(scored, weights.SHORT_TITLE)


def _bases(word: analysis.Word) -> list[str]:
    """What a compound's part may be found by: its own base forms, not its stems."""
    return [lemma for lemma in word.lemmas if "~" not in lemma]


def _fixed(part: Part, worth: float) -> Part:
    return Part.const_score_query(part, worth)


def _every(parts: list[Part]) -> Part:
    if not parts:
        return Part.empty_query()
    if len(parts) == 1:
        return parts[0]
    return Part.boolean_query([(Occur.Must, part) for part in parts])


def _either(parts: list[Part]) -> Part:
    if len(parts) == 1:
        return parts[0]
    return Part.boolean_query([(Occur.Should, part) for part in parts])
