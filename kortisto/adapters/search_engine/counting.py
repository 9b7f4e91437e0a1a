"""Counts of facets, and the memory of those that are asked again and again."""

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from tantivy import Query as Part

from kortisto.adapters.search_engine import schema as s
from kortisto.adapters.search_engine.compiled import Compiled
from kortisto.adapters.search_engine.opened import Opened, total
from kortisto.domain.search.analysis import analyser
from kortisto.domain.search.documents import Facet
from kortisto.domain.search.nodes import Everything
from kortisto.domain.search.ports import FacetCount, Query

Counts = Mapping[Facet, tuple[FacetCount, ...]]

_REMEMBERED = 200  # queries
_WHOLE_COLLECTION_SECONDS = 20.0  # its counts cost most and change least


@dataclass(frozen=True, slots=True)
class _Memory:
    generation: str
    build: str
    made: float
    counts: Counts


class Counter:
    """Counts facets. Those of a query hold until the index changes.

    Those of the whole collection hold a little longer: while items are lent the index
    changes every second, and nobody misses one in a hundred thousand.
    """

    def __init__(self) -> None:
        self._memories: OrderedDict[Hashable, _Memory] = OrderedDict()
        self._lock = threading.Lock()

    def facets(self, opened: Opened, query: Query) -> Counts:
        if not query.facets:
            return {}
        name = _name(query)
        known = self._memories.get(name)
        if known is not None and _still_true(known, opened, query):
            return known.counts
        made = time.monotonic()
        counts = _counted(opened, query)
        with self._lock:
            self._memories[name] = _Memory(opened.generation, opened.name, made, counts)
            self._memories.move_to_end(name)
            while len(self._memories) > _REMEMBERED:
                self._memories.popitem(last=False)
        return counts


def _name(query: Query) -> Hashable:
    filters = frozenset((f, frozenset(values)) for f, values in query.filters.items())
    limits = (query.scope, query.components, query.years)
    return query.node, filters, limits, tuple(query.facets), query.facet_size


def _still_true(known: _Memory, opened: Opened, query: Query) -> bool:
    if known.generation == opened.generation:
        return True
    whole = isinstance(query.node, Everything) and not query.filters
    age = time.monotonic() - known.made
    return whole and known.build == opened.name and age < _WHOLE_COLLECTION_SECONDS


def _counted(opened: Opened, query: Query) -> Counts:
    """One run for all facets without a choice, one more for each that has one."""
    compiled = Compiled(query, shape=opened.shape, analyser=analyser())
    chosen = [facet for facet in query.facets if query.filters.get(facet)]
    free = [facet for facet in query.facets if facet not in chosen]
    found: dict[Facet, dict[str, int]] = {}
    if free:
        found |= _buckets(opened, compiled.narrowed(), free, size=query.facet_size)
    for facet in chosen:
        part = compiled.narrowed(without=facet)
        found |= _buckets(opened, part, [facet], size=query.facet_size)
        for value in query.filters[facet]:
            if value not in found[facet]:
                having = compiled.having(facet, [value])
                both = part.and_must_match(having)
                found[facet][value] = total(opened.searcher.search(both, 1))
    return {facet: _sorted(facet, found[facet], query) for facet in query.facets}


def _buckets(
    opened: Opened, part: Part, facets: list[Facet], *, size: int
) -> dict[Facet, dict[str, int]]:
    asked = {
        facet.value: {"terms": {"field": s.facet_field(facet), "size": size}}
        for facet in facets
    }
    answer = opened.searcher.aggregate(part, asked)
    return {
        facet: {
            str(bucket["key"]): int(bucket["doc_count"])
            for bucket in answer[facet.value]["buckets"]
        }
        for facet in facets
    }


def _sorted(
    facet: Facet, counts: Mapping[str, int], query: Query
) -> tuple[FacetCount, ...]:
    """The most frequent first, then by value."""
    chosen = query.filters.get(facet, ())
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return tuple(FacetCount(value, count, value in chosen) for value, count in ordered)
