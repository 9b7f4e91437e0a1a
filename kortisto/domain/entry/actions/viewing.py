"""Look at what is secret about open libraries; each look is logged (LOG-1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import Event, publish, publish_many
from kortisto.domain.entry.events import EntriesViewed, EntryAsked
from kortisto.domain.entry.models import EntryAttempt
from kortisto.domain.entry.permissions import EntryPermission
from kortisto.domain.entry.queries import attempts, would_enter
from kortisto.domain.entry.rules import Decision
from kortisto.domain.patrons.events import PatronViewed
from kortisto.domain.patrons.permissions import PatronPermission

SEE: Final = PatronPermission.SEE


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenAttempts:
    """The newest attempts of some days, and counts of all of them.

    ``named``: who looks may see patrons there; each who is listed has been looked at.
    """

    rows: Sequence[EntryAttempt]
    named: bool
    by_code: tuple[tuple[str, int], ...]
    by_hour: tuple[int, ...]


@transaction.atomic
def view_attempts(
    library_id: int, first: date, last: date, *, most: int, by: Actor, now: datetime
) -> SeenAttempts:
    """Who has tried to enter a library on some days; at most so many are listed.

    Without the permission to see patrons the attempts are told and no names.
    """
    by.require(EntryPermission.SEE_ENTRIES, at=library_id)
    event = EntriesViewed(
        library_id=library_id,
        first_day=first.isoformat(),
        last_day=last.isoformat(),
    )
    publish(event, by=by, at=now)
    found, named = attempts(library_id, first, last), by.may(SEE, at=library_id)
    rows = list(found.rows[:most])
    if named:
        listed = dict.fromkeys(row.patron_id for row in rows if row.patron_id)
        seen: list[Event] = [PatronViewed(patron_id=one, page="door") for one in listed]
        publish_many(seen, by=by, at=now)
    return SeenAttempts(
        rows=rows, named=named, by_code=found.by_code, by_hour=found.by_hour
    )


@transaction.atomic
def ask_would_enter(
    patron_id: int, library_id: int, *, at: datetime, by: Actor, now: datetime
) -> Decision:
    """Whether a patron would get in at a moment, and why. Raises DoesNotExist."""
    by.require(SEE)
    decision = would_enter(patron_id, library_id, at=at)
    event = EntryAsked(patron_id=patron_id, library_id=library_id)
    publish(event, by=by, at=now)
    return decision
