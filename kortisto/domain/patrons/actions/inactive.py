"""Patrons who have not used the library for years: told first, then erased (GDP-1).

Only grown-up persons with an expired card are meant. They get the same days and the
same way back as those who ask to be erased; whatever they do meanwhile keeps them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.jobs import enqueue
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.activity import active_since
from kortisto.domain.patrons.hindrances import against_erasing
from kortisto.domain.patrons.models import Erasure, Patron, PatronCategory
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.privacy_events import ErasureAsked
from kortisto.domain.patrons.rules import GROWN_UP
from kortisto.domain.patrons.settings import INACTIVE_MONTHS

AT_ONCE: Final = 500
NOTICE: Final = timedelta(days=30)  # from the message to the night
TELL: Final = "patrons.tell-inactive"
PEOPLE: Final = (PatronCategory.Kind.PERSON, PatronCategory.Kind.DEPENDANT)


@dataclass(slots=True)
class Announced:
    announced: int = 0
    hindered: int = 0  # loans, debts, children: they stay


def announce_inactive(*, by: Actor, now: datetime) -> Announced:
    """Begin the days of everybody who is inactive, and let them be told.

    Does nothing while the consortium has set no time after which one is inactive.
    """
    by.require(PatronPermission.ERASE)
    done = Announced()
    for patron_id in inactive(now):
        if against_erasing(patron_id, localdate(now)):
            done.hindered += 1
        else:
            _announce(patron_id, by=by, now=now)
            done.announced += 1
    return done


def inactive(now: datetime) -> Iterator[int]:
    """Ids of patrons who are inactive and have not been told yet."""
    months = organisation().setting(INACTIVE_MONTHS, None).value
    if months is None:
        return
    since, last = now - relativedelta(months=months), 0
    while ids := _page(since, after=last, now=now):
        seen = active_since(ids, since)
        yield from (one for one in ids if one not in seen)
        last = ids[-1]


def _page(since: datetime, *, after: int, now: datetime) -> list[int]:
    rows = _meant(since, now).filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:AT_ONCE])


def _meant(since: datetime, now: datetime) -> "QuerySet[Patron]":
    """Grown-up persons whose card has expired, as far as the register itself knows.

    Children, cards of organisations and work, and those whose age nobody knows stay.
    """
    today, day = localdate(now), localdate(since)
    return Patron.objects.filter(
        Q(registered_on=None) | Q(registered_on__lt=day),
        category__kind__in=PEOPLE,
        born_on__lte=today - relativedelta(years=GROWN_UP),
        expires_on__lt=today,
        created_at__lt=since,
        binned_at=None,
    ).exclude(Exists(Erasure.objects.filter(patron=OuterRef("pk"), ended_at=None)))


@transaction.atomic
def _announce(patron_id: int, *, by: Actor, now: datetime) -> None:
    Erasure.objects.create(
        patron_id=patron_id,
        asked_at=now,
        asked_by=by.label,
        erase_on=localdate(now) + NOTICE,
        cause=Erasure.Cause.INACTIVE,
    )
    publish(ErasureAsked(patron_id=patron_id), by=by, at=now)
    enqueue(TELL, {"patron_id": patron_id}, by=by, run_after=now)
