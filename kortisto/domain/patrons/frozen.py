"""Patrons whose data may be kept and not used: its processing is restricted (GDP-2).

Somebody who contests what is held on them, or needs it kept for a claim, can demand
it (GDPR, article 18). It is a restriction of a type of its own, so nobody borrows or
opens a door meanwhile; besides, nothing is erased, merged, changed or forgotten until
it is lifted.
"""

from typing import Any, Final

from django.db.models import QuerySet

from kortisto.domain.patrons.models import Restriction

FROZEN: Final = "processing"  # the code of the type


def frozen_patrons() -> "QuerySet[Restriction, Any]":
    """Ids of those patrons, for use inside another query."""
    return _standing().values("patron_id")


def is_frozen(*patron_ids: int) -> bool:
    """Whether the data of one of the patrons may not be used."""
    return _standing().filter(patron_id__in=patron_ids).exists()


def _standing() -> "QuerySet[Restriction]":
    """It has no last day: only a person lifts it, after telling the patron."""
    return Restriction.objects.filter(type__code=FROZEN, lifted_at=None)
