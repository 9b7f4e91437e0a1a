"""Look at a patron: the only way to fetch one for a page, and it is logged (LOG-1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate

from kortisto.core.actors import Actor, ActorKind, NotPermitted
from kortisto.core.events import Event, publish, publish_many
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.patrons.events import (
    PatronViewed,
    ProtectedAddressViewed,
)
from kortisto.domain.patrons.fields import TELL_WHERE, kept_text
from kortisto.domain.patrons.finding import Found, search_patrons
from kortisto.domain.patrons.models import FieldChange, Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.privacy_events import PatronLogRead
from kortisto.domain.patrons.queries import Candidate, Match, find_patrons, in_bin
from kortisto.domain.patrons.reasons import Reason, about, unfit
from kortisto.domain.patrons.records import (
    Dependant,
    PatronRecord,
    address_lines,
    changes_of,
    dependants_of,
    record_of,
    second_address_lines,
)

LONGEST_REASON = 200  # characters that are kept
MOST_IN_BIN = 200  # on the page, the latest first


@dataclass(frozen=True, slots=True)
class ProtectedAddress:
    """What is hidden of a protected person: the addresses and the home library."""

    lines: tuple[str, ...]
    second_lines: tuple[str, ...]
    home_library_id: int


def note_views(
    patron_ids: Iterable[int], *, page: str, by: Actor, now: datetime
) -> None:
    """Log that everybody in a list has been looked at (LOG-1)."""
    seen: list[Event] = [PatronViewed(patron_id=pk, page=page) for pk in patron_ids]
    publish_many(seen, by=by, at=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenHistory:
    """The changes of a record; of the ``hidden`` fields no value is to be shown."""

    patron: Patron
    fields: tuple[str, ...]  # that have ever changed
    changes: QuerySet[FieldChange]
    hidden: frozenset[str]


def view_patron(patron_id: int, *, by: Actor, now: datetime, page: str) -> Patron:
    """The patron with category and home library. Raises DoesNotExist, NotPermitted."""
    by.require(PatronPermission.SEE)
    patrons = Patron.objects.select_related("category", "home_library")
    patron = patrons.get(pk=patron_id, binned_at=None)
    publish(PatronViewed(patron_id=patron.pk, page=page), by=by, at=now)
    return patron


@transaction.atomic
def view_candidates(text: str, *, by: Actor, now: datetime) -> list[Candidate]:
    """Patrons to choose from by name; each who is listed has been looked at (LOG-1)."""
    by.require(PatronPermission.SEE)
    found = find_patrons(text)
    note_views((one.id for one in found), page="search", by=by, now=now)
    return found


@transaction.atomic
def view_found(
    text: str, *, by: Actor, now: datetime, match: Match = Match.STARTS
) -> Found:
    """Patrons by anything that was typed into the box (PAT-1).

    Each who is listed has been looked at, except the one whose page opens at once:
    that page logs it. Raises Unfit (empty-search), NotPermitted.
    """
    by.require(PatronPermission.SEE)
    found = search_patrons(text, match=match)
    if found.opens is None:
        ids = (one.id for one in found.candidates)
        note_views(ids, page="search", by=by, now=now)
    return found


@transaction.atomic
def view_bin(*, by: Actor, now: datetime) -> list[Patron]:
    """Deleted patrons that can be taken back; each who is listed has been looked at."""
    by.require(PatronPermission.DELETE)
    found = list(in_bin()[:MOST_IN_BIN])
    note_views((one.pk for one in found), page="bin", by=by, now=now)
    return found


def view_record(patron_id: int, *, by: Actor, now: datetime, page: str) -> PatronRecord:
    """The whole record of a patron. Raises DoesNotExist, NotPermitted."""
    by.require(PatronPermission.SEE)
    record = record_of(patron_id, today=localdate(now))
    publish(PatronViewed(patron_id=patron_id, page=page), by=by, at=now)
    return record


@transaction.atomic
def view_as_guardian(dependant_id: int, *, by: Actor, now: datetime) -> Dependant:
    """Somebody whom the actor answers for, and what of theirs may be seen (PAT-18).

    Raises NotPermitted for everybody else's dependant, and for one who does not exist.
    """
    links = (
        dependants_of(by.id, localdate(now))
        if by.kind is ActorKind.PATRON and by.id is not None
        else []
    )
    found = next(
        (each for each in links if each.link.dependant_id == dependant_id), None
    )
    if found is None:
        raise NotPermitted(PatronPermission.SEE)
    publish(PatronViewed(patron_id=dependant_id, page="guardian"), by=by, at=now)
    return found


@transaction.atomic
def view_history(
    patron_id: int,
    *,
    by: Actor,
    now: datetime,
    field: str | None = None,
    reason: str | None = None,
) -> SeenHistory:
    """What a record, or one field of it, has said earlier, the newest first (S9).

    Where a protected person has lived is hidden, unless there is a ``reason`` to see
    it, which is kept (GDP-5). Raises Unfit for an empty one, DoesNotExist,
    NotPermitted.
    """
    patron = view_patron(patron_id, by=by, now=now, page="history")
    if patron.is_protected and reason is not None:
        view_protected_address(patron_id, reason, by=by, now=now)
    every = changes_of(patron_id).order_by("field")
    return SeenHistory(
        patron=patron,
        fields=tuple(every.values_list("field", flat=True).distinct()),
        changes=changes_of(patron_id, field=field),
        hidden=TELL_WHERE if patron.is_protected and reason is None else frozenset(),
    )


@transaction.atomic
def view_protected_address(
    patron_id: int, reason: str, *, by: Actor, now: datetime
) -> ProtectedAddress:
    """Where a protected person lives and borrows, for a reason that is kept (GDP-5).

    Raises Unfit without a reason that can be kept, DoesNotExist, NotPermitted.
    """
    by.require(PatronPermission.SEE_PROTECTED)
    why = kept_text(reason, LONGEST_REASON, field="reason")
    if not why:
        raise unfit(about("reason", Reason.NEEDS_REASON))
    patron = Patron.objects.get(pk=patron_id, binned_at=None)
    event = ProtectedAddressViewed(patron_id=patron_id, reason=why)
    publish(event, by=by, at=now)
    return ProtectedAddress(
        lines=address_lines(patron),
        second_lines=second_address_lines(patron),
        home_library_id=patron.home_library_id,
    )


def read_log_of(patron_id: int, *, by: Actor, now: datetime) -> None:
    """Note that somebody searches the event log for one patron. Raises NotPermitted."""
    by.require(OrgPermission.SEE_AUDIT_LOG)
    publish(PatronLogRead(patron_id=patron_id), by=by, at=now)
