"""Search for pages: understand what was typed, ask the engine, give ids back."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TypedDict, Unpack, cast

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from kortisto.domain.search import follower
from kortisto.domain.search.documents import Facet
from kortisto.domain.search.nodes import Years
from kortisto.domain.search.parser import Parsed, parse
from kortisto.domain.search.ports import (
    DEEPEST_RESULT,
    Components,
    FacetCount,
    Hits,
    Query,
    Scope,
    SearchEngine,
    SearchUnavailable,
    Sort,
    Suggestion,
)

PUBLIC_FACETS = (
    Facet.AVAILABLE_AT,
    Facet.LIBRARY,
    Facet.MATERIAL,
    Facet.LANGUAGE,
    Facet.AUTHOR,
    Facet.SUBJECT,
    Facet.GENRE,
    Facet.FICTION,
    Facet.AUDIENCE,
    Facet.SERIES,
    Facet.DECADE,
)


PLAIN = Query()  # the first page for the public, without facets


@lru_cache(maxsize=1)
def engine() -> SearchEngine:
    """The engine that the settings name: one for the whole process."""
    kind = import_string(settings.SEARCH_ENGINE)
    return cast("SearchEngine", kind(Path(settings.SEARCH_INDEX_DIR)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One page of results with all that a page says about them.

    `trouble` is a sentence when the index cannot be searched now; then nothing is
    found.
    """

    text: str
    parsed: Parsed
    query: Query
    hits: Hits
    trouble: str = ""

    @property
    def ids(self) -> tuple[int, ...]:
        return self.hits.ids

    @property
    def total(self) -> int:
        return self.hits.total

    @property
    def facets(self) -> Mapping[Facet, tuple[FacetCount, ...]]:
        return self.hits.facets

    @property
    def page(self) -> int:
        """The page that was given: the last that can be reached at most."""
        return self.query.start // self.query.page_size + 1

    @property
    def pages(self) -> int:
        """How many pages can be reached."""
        size = self.query.page_size
        return -(-min(self.total, DEEPEST_RESULT // size * size) // size)

    @property
    def understood(self) -> tuple[str, ...]:
        return tuple(remark.sentence for remark in self.parsed.understood)

    @property
    def ignored(self) -> tuple[str, ...]:
        return tuple(remark.sentence for remark in self.parsed.ignored)


class Limits(TypedDict, total=False):
    """Everything that a query has but its words; see `Query`."""

    scope: Scope
    filters: Mapping[Facet, Collection[str]]
    years: Years | None
    components: Components
    facets: Sequence[Facet]
    facet_size: int
    sort: Sort
    page: int
    size: int


def find(text: str, asked: Query = PLAIN, **limits: Unpack[Limits]) -> Found:
    """Search the collection. Never raises on what somebody typed.

    What is asked beside the words comes as a query, by name, or both. The ids are in
    order of the results; what is available now is asked from the database for those
    on the page.
    """
    parsed = parse(text)
    query = replace(asked, node=parsed.node, **limits)
    try:
        hits, trouble = engine().search(query), ""
    except SearchUnavailable:
        hits = Hits()
        trouble = _("The search is being prepared. Try again in a moment.")
    return Found(text=text, parsed=parsed, query=query, hits=hits, trouble=trouble)


def suggest(
    prefix: str, *, scope: Scope = Scope.PUBLIC, limit: int = 8
) -> tuple[Suggestion, ...]:
    """What somebody may be typing; nothing while the index cannot be searched."""
    try:
        return engine().suggest(prefix, scope=scope, limit=limit)
    except SearchUnavailable:
        return ()


def _silent(_done: int) -> None:
    """No progress is wanted."""


def rebuild_index(progress: Callable[[int], None] = _silent) -> int:
    """Build the index of this machine anew; `progress` is told the titles done."""
    return follower.rebuild(engine(), progress=progress)
