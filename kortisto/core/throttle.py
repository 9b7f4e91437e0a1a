"""Slow down whoever fails again and again, without keeping who it is.

Only failures are counted, in the database, so that every process of a site sees them.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from kortisto.core.models import Throttle

KEPT = timedelta(days=1)  # a row that nobody has added to for so long is dropped


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most ``failures`` within ``within``, counted from the first of them."""

    kind: str
    failures: int
    within: timedelta


def waits_until(limit: Limit, source: str, *, now: datetime) -> datetime | None:
    """When the source may try again; None when it may now."""
    row = Throttle.objects.filter(
        pk=_key(limit, source), failures__gte=limit.failures
    ).first()
    if row is None or row.since + limit.within <= now:
        return None
    return row.since + limit.within


def count_failure(limit: Limit, source: str, *, now: datetime) -> None:
    """One failure more. Call it outside a transaction that may be rolled back."""
    key = _key(limit, source)
    counted = Throttle.objects.filter(pk=key, since__gt=now - limit.within)
    if counted.update(failures=F("failures") + 1):
        return
    Throttle.objects.filter(since__lt=now - KEPT).delete()
    Throttle.objects.update_or_create(pk=key, defaults={"failures": 1, "since": now})


def _key(limit: Limit, source: str) -> str:
    digest = hmac.new(settings.SECRET_KEY.encode(), source.encode(), hashlib.sha256)
    return f"{limit.kind}:{digest.hexdigest()}"
