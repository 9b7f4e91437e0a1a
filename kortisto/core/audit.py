"""Seal the event log into a hash chain, so that nobody can quietly rewrite it.

The sealer follows the log, so that no desk transaction waits for another one's hash.
Each seal's digest is also written to the process log: a copy of that kept elsewhere
shows even a chain that was computed anew from its beginning. What may be taken out of
an event later is sealed by its digest: ``sealed_content.py``.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

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
from kortisto.core.models import LoggedEvent, Seal, SealedContent
from kortisto.core.sealed_content import (
    SEALER,
    Digests,
    digests_now,
    for_ever,
    new_salt,
)
from kortisto.core.taking_out import ContentTakenOut

if TYPE_CHECKING:
    from hashlib import _Hash

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


def digest_of(previous: str, events: Iterable[tuple[LoggedEvent, Digests]]) -> str:
    digest = _begin(previous)
    for event, content in events:
        _add(digest, event, content)
    return digest.hexdigest()


def _begin(previous: str) -> "_Hash":
    return sha256(previous.encode())


def _add(digest: "_Hash", event: LoggedEvent, content: Digests) -> None:
    """A line for each event: JSON and two hexadecimal numbers hold no line break."""
    digest.update(b"\n" + for_ever(event))
    digest.update(f"{content.what.hex()}{content.who.hex()}".encode())


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
        digest=digest_of(previous, content),
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

    ``progress`` is told the number of events done after each page of seals.
    """
    verdict = Verdict()
    sealer = position_of(SEALER)
    previous: Seal | None = None
    events = _Events()
    for link in _seals():
        _verify_link(link, previous, events, verdict)
        verdict.seals += 1
        if verdict.seals % PAGE == 0:
            progress(verdict.sealed)
        previous = link
    end = BEGINNING if previous is None else _end(previous)
    if sealer > end:
        verdict.tell(
            _(
                "The end of the audit chain has been removed: events up to {last} "
                "were sealed, but the last seal there is ends at event {end}."
            ).format(last=sealer.event_id, end=end.event_id)
        )
    verdict.unsealed = LoggedEvent.objects.filter(row_after(*end)).count()
    _verify_emptied(verdict)
    _tell_what_was_broken_before(verdict)
    progress(verdict.sealed)
    return verdict


def _verify_link(
    link: Seal, previous: Seal | None, events: "_Events", verdict: Verdict
) -> None:
    """Compare one seal with the seal before it and with the events it covers."""
    first, last = Position(link.first_txid, link.first_event_id), _end(link)
    loose = sum(1 for _event in events.take(first, including=False))
    digest, count, odd = _begin(link.previous_digest), 0, None
    for event, content in events.take(last, including=True):
        count += 1
        if content is None:
            odd = odd or event.id
        else:
            _add(digest, event, content)
    verdict.sealed += count
    expected = GENESIS if previous is None else previous.digest
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
    if count != link.events:
        verdict.tell(_difference(count - link.events).format(**places))
    elif odd is not None:
        verdict.tell(
            _(
                "Event {event} was emptied without a mark, or filled again in spite of "
                "one (seal {seal})."
            ).format(event=odd, seal=link.pk)
        )
    elif digest.hexdigest() != link.digest:
        verdict.tell(_difference(0).format(**places))


def _verify_emptied(verdict: Verdict) -> None:
    """As many events are marked as emptied as the events say that tell of it."""
    marks = SealedContent.objects.exclude(taken_out_at=None).values("told_by")
    emptied = dict(marks.annotate(events=Count("pk")).values_list("told_by", "events"))
    verdict.emptied = sum(emptied.values())
    told: dict[int | None, int] = {
        event.id: event.body.get("events", 0)
        for event in LoggedEvent.objects.filter(kind=ContentTakenOut.__name__)
    }
    for number in sorted({*emptied, *told}, key=lambda each: each or 0):
        marked, said = emptied.get(number, 0), told.get(number, 0)
        if marked != said:
            verdict.tell(
                _(
                    "{marked} events are marked as emptied by event {event}, which "
                    "tells of {said}."
                ).format(marked=marked, said=said, event=number)
            )


def _tell_what_was_broken_before(verdict: Verdict) -> None:
    """A chain that was sealed anew says what was wrong with it until then."""
    for event in LoggedEvent.objects.filter(kind=ChainResealed.__name__):
        if broken := event.body.get("broken", 0):
            verdict.tell(
                _(
                    "{broken} links were broken already when the chain was sealed anew "
                    "(event {event})."
                ).format(broken=broken, event=event.id)
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


class _Events:
    """The log in reading order, taken piece by piece, never more than a page kept.

    Each event comes with the digests of its content, None when that is not as marked.
    """

    def __init__(self) -> None:
        self._at = BEGINNING
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
            self._page = list(safe_events().filter(row_after(*self._at))[:PAGE])
            self._next = 0
            if not self._page:
                return None
            self._marks = SealedContent.objects.in_bulk([one.id for one in self._page])
            self._at = Position(self._page[-1].txid, self._page[-1].id)
        return self._page[self._next]
