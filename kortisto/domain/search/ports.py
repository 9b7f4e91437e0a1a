"""What the rest of Kortisto asks of a search engine."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from kortisto.domain.search.documents import Facet, SearchDocument
from kortisto.domain.search.nodes import Everything, Node, Years

DEEPEST_RESULT = 10_000  # results that can be paged through
LARGEST_PAGE = 500
SHORTEST_TYPED = 2  # letters before anything is offered


class SearchUnavailable(Exception):
    """The index is missing, broken or of an older shape; it can be rebuilt."""


class IndexIsWritten(Exception):
    """Another process writes this index now. Only one may at a time."""


class Scope(Enum):
    """Who asks: staff also see what is hidden from the public."""

    PUBLIC = "public"
    STAFF = "staff"


class Components(Enum):
    """Whether parts of a whole (a song, an article) are among the results."""

    SHOWN = "shown"
    HIDDEN = "hidden"
    ONLY = "only"


class Sort(Enum):
    RELEVANCE = "relevance"
    NEWEST = "newest"  # latest in the collection first
    TITLE = "title"
    AUTHOR = "author"
    YEAR = "year"  # latest published first
    OLDEST = "oldest"  # earliest published first


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked of an engine. Pages are counted from 1.

    The values of one facet are alternatives to one another, facets are joined by
    AND; the counts of a facet leave its own choice out.
    """

    node: Node = field(default_factory=Everything)
    scope: Scope = Scope.PUBLIC
    filters: Mapping[Facet, Collection[str]] = field(default_factory=dict)
    years: Years | None = None
    components: Components = Components.SHOWN
    facets: Sequence[Facet] = ()
    facet_size: int = 15
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    size: int = 20

    @property
    def page_size(self) -> int:
        return max(1, min(self.size, LARGEST_PAGE))

    @property
    def start(self) -> int:
        """How many results come before the page, within what can be reached."""
        last_page = DEEPEST_RESULT // self.page_size
        return (max(1, min(self.page, last_page)) - 1) * self.page_size


@dataclass(frozen=True, slots=True)
class Hit:
    record_id: int
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class FacetCount:
    value: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """One page of results.

    `suggestion` is a better spelling of the words asked; when `is_approximate`, the
    results are already those of similar words, because the words asked gave nothing.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    facets: Mapping[Facet, tuple[FacetCount, ...]] = field(default_factory=dict)
    suggestion: str | None = None
    is_approximate: bool = False
    took_ms: float = 0.0

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(hit.record_id for hit in self.hits)


class SuggestionKind(Enum):
    TITLE = "title"
    AUTHOR = "author"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What somebody may be typing, as it is written, and how many titles have it."""

    kind: SuggestionKind
    text: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Titles to add or replace, and those to forget, by record id."""

    upserts: Sequence[SearchDocument] = ()
    deletes: Collection[int] = ()


def _silent(_done: int) -> None:
    """No progress is wanted."""


class SearchEngine(Protocol):
    """An index of titles. Any thread may search; one process at a time writes."""

    def search(self, query: Query) -> Hits:
        """Raises SearchUnavailable."""

    def suggest(
        self, prefix: str, *, scope: Scope = Scope.PUBLIC, limit: int = 8
    ) -> tuple[Suggestion, ...]:
        """Titles, authors and subjects that begin so, `limit` of each kind.

        Nothing before there are two letters. Raises SearchUnavailable.
        """

    def apply(self, changes: Changes, *, position: str | None = None) -> None:
        """Take changes in and let every later search see them.

        `position` says, in the caller's own words, how far the event log has been
        followed. May be called twice with the same changes. Raises IndexIsWritten,
        SearchUnavailable.
        """

    def rebuild(
        self,
        documents: Iterable[SearchDocument],
        *,
        position: str | None = None,
        progress: Callable[[int], None] = _silent,
    ) -> int:
        """Build the index anew while searching goes on; then change over at once.

        `position` is where the event log stood before the documents were read.
        Gives the number of titles. Raises IndexIsWritten when another rebuild runs.
        """

    def generation(self) -> str:
        """Another value after each change. Raises SearchUnavailable."""

    def position(self) -> str | None:
        """What `apply` or `rebuild` was last told of the log; None when nothing."""

    def fingerprints(self, first_id: int, last_id: int) -> Mapping[int, int]:
        """`SearchDocument.fingerprint` by record id, both ends included."""

    def check(self) -> None:
        """Raises SearchUnavailable, with a reason in words, unless it can search."""
