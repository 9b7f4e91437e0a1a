"""Who has looked at a patron's data, from the event log (LOG-2).

A patron is told which library looked, when and at what, and never who worked there.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from kortisto.core.actors import ActorKind
from kortisto.core.models import LoggedEvent

VIEWS: Final = (
    "PatronViewed",
    "ProtectedAddressViewed",
    "IdentityResolved",
    "EntryAsked",
    "PatronLogRead",
    "PatronDataGathered",
    "StaffWordsGathered",
)
"""Kinds of events that mean that somebody saw a patron's data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewing:
    """One look. ``unit_id`` None: a job of the consortium, or a guardian at home.

    ``page`` is what was opened; empty when the kind says it.
    """

    id: int
    at: datetime
    unit_id: int | None
    kind: str
    page: str


def viewings_of(
    patron_id: int, *, limit: int, before: int | None = None
) -> list[Viewing]:
    """The newest looks of others at a patron's data; ``before`` goes on after an id.

    One statement, two with ``before``, answered by an index however long the log is.
    """
    rows = latest_first(
        LoggedEvent.objects.filter(patron_id=patron_id, kind__in=VIEWS), before=before
    ).exclude(actor=f"{ActorKind.PATRON.value}:{patron_id}")
    return [
        Viewing(
            id=row.pk,
            at=row.happened_at,
            unit_id=None if _by_a_patron(row) else row.unit_id,
            kind=row.kind,
            page=str(row.body.get("page", "")),
        )
        for row in rows[:limit]
    ]


def _by_a_patron(row: LoggedEvent) -> bool:
    return row.actor.startswith(ActorKind.PATRON.value)


def latest_first(
    events: "QuerySet[LoggedEvent]", *, before: int | None = None
) -> "QuerySet[LoggedEvent]":
    """In the order of time backwards, from after the event with an id."""
    ordered = events.order_by("-happened_at", "-id")
    if before is None:
        return ordered
    last = LoggedEvent.objects.filter(pk=before).values_list("happened_at", flat=True)
    at = last.first()
    if at is None:
        return ordered.none()
    return ordered.filter(
        Q(happened_at__lte=at), Q(happened_at__lt=at) | Q(id__lt=before)
    )
