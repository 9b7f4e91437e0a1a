"""The search engine that Kortisto ships: Tantivy, in a folder of the machine."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import tantivy
from tantivy import Order
from tantivy import Query as Part
from typing_extensions import override

from kortisto.adapters.search_engine import schema as s
from kortisto.adapters.search_engine import wordbook
from kortisto.adapters.search_engine.compiled import Compiled
from kortisto.adapters.search_engine.counting import Counter
from kortisto.adapters.search_engine.folders import (
    Folders,
    read_position,
    write_position,
)
from kortisto.adapters.search_engine.opened import Opened, Reader, total
from kortisto.adapters.search_engine.similar import Similar
from kortisto.domain.search.analysis import Analyser, analyser, key
from kortisto.domain.search.documents import SearchDocument
from kortisto.domain.search.nodes import Everything
from kortisto.domain.search.ports import (
    SHORTEST_TYPED,
    Changes,
    Hit,
    Hits,
    IndexIsWritten,
    Query,
    Scope,
    SearchEngine,
    SearchUnavailable,
    Sort,
    Suggestion,
    SuggestionKind,
)
from kortisto.domain.search.rows import MARK

_CHANGES_HEAP = 30_000_000  # bytes; small commits need little
_REBUILD_HEAP = 200_000_000  # bytes, for all threads
_REBUILD_THREADS = 2
_REBUILD_WORDS = 100_000  # words remembered while building
_REBUILD_READINGS = 800_000  # their Finnish readings: some 200 MB when all are used
_CHANGES_WORDS = 50_000  # words remembered by who writes changes
_CHANGES_READINGS = 200_000  # some 50 MB when all are used
_PROGRESS_STEP = 1_000  # titles

_ORDER = {
    Sort.NEWEST: (s.ADDED, Order.Desc),
    Sort.TITLE: (s.TITLE_ORDER, Order.Asc),
    Sort.AUTHOR: (s.AUTHOR_ORDER, Order.Asc),
    Sort.YEAR: (s.YEAR, Order.Desc),
    Sort.OLDEST: (s.YEAR, Order.Asc),
}


logger = logging.getLogger(__name__)


def _silent(_done: int) -> None:
    """No progress is wanted."""


class TantivyEngine(SearchEngine):
    """Keeps `SearchEngine` for one folder. One instance serves a whole process.

    Any number of processes may search; the writer's lock is held from the first
    `apply` to `close` or the end of the process, by whatever end.
    """

    def __init__(self, folder: Path) -> None:
        self._folders = Folders(folder)
        self._reader = Reader(self._folders)
        self._counter = Counter()
        self._writer: tuple[str, tantivy.IndexWriter] | None = None
        self._learned: Analyser | None = None
        self._writing = threading.Lock()

    @override
    def search(self, query: Query) -> Hits:
        opened = self._reader.opened()
        try:
            return self._searched(opened, query)
        except (ValueError, OSError) as error:
            logger.exception("the search index failed in a search")
            message = f"The search index is broken ({error}). Run: kortisto reindex"
            raise SearchUnavailable(message) from error

    def _searched(self, opened: Opened, query: Query) -> Hits:
        began = time.perf_counter()
        hits, total = self._page(opened, query)
        suggestion, approximate = None, False
        if total <= Similar.FEW:
            similar = Similar(opened, query, analyser()).query(found=total)
            if similar is not None and total == 0:
                better, better_total = self._page(opened, similar.query)
                if better_total:
                    query, approximate = similar.query, True
                    hits, total, suggestion = better, better_total, similar.text
            elif similar is not None:
                suggestion = similar.text
        return Hits(
            hits=hits,
            total=total,
            facets=self._counter.facets(opened, query),
            suggestion=suggestion,
            is_approximate=approximate,
            took_ms=(time.perf_counter() - began) * 1000,
        )

    def _page(self, opened: Opened, query: Query) -> tuple[tuple[Hit, ...], int]:
        compiled = Compiled(query, shape=opened.shape, analyser=analyser())
        sort = query.sort
        if sort is Sort.RELEVANCE and isinstance(query.node, Everything):
            sort = Sort.NEWEST
        size = query.page_size
        if sort is Sort.RELEVANCE:
            found = opened.searcher.search(
                compiled.ranked(),
                size,
                offset=query.start,
                weight_by_field=s.POPULARITY,
            )
        else:
            name, order = _ORDER[sort]
            found = opened.searcher.search(
                compiled.narrowed(),
                size,
                offset=query.start,
                order_by_field=name,
                order=order,
            )
        ids = opened.numbers([address for _, address in found.hits])
        scores = [score if sort is Sort.RELEVANCE else 0.0 for score, _ in found.hits]
        hits = tuple(Hit(i, float(x)) for i, x in zip(ids, scores, strict=True))
        return hits, total(found)

    @override
    def suggest(
        self, prefix: str, *, scope: Scope = Scope.PUBLIC, limit: int = 8
    ) -> tuple[Suggestion, ...]:
        typed = key(prefix)
        if len(typed) < SHORTEST_TYPED:
            return ()
        opened = self._reader.opened()
        seen = (
            Part.term_query(opened.shape, s.CODES, s.PUBLIC, "basic")
            if scope is Scope.PUBLIC
            else None
        )
        return tuple(
            Suggestion(kind, term.partition(MARK)[2], count)
            for kind in SuggestionKind
            for term, count in opened.searcher.terms_with_prefix(
                s.COMPLETIONS[kind.value], typed, filter_query=seen, limit=limit
            )
        )

    @override
    def apply(self, changes: Changes, *, position: str | None = None) -> None:
        with self._writing:
            opened = self._reader.opened()
            writer = self._writer_of(opened)
            learned = self._learned or self._learn()
            upserts = {each.record_id: each for each in changes.upserts}
            for record_id in {*upserts, *changes.deletes}:
                writer.delete_documents_by_term(s.RECORD, str(record_id))
            for document in upserts.values():
                writer.add_json(s.as_json(document, learned))
            if upserts or changes.deletes:
                writer.commit()
            if position is not None:
                write_position(opened.folder, position)

    def _learn(self) -> Analyser:
        """An analyser that knows the words of the last build, for who writes."""
        self._learned = Analyser(_CHANGES_WORDS, readings=_CHANGES_READINGS)
        self._learned.learn(wordbook.load(self._folders.words))
        return self._learned

    def _writer_of(self, opened: Opened) -> tantivy.IndexWriter:
        if self._writer is None or self._writer[0] != opened.name:
            self._writer = None
            try:
                writer = opened.index.writer(_CHANGES_HEAP, 1)
            except ValueError as error:
                message = "Another process writes the search index of this machine."
                raise IndexIsWritten(message) from error
            self._writer = opened.name, writer
        return self._writer[1]

    @override
    def rebuild(
        self,
        documents: Iterable[SearchDocument],
        *,
        position: str | None = None,
        progress: Callable[[int], None] = _silent,
    ) -> int:
        with self._folders.new_build() as folder:
            learned = Analyser(_REBUILD_WORDS, readings=_REBUILD_READINGS)
            learned.learn(wordbook.load(self._folders.words))
            count = _build(folder, documents, learned, progress=progress)
            wordbook.save(self._folders.words, learned.known())
            if position is not None:
                write_position(folder, position)
        return count

    @override
    def generation(self) -> str:
        return self._reader.opened().generation

    @override
    def position(self) -> str | None:
        try:
            return read_position(self._reader.opened().folder)
        except SearchUnavailable:
            return None

    @override
    def fingerprints(self, first_id: int, last_id: int) -> Mapping[int, int]:
        opened = self._reader.opened()
        span = Part.range_query(
            opened.shape, s.NUMBER, tantivy.FieldType.Integer, first_id, last_id
        )
        size = max(1, min(last_id - first_id + 1, opened.searcher.num_docs))
        found = opened.searcher.search(span, size, count=False)
        addresses = [address for _, address in found.hits]
        values = opened.searcher.fast_field_values(s.FINGERPRINT, addresses)
        pairs = zip(opened.numbers(addresses), values, strict=True)
        return {number: int(value or 0) for number, value in pairs}

    @override
    def check(self) -> None:
        self._reader.opened()

    def close(self) -> None:
        """Give the writer's lock up."""
        with self._writing:
            self._writer = None


def _build(
    folder: Path,
    documents: Iterable[SearchDocument],
    learned: Analyser,
    *,
    progress: Callable[[int], None],
) -> int:
    shape = s.schema()
    index = tantivy.Index(shape, path=str(folder))
    writer = index.writer(_REBUILD_HEAP, _REBUILD_THREADS)
    count = 0
    try:
        for count, document in enumerate(documents, start=1):
            writer.add_json(s.as_json(document, learned))
            if count % _PROGRESS_STEP == 0:
                progress(count)
        writer.commit()
    finally:
        writer.wait_merging_threads()
    progress(count)
    return count
