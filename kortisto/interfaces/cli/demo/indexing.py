"""Build the search index of the demo."""

from collections.abc import Iterator
from itertools import chain
from typing import Final

from django.db.models import Max

from kortisto.domain.catalogue.models import Record
from kortisto.domain.search.collection import documents_of
from kortisto.domain.search.documents import SearchDocument
from kortisto.domain.search.follower import rebuild
from kortisto.domain.search.queries import engine
from kortisto.interfaces.cli.demo.parallel import in_order
from kortisto.interfaces.cli.progress import Progress

PART: Final = 500  # titles
IN_ONE_PROCESS: Final = 1_000


def build_index() -> None:
    """Build it anew from the database, with a bar."""
    last = Record.objects.aggregate(last=Max("pk"))["last"] or 0
    with Progress("Search index", total=last) as bar:
        titles = None if last <= IN_ONE_PROCESS else _titles(last)
        rebuild(engine(), titles=titles, progress=bar.reach)


def _titles(last: int) -> Iterator[SearchDocument]:
    parts = [(first, min(first + PART, last + 1)) for first in range(1, last + 1, PART)]
    return chain.from_iterable(in_order(_documents, parts))


def _documents(part: tuple[int, int]) -> list[SearchDocument]:
    return documents_of(range(*part))
