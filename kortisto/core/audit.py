"""Seal the event log into a hash chain, so that nobody can quietly rewrite it.

The sealer follows the log, so that no desk transaction waits for another one's hash.
Each seal's digest is also written to the process log: a copy of that kept elsewhere
shows even a chain that was computed anew from its beginning. What may be taken out of
an event later is sealed by its digest: ``sealed_content.py``.
"""

import logging
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from kortisto.core.archive_form import unpacked
from kortisto.core.database import row_after
from kortisto.core.events import Event
from kortisto.core.followers import (
    BEGINNING,
    News,
    Position,
    follower,
    position_of,
    safe_events,
)
from kortisto.core.models import ArchivedLog, LoggedEvent, Seal, SealedContent
from kortisto.core.sealed_content import (
    SEALER,
    Digests,
    digests_now,
    link_digest,
    new_salt,
)
from kortisto.core.taking_out import ContentTakenOut

logger = logging.getLogger(__name__)

GENESIS: Final = "0" * 64
PAGE: Final = 1000  # rows in memory while verifying
TOLD_AT_MOST: Final = 100  # broken links; one flood is told as a number


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainResealed(Event):
    """The chain was computed anew, in another form, from what was there.

    ``old_digest`` was its last one until then: copies of the process log have it.
    """

    seals: int
    events: int
    broken: int  # links that did not hold even then
    old_digest: str


class ChainBroken(Exception):
    """The chain does not end where the sealer left it, so nothing more is sealed."""


@follower(
    SEALER,
    kinds=None,
    batch=500,
    every=timedelta(seconds=5),
    replayable=False,
    typed=False,
)
def seal(news: News) -> None:
    """Add one link over a batch. One sealer works at a time: its position is locked.

    Raises ChainBroken when the last seal is not the one that the position speaks of.
    """
    last = Seal.objects.order_by("-id").first()
    end = BEGINNING if last is None else _end(last)
    if end != position_of(SEALER):
        message = "the last seal of the audit chain is not where the sealer left it"
        raise ChainBroken(message)
    events = [event for event, _typed in news]
    content = _salted(events)
    previous = GENESIS if last is None else last.digest
    link = Seal.objects.create(
        first_txid=events[0].txid,
        first_event_id=events[0].id,
        last_txid=events[-1].txid,
        last_event_id=events[-1].id,
        events=len(events),
        previous_digest=previous,
        digest=link_digest(previous, content),
        sealed_at=timezone.now(),
    )
    logger.info("audit seal %s to event %s: %s", link.pk, events[-1].id, link.digest)


def _salted(events: list[LoggedEvent]) -> list[tuple[LoggedEvent, Digests]]:
    """Give each event its salt. One that was emptied so soon has left its digests."""
    marks = SealedContent.objects.in_bulk([event.id for event in events])
    new = [
        SealedContent(event_id=event.id, salt=new_salt())
        for event in events
        if event.id not in marks
    ]
    SealedContent.objects.bulk_create(new)
    marks |= {mark.event_id: mark for mark in new}
    return [(event, _content(event, marks[event.id])) for event in events]


def _content(event: LoggedEvent, mark: SealedContent) -> Digests:
    found = digests_now(event, mark)
    if found is None:
        message = f"event {event.id} is not what its mark says"
        raise ChainBroken(message)
    return found


def _end(link: Seal) -> Position:
    return Position(link.last_txid, link.last_event_id)


@dataclass(slots=True)
class Verdict:
    """What verifying found: broken links in words, and how much was looked at.

    ``unsealed`` events are the newest ones, which no seal covers yet; ``emptied`` ones
    have lost their content, as events of their own tell.
    """

    broken: list[str] = field(default_factory=list)
    not_told: int = 0
    seals: int = 0
    sealed: int = 0
    emptied: int = 0
    unsealed: int = 0

    @property
    def whole(self) -> bool:
        return not self.broken

    def tell(self, sentence: str) -> None:
        if len(self.broken) < TOLD_AT_MOST:
            self.broken.append(sentence)
        else:
            self.not_told += 1


Progress = Callable[[int], None]


def verify(progress: Progress = lambda _sealed: None) -> Verdict:
    """Compute the whole chain anew, in constant memory. Changes nothing.

    The archive comes first, the table after it. ``progress`` is told the number of
    events done after each page of seals.
    """
    verdict, told = Verdict(), _Told()
    sealer = position_of(SEALER)
    previous = _verify_archive(verdict, told, progress)
    end, events = BEGINNING, _Events(_pages_of_the_table())
    for link in _seals():
        _verify_link(link, previous, events, verdict)
        if verdict.seals % PAGE == 0:
            progress(verdict.sealed)
        previous, end = link.digest, _end(link)
    if sealer > end:
        verdict.tell(
            _(
                "The end of the audit chain has been removed: events up to {last} "
                "were sealed, but the last seal there is ends at event {end}."
            ).format(last=sealer.event_id, end=end.event_id)
        )
    verdict.unsealed = LoggedEvent.objects.filter(row_after(*end)).count()
    told.add_table()
    told.compare(verdict)
    progress(verdict.sealed)
    return verdict


def _verify_archive(verdict: Verdict, told: "_Told", progress: Progress) -> str:
    """The digest at which the table goes on."""
    previous = GENESIS
    for key in ArchivedLog.objects.order_by("id").values_list("pk", flat=True):
        row = ArchivedLog.objects.get(pk=key)
        try:
            part = unpacked(row)
        except (ValueError, LookupError, zlib.error):
            sentence = _("Part {part} of the archive ({month}) cannot be read.")
            verdict.tell(
                sentence.format(part=key, month=f"{row.month_begins_on:%Y-%m}")
            )
            previous = row.digest
            continue
        events = _Events(iter([(part.events, part.marks)]))
        for link in part.seals:
            _verify_link(link, previous, events, verdict)
            previous = link.digest
        told.add(part.events, part.marks.values())
        progress(verdict.sealed)
    return previous


