"""What the night forgets: who tried to enter, bans long over, words that lapsed."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.ages import completed_years
from kortisto.core.events import publish, publish_many
from kortisto.domain.entry.events import EntriesForgotten, GuardianAnswered
from kortisto.domain.entry.models import Ban, EntryAttempt, GuardianPermission
from kortisto.domain.entry.permissions import EntryPermission
from kortisto.domain.entry.settings import (
    ATTEMPTS_KEPT_DAYS,
    BANS_KEPT_DAYS,
    GUARDIAN_AGE,
)
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.frozen import frozen_patrons

AT_ONCE: Final = 1000  # rows in one transaction, so that no door waits


def forget_people(*, by: Actor, now: datetime) -> int:
    """Attempts older than the days of their library forget who it was."""
    by.require(EntryPermission.SEE_ENTRIES)
    forgotten = sum(
        _in_pages(
            old, lambda ids: EntryAttempt.objects.filter(pk__in=ids).update(patron=None)
        )
        for old in due_attempts(now)
    )
    _told(attempts=forgotten, bans=0, by=by, now=now)
    return forgotten


def due_attempts(now: datetime) -> "Iterator[QuerySet[EntryAttempt]]":
    """Attempts that still know who it was, and were kept long enough, by library."""
    tree = organisation()
    for library in tree.libraries():
        days = tree.setting(ATTEMPTS_KEPT_DAYS, library.id).value
        yield EntryAttempt.objects.filter(
            library_id=library.id,
            at__lt=now - timedelta(days=days),
            patron__isnull=False,
        ).exclude(patron__in=frozen_patrons())


def due_bans(now: datetime) -> "QuerySet[Ban]":
    """Bans that were kept long enough after their end."""
    days = organisation().setting(BANS_KEPT_DAYS, None).value
    over = Ban.objects.filter(ends_on__lt=localdate(now) - timedelta(days=days))
    return over.exclude(patron__in=frozen_patrons())


def forget_bans(*, by: Actor, now: datetime) -> int:
    """Bans that ended, or were lifted, long ago are deleted."""
    by.require(EntryPermission.BAN)
    forgotten = _in_pages(due_bans(now), _delete_bans)
    _told(attempts=0, bans=forgotten, by=by, now=now)
    return forgotten


def _delete_bans(ids: list[int]) -> int:
    Ban.objects.filter(pk__in=ids).delete()
    return len(ids)


def _told(*, attempts: int, bans: int, by: Actor, now: datetime) -> None:
    if attempts or bans:
        publish(EntriesForgotten(attempts=attempts, bans=bans), by=by, at=now)


def end_lapsed_words(*, by: Actor, now: datetime) -> int:
    """End what guardians have said about those who have grown out of it (OMA-2).

    The rule has not asked it since the birthday; here it is taken off the record,
    when no library's age limit is higher than the person's age.
    """
    by.require(EntryPermission.PERMIT)
    tree, today = organisation(), localdate(now)
    oldest = max(
        (tree.setting(GUARDIAN_AGE, one.id).value for one in tree.libraries()),
        default=tree.setting(GUARDIAN_AGE, None).value,
    )
    # A day more than the years: those born on 29 February come out right below.
    born_by = today - relativedelta(years=oldest) + timedelta(days=1)
    rows = GuardianPermission.objects.filter(
        ended_at=None, child__born_on__lte=born_by
    ).exclude(child__in=frozen_patrons())
    ended = [
        row.pk
        for row in rows.select_related("child")
        if row.child.born_on and completed_years(row.child.born_on, today) >= oldest
    ]
    for start in range(0, len(ended), AT_ONCE):
        _end(ended[start : start + AT_ONCE], by=by, now=now)
    return len(ended)


@transaction.atomic
def _end(ids: list[int], *, by: Actor, now: datetime) -> None:
    rows = GuardianPermission.objects.select_for_update()
    still = list(rows.filter(pk__in=ids, ended_at=None))
    GuardianPermission.objects.filter(pk__in=[row.pk for row in still]).update(
        ended_at=now, ended_by=by.label
    )
    publish_many(
        [GuardianAnswered(patron_id=row.child_id, answer="") for row in still],
        by=by,
        at=now,
    )


Page = Callable[[list[int]], int]


def _in_pages(rows: "QuerySet[EntryAttempt] | QuerySet[Ban]", do: Page) -> int:
    """Do it to the rows a page at a time; ``do`` makes each page leave ``rows``."""
    done = 0
    while page := list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            done += do(page)
    return done
