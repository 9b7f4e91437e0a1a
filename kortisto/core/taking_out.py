"""Take personal content out of events without breaking the audit chain (GDP-1).

The digest of what goes stays, its salt goes with it, and an event of its own tells how
many were emptied, when and why: ``audit.verify`` counts them against it.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.db import transaction
from django.db.models import Model

from kortisto.core.actors import Actor
from kortisto.core.bulk import update_rows
from kortisto.core.events import Event, row_of
from kortisto.core.models import FollowerPosition, LoggedEvent, SealedContent
from kortisto.core.sealed_content import (
    NOBODY,
    SEALER,
    digest_of_what,
    digest_of_who,
    morning,
    new_salt,
    who_salt,
)


class Part(StrEnum):
    """How much goes."""

    WHAT = "what"  # the body: who did what kind of thing to whom, and when, stays
    EVERYTHING = "everything"  # all but the kind, the place and the day


Why = SealedContent.Why


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentTakenOut(Event):
    """Events were emptied. Their rows, days and places stay, and are counted here."""

    why: str
    part: str
    events: int


Pair = tuple[LoggedEvent, SealedContent]


@transaction.atomic
def take_out(
    event_ids: Collection[int], *, part: Part, why: Why, by: Actor, now: datetime
) -> int:
    """Empty events for good; how many there were to empty.

    For actions that have checked who may. Events that were emptied before are left as
    they are, and one that is not there too; one that is not sealed yet gets its digest
    now.
    """
    keep_the_sealer_waiting()
    rows = LoggedEvent.objects.in_bulk(list(event_ids))
    marks = SealedContent.objects.in_bulk(list(rows))
    pairs = [
        (row, marks.get(key, SealedContent(event_id=key)))
        for key, row in sorted(rows.items())
    ]
    emptied = empty_rows(pairs, part=part, why=why, by=by, now=now)
    _write(emptied, known=marks.keys())
    return len(emptied)


def keep_the_sealer_waiting() -> None:
    """Else it could seal an event as it was while it is being emptied."""
    FollowerPosition.objects.get_or_create(pk=SEALER)
    FollowerPosition.objects.select_for_update().get(pk=SEALER)


def empty_rows(
    pairs: Iterable[Pair], *, part: Part, why: Why, by: Actor, now: datetime
) -> list[Pair]:
    """Empty rows in memory, tell it in the log, and return those to be written."""
    found = [pair for pair in pairs if _has_something(pair[1], part)]
    if not found:
        return []
    event = ContentTakenOut(why=why, part=part, events=len(found))
    told = row_of(event, by=by, at=now)
    told.save(force_insert=True)
    for row, mark in found:
        _empty(row, mark, part)
        mark.taken_out_at, mark.why, mark.told_by = now, why, told.pk
    return found


def _has_something(mark: SealedContent, part: Part) -> bool:
    if mark.what_digest is None:
        return True
    return part is Part.EVERYTHING and mark.who_salt is not None


def _empty(row: LoggedEvent, mark: SealedContent, part: Part) -> None:
    if mark.what_digest is None:
        salt = new_salt() if mark.salt is None else bytes(mark.salt)
        mark.what_digest = digest_of_what(row, salt)
        mark.who_salt, mark.salt = who_salt(salt), None
        row.body = {}
    if part is Part.EVERYTHING and mark.who_salt is not None:
        mark.who_digest = digest_of_who(row, bytes(mark.who_salt))
        mark.who_salt = None
        row.actor, row.patron_id = NOBODY, None
        row.happened_at = morning(row.happened_at)


def _write(emptied: Sequence[Pair], *, known: Collection[int]) -> None:
    marks = [mark for _row, mark in emptied]
    new = [mark for mark in marks if mark.event_id not in known]
    old = [mark for mark in marks if mark.event_id in known]
    SealedContent.objects.bulk_create(new)
    update_rows(SealedContent, MARKED, _values(old, MARKED))
    update_rows(LoggedEvent, EMPTIED, _values([row for row, _ in emptied], EMPTIED))


def _values(rows: Iterable[Model], names: Sequence[str]) -> Iterator[list[Any]]:
    """What each row holds in these columns, and its key."""
    return ([*(getattr(row, name) for name in names), row.pk] for row in rows)


MARKED: Final = (
    "salt", "who_salt", "what_digest", "who_digest", "taken_out_at", "why", "told_by",
)  # fmt: skip
EMPTIED: Final = ("body", "actor", "patron_id", "happened_at")
