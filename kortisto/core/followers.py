"""Follow the event log: what may happen after the fact, and happens at least once.

A follower reads events in the order in which their transactions can be trusted to
have ended, so that a late commit is never skipped. Its position moves in the same
transaction as what it writes to the database; what it does outside the database may
be done twice after a crash, so followers are idempotent.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeVar

from django.db import transaction
from django.db.models import Max, QuerySet

from kortisto.core.database import (
    OldestRunningTransaction,
    on_postgresql,
    reading_order,
    row_after,
    row_up_to,
)
from kortisto.core.events import Event, event_from
from kortisto.core.failures import back_off, in_words
from kortisto.core.models import FollowerPosition, LoggedEvent

logger = logging.getLogger(__name__)

News = Sequence[tuple[LoggedEvent, Event | None]]
Reader = Callable[[News], None]
R = TypeVar("R", bound=Reader)

FIRST_WAIT: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(minutes=15)


class Position(NamedTuple):
    """The last event read, in reading order."""

    txid: int
    event_id: int


BEGINNING: Final = Position(-1, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """One reader of the log.

    ``kinds`` are the names of the event classes to read, None for all. ``every`` is
    how long to let news gather between two readings, unless a whole batch waits.
    """

    name: str
    read: Reader
    kinds: frozenset[str] | None = None
    batch: int = 200
    every: timedelta = timedelta(0)
    replayable: bool = True
    typed: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """Rows in reading order, and where the log has been read to.

    ``position`` is beyond the last row when events of other kinds follow it.
    """

    rows: list[LoggedEvent]
    position: Position
    full: bool  # there may be more


_followers: dict[str, Follower] = {}


def follower(
    name: str,
    *,
    kinds: Collection[type[Event] | str] | None,
    batch: int = 200,
    every: timedelta = timedelta(0),
    replayable: bool = True,
    typed: bool = True,
) -> Callable[[R], R]:
    """Declare that the function follows the log. It gets each batch in a transaction.

    The events come with their rows; an event is None when this version does not
    know its kind any more or its content has been taken out, and always when ``typed``
    is False: then only the rows count, and no old event can stop the follower. SQLite
    has one writer: keep batches short there.
    """

    def declare(read: R) -> R:
        _followers[name] = Follower(
            name=name,
            read=read,
            kinds=None if kinds is None else frozenset(map(_name, kinds)),
            batch=batch,
            every=every,
            replayable=replayable,
            typed=typed,
        )
        return read

    return declare


def _name(kind: type[Event] | str) -> str:
    return kind if isinstance(kind, str) else kind.__name__


def followers() -> list[Follower]:
    return [_followers[name] for name in sorted(_followers)]


def safe_events() -> QuerySet[LoggedEvent]:
    """Events whose order is settled, in reading order.

    On PostgreSQL those whose transaction is older than every running one: a
    transaction that has not committed yet may still add rows before later ones.
    """
    events = LoggedEvent.objects.order_by(*reading_order())
    if on_postgresql():
        events = events.filter(txid__lt=OldestRunningTransaction())
    return events


def read_after(
    txid: int, event_id: int, *, limit: int, kinds: Collection[str] | None = None
) -> list[LoggedEvent]:
    """The next settled events after a position, for who keeps a position itself."""
    return read(Position(txid, event_id), limit=limit, kinds=kinds).rows


def read(
    after: Position, *, limit: int, kinds: Collection[str] | None = None
) -> Reading:
    """Like ``read_after``, with the position to go on from.

    Going on from ``position`` instead of the last row, a follower of rare kinds does
    not read the others over and over again.
    """
    end = last_position()
    if end is None or end <= after:
        return Reading([], after, full=False)
    events = LoggedEvent.objects.order_by(*reading_order()).filter(
        row_after(*after), row_up_to(*end)
    )
    if kinds is not None:
        events = events.filter(kind__in=kinds)
    rows = list(events[:limit])
    if len(rows) < limit:
        return Reading(rows, end, full=False)
    return Reading(rows, Position(rows[-1].txid, rows[-1].id), full=True)


def last_position() -> Position | None:
    """The last settled event of the log; None when there is none."""
    if not on_postgresql():  # asked for both columns, SQLite reads a whole index
        newest = LoggedEvent.objects.aggregate(id=Max("id"))["id"]
        return None if newest is None else Position(0, newest)
    last = safe_events().reverse().values_list("txid", "id").first()
    return None if last is None else Position(*last)


def position_of(name: str) -> Position:
    row = FollowerPosition.objects.filter(pk=name).values_list("txid", "event_id")
    found = row.first()
    return BEGINNING if found is None else Position(*found)


def run_followers_once(now: datetime) -> int:
    """Let every follower that is due read one batch. Returns how many had news.

    None waits for another's trouble: a failing one is left behind, and tried again
    after a while.
    """
    positions = {row.follower: row for row in FollowerPosition.objects.all()}
    end = last_position()
    moved = 0
    for each in followers():
        row = positions.get(each.name)
        if end is not None and _due(each, row, end=end, now=now):
            moved += follow(each.name, now=now)
    return moved


def _due(
    each: Follower, row: FollowerPosition | None, *, end: Position, now: datetime
) -> bool:
    if row is None:
        return True
    if Position(row.txid, row.event_id) >= end:
        return False
    if row.retry_at is not None and row.retry_at > now:
        return False
    if end.event_id - row.event_id >= each.batch:
        return True  # about a whole batch is waiting
    return row.moved_at is None or row.moved_at + each.every <= now


def follow(name: str, *, now: datetime) -> bool:
    """Let one follower read its next batch. Returns whether its position moved.

    When a batch fails it is read in halves, so that the position stops right before
    the one event that cannot be read. Never raises what the follower raised.
    Raises DatabaseError when the database itself is away.
    """
    each = _followers[name]
    FollowerPosition.objects.get_or_create(pk=name)
    size, moved = each.batch, False
    while True:
        try:
            reading = _step(each, size=size, now=now)
        except _BatchFailed as failed:
            if failed.events > 1:
                size = failed.events // 2
                continue
            logger.exception("follower %s failed", name)
            _count_failure(name, failed.error, now=now)
            return moved
        if reading is None or size == each.batch or not reading.full:
            return moved or reading is not None
        moved = True


def _step(each: Follower, *, size: int, now: datetime) -> Reading | None:
    """Read one batch and move; None when there is nothing, or another reads now."""
    with transaction.atomic():
        locked = FollowerPosition.objects.select_for_update(skip_locked=True)
        row = locked.filter(pk=each.name).first()
        if row is None:
            return None
        before = Position(row.txid, row.event_id)
        reading = read(before, limit=size, kinds=each.kinds)
        if reading.position == before:
            return None
        if reading.rows:
            _hand_over(each, reading.rows)
        FollowerPosition.objects.filter(pk=each.name).update(
            txid=reading.position.txid,
            event_id=reading.position.event_id,
            moved_at=now,
            failures=0,
            retry_at=None,
            last_error="",
        )
        return reading


class _BatchFailed(Exception):
    def __init__(self, error: Exception, *, events: int) -> None:
        super().__init__()
        self.error = error
        self.events = events


def _hand_over(each: Follower, rows: list[LoggedEvent]) -> None:
    try:
        each.read([(row, event_from(row) if each.typed else None) for row in rows])
    except Exception as error:
        raise _BatchFailed(error, events=len(rows)) from error


def _count_failure(name: str, error: Exception, *, now: datetime) -> None:
    with transaction.atomic():
        row = FollowerPosition.objects.select_for_update().get(pk=name)
        row.failures += 1
        row.retry_at = now + back_off(
            row.failures, first=FIRST_WAIT, longest=LONGEST_WAIT
        )
        row.last_error = in_words(error)
        row.save(update_fields=["failures", "retry_at", "last_error"])


def replay(name: str, from_position: Position = BEGINNING) -> None:
    """Let a follower read everything after a position again.

    Raises ValueError for one that must read each event once only.
    """
    if not _followers[name].replayable:
        message = f"{name} reads each event once and cannot be replayed"
        raise ValueError(message)
    FollowerPosition.objects.update_or_create(
        pk=name,
        defaults={
            "txid": from_position.txid,
            "event_id": from_position.event_id,
            "failures": 0,
            "retry_at": None,
            "moved_at": None,
            "last_error": "",
        },
    )
