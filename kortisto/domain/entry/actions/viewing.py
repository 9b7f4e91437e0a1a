"""Look at what is secret about open libraries; each look is logged (LOG-1)."""

from datetime import date, datetime

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.domain.entry.events import EntriesViewed, EntryAsked
from kortisto.domain.entry.permissions import EntryPermission
from kortisto.domain.entry.queries import Attempts, attempts, would_enter
from kortisto.domain.entry.rules import Decision
from kortisto.domain.patrons.permissions import PatronPermission


@transaction.atomic
def view_attempts(
    library_id: int, first: date, last: date, *, by: Actor, now: datetime
) -> Attempts:
    """Who has tried to enter a library on some days."""
    by.require(EntryPermission.SEE_ENTRIES, at=library_id)
    event = EntriesViewed(
        library_id=library_id,
        first_day=first.isoformat(),
        last_day=last.isoformat(),
    )
    publish(event, by=by, at=now)
    return attempts(library_id, first, last)


@transaction.atomic
def ask_would_enter(
    patron_id: int, library_id: int, *, at: datetime, by: Actor, now: datetime
) -> Decision:
    """Whether a patron would get in at a moment, and why. Raises DoesNotExist."""
    by.require(PatronPermission.SEE)
    decision = would_enter(patron_id, library_id, at=at)
    event = EntryAsked(patron_id=patron_id, library_id=library_id)
    publish(event, by=by, at=now)
    return decision
