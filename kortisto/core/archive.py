"""The old part of the log, out of the way of the desk: compressed, sealed, readable.

Whole seals leave the table in their order, some thousand events at a time, and each
such part becomes one row. The chain goes through it: ``audit.verify`` reads the archive
first and the table after it. What is short-lived is emptied on the way, so that the
archive never tells who borrowed what.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet, Sum

from kortisto.core.actors import Actor
from kortisto.core.archive_form import Unpacked, packed, unpacked
from kortisto.core.cron import LOCAL
from kortisto.core.database import reading_order, row_after, row_up_to
from kortisto.core.events import is_short_lived
from kortisto.core.models import (
    ArchivedLog,
    ArchivedPatron,
    LoggedEvent,
    Seal,
    SealedContent,
)
from kortisto.core.sealed_content import digests_now, link_digest
from kortisto.core.taking_out import (
    Part,
    Why,
    empty_rows,
    keep_the_sealer_waiting,
)

logger = logging.getLogger(__name__)

AT_ONCE: Final = 1000  # events in one part, and in one transaction
SEALS_AT_ONCE: Final = 500

Judge = Callable[[LoggedEvent], bool]
_judges: list[Judge] = []


def shows_activity(judge: Judge) -> Judge:
    """Declare what tells that the patron of an event was active."""
    _judges.append(judge)
    return judge


def archive_next(before: datetime, *, by: Actor, now: datetime) -> int:
    """Move the oldest seals whose events all happened before a moment; how many events.

    0 when there is nothing more. The newest seal always stays. One that does not hold
    stays too, with everything after it: ``kortisto check`` tells of it. For actions
    that have checked who may.
    """
    with transaction.atomic():
        keep_the_sealer_waiting()
        seals = _next_seals()
        while seals:
            events = _events_of(seals)
            if all(event.happened_at < before for event in events):
                return _move(seals, events, by=by, now=now)
            seals = seals[: len(seals) // 2]
    return 0


def _next_seals() -> list[Seal]:
    """The oldest, as many as fill one part; never the newest of all."""
    rows = list(Seal.objects.order_by("id")[: SEALS_AT_ONCE + 1])[:-1]
    taken: list[Seal] = []
    events = 0
    for seal in rows:
        events += seal.events
        if taken and events > AT_ONCE:
            break
        taken.append(seal)
    return taken


def _events_of(seals: Sequence[Seal]) -> list[LoggedEvent]:
    first, last = seals[0], seals[-1]
    inside = LoggedEvent.objects.filter(
        row_after(first.first_txid, first.first_event_id - 1),
        row_up_to(last.last_txid, last.last_event_id),
    )
    return list(inside.order_by(*reading_order()))


def _move(
    seals: list[Seal], events: list[LoggedEvent], *, by: Actor, now: datetime
) -> int:
    ids = [event.id for event in events]
    if not _all_hold(seals, events):
        logger.error("the log is not archived after event %s: it was changed", ids[:1])
        return 0
    marks = SealedContent.objects.in_bulk(ids)
    short = [(one, marks[one.id]) for one in events if is_short_lived(one.kind)]
    empty_rows(short, part=Part.EVERYTHING, why=Why.ARCHIVED, by=by, now=now)
    part = Unpacked(seals, events, marks)
    row = ArchivedLog.objects.create(
        month_begins_on=_month(part.events[-1]),
        first_event_id=ids[0],
        last_event_id=ids[-1],
        events=len(ids),
        digest=seals[-1].digest,
        data=packed(part),
        archived_at=now,
    )
    ArchivedPatron.objects.bulk_create(_patrons_of(row, part.events))
    Seal.objects.filter(pk__in=[seal.pk for seal in seals]).delete()
    SealedContent.objects.filter(pk__in=ids).delete()
    LoggedEvent.objects.filter(pk__in=ids).delete()
    return len(ids)


def _all_hold(seals: Sequence[Seal], events: Sequence[LoggedEvent]) -> bool:
    """Whether each seal covers exactly its events, and those are as they were."""
    marks = SealedContent.objects.in_bulk([event.id for event in events])
    start = 0
    for seal in seals:
        own = events[start : start + seal.events]
        if not own or own[-1].id != seal.last_event_id or not _holds(seal, own, marks):
            return False
        start += seal.events
    return start == len(events)


def _holds(
    seal: Seal, events: Sequence[LoggedEvent], marks: Mapping[int, SealedContent]
) -> bool:
    content = []
    for event in events:
        mark = marks.get(event.id)
        digests = None if mark is None else digests_now(event, mark)
        if digests is None:
            return False
        content.append((event, digests))
    return link_digest(seal.previous_digest, content) == seal.digest


def _month(event: LoggedEvent) -> date:
    return event.happened_at.astimezone(LOCAL).date().replace(day=1)


def _patrons_of(
    row: ArchivedLog, events: Iterable[LoggedEvent]
) -> list[ArchivedPatron]:
    """Whose data a part tells of, and when each was last active in it."""
    found: dict[int, ArchivedPatron] = {}
    for event in events:
        if event.patron_id is None:
            continue
        one = found.setdefault(
            event.patron_id, ArchivedPatron(part=row, patron_id=event.patron_id)
        )
        if any(judge(event) for judge in _judges):
            one.active_at = max(one.active_at or event.happened_at, event.happened_at)
    return list(found.values())


def months() -> list[tuple[date, int]]:
    """First days of the months in the archive, the newest first, with their events."""
    counted = ArchivedLog.objects.values("month_begins_on").annotate(n=Sum("events"))
    found = counted.order_by("-month_begins_on").values_list("month_begins_on", "n")
    return list(found)


def events_of_month(begins_on: date) -> Iterator[LoggedEvent]:
    """Everything of a month in the order of reading; a part in memory at a time."""
    parts = ArchivedLog.objects.filter(month_begins_on=begins_on)
    return _read(parts.order_by("id"))


def events_about(patron_id: int) -> Iterator[LoggedEvent]:
    """Everything about a patron, the newest first; a part in memory at a time."""
    parts = ArchivedLog.objects.filter(patrons__patron_id=patron_id).order_by("-id")
    for key in parts.values_list("pk", flat=True):
        events = unpacked(ArchivedLog.objects.get(pk=key)).events
        yield from (one for one in reversed(events) if one.patron_id == patron_id)


def _read(parts: "QuerySet[ArchivedLog]") -> Iterator[LoggedEvent]:
    for key in list(parts.values_list("pk", flat=True)):
        yield from unpacked(ArchivedLog.objects.get(pk=key)).events


@transaction.atomic
def empty_archive_of(patron_id: int, *, by: Actor, now: datetime) -> int:
    """Take the bodies out of what the archive tells of a patron; how many events.

    For actions that have checked who may.
    """
    parts = ArchivedLog.objects.filter(patrons__patron_id=patron_id)
    return sum(
        _empty_part(row, patron_id, by=by, now=now)
        for row in parts.select_for_update(of=("self",)).order_by("id")
    )


def _empty_part(row: ArchivedLog, patron_id: int, *, by: Actor, now: datetime) -> int:
    part = unpacked(row)
    own = [event for event in part.events if event.patron_id == patron_id]
    done = empty_rows(
        [(event, part.marks[event.id]) for event in own],
        part=Part.WHAT,
        why=Why.ERASED,
        by=by,
        now=now,
    )
    if done:
        row.data = packed(part)
        row.save(update_fields=["data"])
    return len(done)
