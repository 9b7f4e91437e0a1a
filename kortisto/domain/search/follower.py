"""Keep the index of this machine true: follow the event log, build anew, compare.

How far the log has been followed is kept beside the index and not in the database, so
that every machine follows for itself and an index thrown away starts over.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from kortisto.core.followers import BEGINNING, Position, last_position, read
from kortisto.core.models import LoggedEvent
from kortisto.domain.search import collection
from kortisto.domain.search.documents import SearchDocument
from kortisto.domain.search.ports import Changes, SearchEngine

MOST_EVENTS: Final = 3_000  # read at a time
MOST_TITLES: Final = 3_000  # in one commit; each costs the merging of its segment
_NO_NEWS: Final = frozenset(  # these name a title and change nothing of it
    {
        "LoanRenewed",
        "HoldTrapped",
        "HoldSent",
        "HoldArrived",
        "HoldFilled",
        "HoldRequeued",
        "HoldReopened",
    }
)
COMPARED: Final = 500  # titles in one step of the comparison


def follow(engine: SearchEngine, *, events: int = MOST_EVENTS) -> bool:
    """Index the titles of which the log has news. True when there may be more news.

    Any event may name titles: what is `record_id` in it, or ends so, is looked up
    anew. Raises SearchUnavailable, IndexIsWritten.
    """
    engine.check()
    before = position_of(engine)
    reading = read(before, limit=events)
    if reading.position == before:
        return False
    changed = sorted({each for row in reading.rows for each in _titles_in(row)})
    for some in _by(MOST_TITLES, changed):
        engine.apply(_changes(some))
    engine.apply(Changes(), position=_as_text(reading.position))
    return reading.full


def _changes(record_ids: list[int]) -> Changes:
    upserts = collection.documents_of(record_ids)
    gone = set(record_ids) - {each.record_id for each in upserts}
    return Changes(upserts=upserts, deletes=gone)


def _titles_in(row: LoggedEvent) -> Iterator[int]:
    if row.kind in _NO_NEWS:
        return
    for name, value in row.body.items():
        if name.endswith("record_id") and isinstance(value, int):
            yield value
        elif name.endswith("record_ids") and isinstance(value, list):
            yield from (each for each in value if isinstance(each, int))


def _by(size: int, things: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(things)
    while some := list(islice(rest, size)):
        yield some


def position_of(engine: SearchEngine) -> Position:
    """Where the engine has followed the log to; the beginning when never."""
    text = engine.position()
    if text is None:
        return BEGINNING
    txid, _, event_id = text.partition(":")
    return Position(int(txid), int(event_id))


def _as_text(position: Position) -> str:
    return f"{position.txid}:{position.event_id}"


def _silent(_done: int) -> None:
    """No progress is wanted."""


def rebuild(
    engine: SearchEngine,
    *,
    titles: Iterable[SearchDocument] | None = None,
    progress: Callable[[int], None] = _silent,
) -> int:
    """Build the index anew from the database while searching goes on.

    ``titles`` are all of the database's, from who reads them in another way.
    What changes meanwhile is followed from where the log stood at the start. Gives
    the number of titles. Raises IndexIsWritten when another process is at it.
    """
    start = _as_text(last_position() or BEGINNING)
    if titles is None:
        titles = collection.all_documents()
    return engine.rebuild(titles, position=start, progress=progress)


@dataclass(frozen=True, slots=True)
class Compared:
    """What one step of the comparison put right; `last_id` 0 when it was the last."""

    last_id: int
    mended: int
    removed: int


def compare(engine: SearchEngine, *, after: int, size: int = COMPARED) -> Compared:
    """Compare the next titles with the database and mend what differs.

    What differs is looked at again after the log has been followed: a title that has
    just changed is not wrong. Raises SearchUnavailable, IndexIsWritten.
    """
    found = _compared(engine, after, size)
    if found.wrong or found.gone:
        while follow(engine):
            pass
        found = _compared(engine, after, size)
    if found.wrong or found.gone:
        engine.apply(Changes(upserts=found.wrong, deletes=found.gone))
    return Compared(found.last_id, len(found.wrong), len(found.gone))


@dataclass(frozen=True, slots=True)
class _Differences:
    last_id: int
    wrong: list[SearchDocument]
    gone: frozenset[int]


def _compared(engine: SearchEngine, after: int, size: int) -> _Differences:
    titles = collection.documents_after(after, size=size)
    is_last = len(titles) < size
    last_id = _BEYOND if is_last else titles[-1].record_id
    indexed = engine.fingerprints(after + 1, last_id)
    wrong = [each for each in titles if indexed.get(each.record_id) != each.fingerprint]
    gone = indexed.keys() - {each.record_id for each in titles}
    return _Differences(0 if is_last else last_id, wrong, frozenset(gone))


_BEYOND: Final = 2**62  # more than any id
