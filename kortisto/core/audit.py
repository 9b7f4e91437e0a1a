"""Seal the event log into a hash chain, so that nobody can quietly rewrite it.

The sealer follows the log, so that no desk transaction waits for another one's hash.
Each seal's digest is also written to the process log: a copy of that kept elsewhere
shows even a chain that was computed anew from its beginning.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from kortisto.core.database import row_after
from kortisto.core.followers import (
    BEGINNING,
    News,
    Position,
    follower,
    position_of,
    safe_events,
)
from kortisto.core.models import LoggedEvent, Seal

if TYPE_CHECKING:
    from hashlib import _Hash

logger = logging.getLogger(__name__)

SEALER: Final = "audit-chain"
GENESIS: Final = "0" * 64
PAGE: Final = 1000  # rows in memory while verifying
TOLD_AT_MOST: Final = 100  # broken links; one flood is told as a number


class ChainBroken(Exception):
    """The chain does not end where the sealer left it, so nothing more is sealed."""


def canonical(event: LoggedEvent) -> bytes:
    """Every column of an event in one form only: what the digest is taken over."""
    facts = {
        "txid": event.txid,
        "id": event.id,
        "kind": event.kind,
        "body": event.body,
        "actor": event.actor,
        "unit_id": event.unit_id,
        "channel": event.channel,
        "patron_id": event.patron_id,
        "happened_at": event.happened_at.astimezone(UTC).isoformat(
            timespec="microseconds"
        ),
    }
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def digest_of(previous: str, events: Iterable[LoggedEvent]) -> str:
    digest = _begin(previous)
    for event in events:
        _add(digest, event)
    return digest.hexdigest()


def _begin(previous: str) -> "_Hash":
    return sha256(previous.encode())


def _add(digest: "_Hash", event: LoggedEvent) -> None:
    digest.update(b"\n" + canonical(event))  # JSON holds no line break: unambiguous


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
    previous = GENESIS if last is None else last.digest
    link = Seal.objects.create(
        first_txid=events[0].txid,
        first_event_id=events[0].id,
        last_txid=events[-1].txid,
        last_event_id=events[-1].id,
        events=len(events),
        previous_digest=previous,
        digest=digest_of(previous, events),
        sealed_at=timezone.now(),
    )
    logger.info("audit seal %s to event %s: %s", link.pk, events[-1].id, link.digest)


def _end(link: Seal) -> Position:
    return Position(link.last_txid, link.last_event_id)


@dataclass(slots=True)
class Verdict:
    """What verifying found: broken links in words, and how much was looked at.

    ``unsealed`` events are the newest ones, which no seal covers yet.
    """

    broken: list[str] = field(default_factory=list)
    not_told: int = 0
    seals: int = 0
    sealed: int = 0
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
    progress(verdict.sealed)
    return verdict


def _verify_link(
    link: Seal, previous: Seal | None, events: "_Events", verdict: Verdict
) -> None:
    """Compare one seal with the seal before it and with the events it covers."""
    first, last = Position(link.first_txid, link.first_event_id), _end(link)
    loose = sum(1 for _event in events.take(first, including=False))
    digest, count = _begin(link.previous_digest), 0
    for event in events.take(last, including=True):
        _add(digest, event)
        count += 1
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
    if digest.hexdigest() != link.digest:
        verdict.tell(_difference(count - link.events).format(**places))


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


class _Events:
    """The log in reading order, taken piece by piece, never more than a page kept."""

    def __init__(self) -> None:
        self._at = BEGINNING
        self._page: list[LoggedEvent] = []
        self._next = 0

    def take(self, end: Position, *, including: bool) -> Iterator[LoggedEvent]:
        """The events not taken yet that lie before ``end`` (or up to it)."""
        while (event := self._peek()) is not None:
            here = Position(event.txid, event.id)
            if here > end or (here == end and not including):
                return
            self._next += 1
            yield event

    def _peek(self) -> LoggedEvent | None:
        if self._next == len(self._page):
            self._page = list(safe_events().filter(row_after(*self._at))[:PAGE])
            self._next = 0
            if not self._page:
                return None
            self._at = Position(self._page[-1].txid, self._page[-1].id)
        return self._page[self._next]
