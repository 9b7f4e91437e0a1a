"""Another spelling for words that gave nothing, or almost nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from tantivy import Query as Part

from kortisto.adapters.search_engine import schema as s
from kortisto.adapters.search_engine.compiled import Compiled
from kortisto.adapters.search_engine.opened import Opened
from kortisto.domain.search import spelling
from kortisto.domain.search.analysis import Analyser
from kortisto.domain.search.nodes import All, Node, Word
from kortisto.domain.search.ports import Query

_READ_FOR_SPELLINGS = 60  # titles that have a similar word
_TIMES_MORE = 10  # a word must be so much more frequent to be suggested


@dataclass(frozen=True, slots=True)
class SimilarQuery:
    query: Query
    text: str


class Similar:
    """Looks for words of the index that are one error away, two in a long word.

    A word is best respelled among titles that have the other words as well.
    """

    FEW: Final = 2  # results; with more, spelling is not questioned

    def __init__(self, opened: Opened, query: Query, analyser: Analyser) -> None:
        self._opened = opened
        self._query = query
        self._analyser = analyser

    def query(self, *, found: int) -> SimilarQuery | None:
        """The query with better spellings, or None when there is none."""
        words = list(dict.fromkeys(spelling.asked_words(self._query.node)))
        unknown = [word for word in words if not self._titles_with(word)]
        spellings: dict[str, str] = {}
        for word in unknown or words:
            better = self._better(word, [w for w in words if w not in unknown])
            if better is not None and self._is_worth_it(word, better, found=found):
                spellings[word] = better
                if not unknown:
                    break
        if not spellings or not set(unknown) <= set(spellings):
            return None
        node = spelling.respelled(self._query.node, spellings)
        return SimilarQuery(replace(self._query, node=node), spelling.as_typed(node))

    def _is_worth_it(self, word: str, better: str, *, found: int) -> bool:
        if not found:
            return True
        times_more = _TIMES_MORE * max(found, self._titles_with(word))
        return self._titles_with(better) >= times_more

    def _titles_with(self, word: str) -> int:
        """How many titles have the word or a form of it."""
        searcher = self._opened.searcher
        (analysed,) = self._analyser.query_words(word) or (None,)
        if analysed is None:
            return 0
        return searcher.doc_freq(s.ANY_WORD, word) + sum(
            searcher.doc_freq(s.ANY_LEMMA, lemma) + searcher.doc_freq(s.PARTS, lemma)
            for lemma in analysed.lemmas
        )

    def _better(self, word: str, known: Iterable[str]) -> str | None:
        errors = spelling.errors_allowed(word)
        if not errors:
            return None
        others: tuple[Node, ...] = tuple(Word(each) for each in known if each != word)
        for company in dict.fromkeys((others, ())):
            for allowed in range(1, errors + 1):
                spellings = self._spellings(word, errors=allowed, company=company)
                better = spelling.nearest(word, spellings)
                if better is not None:
                    return better
        return None

    def _spellings(
        self, word: str, *, errors: int, company: tuple[Node, ...]
    ) -> list[str]:
        """Words of the titles that have a similar word, in the company of others."""
        opened = self._opened
        similar = Part.fuzzy_term_query(opened.shape, s.ANY_WORD, word, errors)
        asked = replace(self._query, node=All(company) if company else _EVERYTHING)
        limits = Compiled(asked, shape=opened.shape, analyser=self._analyser).narrowed()
        both = similar.and_must_match(limits)
        found = opened.searcher.search(both, _READ_FOR_SPELLINGS, count=False)
        texts: list[str] = []
        for _, address in found.hits:
            stored = opened.searcher.doc(address).get_first(s.SPELLINGS) or b""
            texts += bytes(stored).decode().split()
        return texts


_EVERYTHING = Query().node
