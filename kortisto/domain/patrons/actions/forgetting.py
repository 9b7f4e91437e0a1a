"""Forget what the register has kept for its time: ended restrictions, notes, changes.

Nobody is told of it one by one: the event log keeps that something was, and the result
of the nightly job how much went (GDP-1).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.forgetting import delete_in_pages
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.settings import Setting
from kortisto.domain.patrons.frozen import frozen_patrons
from kortisto.domain.patrons.models import FieldChange, PatronNote, Restriction
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.settings import (
    CHANGES_YEARS,
    RESTRICTIONS_DAYS,
    WITHDRAWN_NOTES_DAYS,
)


@dataclass(slots=True)
class Forgotten:
    """What a night did, in rows."""

    restrictions: int = 0
    notes: int = 0
    changes: int = 0


def forget_what_is_over(*, by: Actor, now: datetime) -> Forgotten:
    """Delete it, a page at a time; nothing of whose data must be kept as it is."""
    by.require(PatronPermission.EDIT)
    return Forgotten(
        restrictions=delete_in_pages(due_restrictions(now)),
        notes=delete_in_pages(due_notes(now)),
        changes=delete_in_pages(due_changes(now)),
    )


def due_restrictions(now: datetime) -> "QuerySet[Restriction]":
    """Those that were lifted, or whose last day has passed, long enough ago."""
    kept = _days(RESTRICTIONS_DAYS)
    return Restriction.objects.exclude(patron__in=frozen_patrons()).filter(
        Q(lifted_at__lt=now - kept) | Q(ends_on__lt=localdate(now - kept))
    )


def due_notes(now: datetime) -> "QuerySet[PatronNote]":
    """Those that were withdrawn long enough ago."""
    withdrawn = PatronNote.objects.exclude(patron__in=frozen_patrons())
    return withdrawn.filter(withdrawn_at__lt=now - _days(WITHDRAWN_NOTES_DAYS))


def due_changes(now: datetime) -> "QuerySet[FieldChange]":
    """Old ones, but for the newest of each field: it tells where the value is from."""
    years = organisation().setting(CHANGES_YEARS, None).value
    newer = FieldChange.objects.filter(
        patron=OuterRef("patron"), field=OuterRef("field"), pk__gt=OuterRef("pk")
    )
    old = FieldChange.objects.filter(at__lt=now - relativedelta(years=years))
    return old.filter(Exists(newer)).exclude(patron__in=frozen_patrons())


def _days(setting: Setting[int]) -> timedelta:
    return timedelta(days=organisation().setting(setting, None).value)