def _verify_link(
    link: Seal, expected: str, events: "_Events", verdict: Verdict
) -> None:
    """Compare one seal with the digest before it and with the events it covers."""
    first, last = Position(link.first_txid, link.first_event_id), _end(link)
    loose = sum(1 for _event in events.take(first, including=False))
    own = list(events.take(last, including=True))
    verdict.seals += 1
    verdict.sealed += len(own)
    places = {"seal": link.pk, "first": first.event_id, "last": last.event_id}
    if link.previous_digest != expected:
        verdict.tell(
            _(
                "A link of the audit chain is missing or was changed before seal "
                "{seal}, which covers events {first} to {last}."
            ).format(**places)
        )
    elif loose:
        verdict.tell(
            _(
                "{loose} events were added before event {first} after their time "
                "had been sealed (seal {seal})."
            ).format(loose=loose, **places)
        )
    if len(own) != link.events:
        verdict.tell(_difference(len(own) - link.events).format(**places))
        return
    odd = next((event.id for event, content in own if content is None), None)
    if odd is not None:
        verdict.tell(
            _(
                "Event {event} was emptied without a mark, or filled again in spite of "
                "one (seal {seal})."
            ).format(event=odd, seal=link.pk)
        )
        return
    content = [(event, digests) for event, digests in own if digests is not None]
    if link_digest(link.previous_digest, content) != link.digest:
        verdict.tell(_difference(0).format(**places))


class _Told:
    """What the log tells of itself: how many events were emptied, and broken before.

    As many events are marked as emptied as the events say that tell of it.
    """

    def __init__(self) -> None:
        self._marked: Counter[int | None] = Counter()
        self._said: Counter[int | None] = Counter()
        self._broken: dict[int, int] = {}

    def add(
        self, events: Iterable[LoggedEvent], marks: Iterable[SealedContent]
    ) -> None:
        self._marked.update(
            mark.told_by for mark in marks if mark.taken_out_at is not None
        )
        for event in events:
            if event.kind == ContentTakenOut.__name__:
                self._said[event.id] = event.body.get("events", 0)
            elif event.kind == ChainResealed.__name__:
                self._broken[event.id] = event.body.get("broken", 0)

    def add_table(self) -> None:
        kinds = [ContentTakenOut.__name__, ChainResealed.__name__]
        self.add(LoggedEvent.objects.filter(kind__in=kinds), ())
        marks = SealedContent.objects.exclude(taken_out_at=None).values("told_by")
        counted = marks.annotate(events=Count("pk")).values_list("told_by", "events")
        self._marked.update(dict(counted))

    def compare(self, verdict: Verdict) -> None:
        verdict.emptied = self._marked.total()
        for number in sorted({*self._marked, *self._said}, key=lambda one: one or 0):
            marked, said = self._marked[number], self._said[number]
            if marked != said:
                verdict.tell(
                    _(
                        "{marked} events are marked as emptied by event {event}, which "
                        "tells of {said}."
                    ).format(marked=marked, said=said, event=number)
                )
        for number, broken in sorted(self._broken.items()):
            if broken:
                verdict.tell(
                    _(
                        "{broken} links were broken already when the chain was sealed "
                        "anew (event {event})."
                    ).format(broken=broken, event=number)
                )


def _difference(extra: int) -> str:
    if extra < 0:
        return _(
            "{number} events between {{first}} and {{last}} have been removed since "
            "they were sealed (seal {{seal}})."
        ).format(number=-extra)
    if extra > 0:
        return _(
            "{number} events between {{first}} and {{last}} have been added since "
            "they were sealed (seal {{seal}})."
        ).format(number=extra)
    return _(
        "An event between {first} and {last} has been changed since it was sealed, "
        "or the seal itself has (seal {seal})."
    )


def _seals() -> Iterator[Seal]:
    """Every seal in order, a page at a time, without a cursor left open."""
    last_id = 0
    while page := list(Seal.objects.filter(id__gt=last_id).order_by("id")[:PAGE]):
        yield from page
        last_id = page[-1].id


Sealed = tuple[LoggedEvent, Digests | None]
EventPage = tuple[list[LoggedEvent], dict[int, SealedContent]]


def _pages_of_the_table() -> Iterator[EventPage]:
    """The log in reading order, a page at a time, with the marks of its events."""
    at = BEGINNING
    while page := list(safe_events().filter(row_after(*at))[:PAGE]):
        yield page, SealedContent.objects.in_bulk([one.id for one in page])
        at = Position(page[-1].txid, page[-1].id)


class _Events:
    """Events in reading order, taken piece by piece, never more than a page kept.

    Each comes with the digests of its content, None when that is not as marked.
    """

    def __init__(self, pages: Iterator[EventPage]) -> None:
        self._pages = pages
        self._page: list[LoggedEvent] = []
        self._marks: dict[int, SealedContent] = {}
        self._next = 0

    def take(self, end: Position, *, including: bool) -> Iterator[Sealed]:
        """The events not taken yet that lie before ``end`` (or up to it)."""
        while (event := self._peek()) is not None:
            here = Position(event.txid, event.id)
            if here > end or (here == end and not including):
                return
            self._next += 1
            yield event, self._digests(event)

    def _digests(self, event: LoggedEvent) -> Digests | None:
        mark = self._marks.get(event.id)
        return None if mark is None else digests_now(event, mark)

    def _peek(self) -> LoggedEvent | None:
        if self._next == len(self._page):
            self._page, self._marks = next(self._pages, ([], {}))
            self._next = 0
            if not self._page:
                return None
        return self._page[self._next]
