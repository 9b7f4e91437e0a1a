"""Give everybody's card the validity that is set now (S14), as after a migration.

A card that would end earlier than it does keeps its day, unless that is asked for.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Final

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.domain.patrons.actions.writing import write_changes
from kortisto.domain.patrons.frozen import frozen_patrons
from kortisto.domain.patrons.models import Patron, PatronCategory, Source
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.queries import months_of_validity
from kortisto.domain.patrons.rules import expiry

AT_ONCE: Final = 200  # patrons in one transaction, so that no desk waits
Months = Callable[[PatronCategory, int], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Redating:
    """What is asked for. ``from_today``: else from the last check of the data.

    Where neither a check nor the registration is known, it is from today.
    """

    from_today: bool = False
    earlier_too: bool = False
    categories: Collection[str] = ()  # codes; empty: all
    write: bool = False


@dataclass(slots=True)
class Redated:
    """How many cards of a category end later or earlier, and between which days."""

    read: int = 0
    later: int = 0
    earlier: int = 0
    kept: int = 0  # would end earlier, and keep their day
    first: date | None = None
    last: date | None = None


@dataclass(slots=True)
class RedatingReport:
    by_category: dict[str, Redated] = field(default_factory=dict)

    @property
    def changed(self) -> int:
        return sum(one.later + one.earlier for one in self.by_category.values())


def redate_cards(
    asked: Redating,
    *,
    by: Actor,
    now: datetime,
    progress: Callable[[int], None] = lambda _done: None,
) -> RedatingReport:
    """Without ``asked.write`` it only counts. Doing it again changes nothing more."""
    by.require(PatronPermission.EDIT)
    report, done = RedatingReport(), 0
    months: Months = cache(months_of_validity)
    for ids in _pages(_meant(asked)):
        _redate(ids, asked, report, months, by=by, now=now)
        done += len(ids)
        progress(done)
    return report


def _meant(asked: Redating) -> "QuerySet[Patron]":
    """Whoever is in the register and alive, and whose data may be used."""
    patrons = Patron.objects.filter(binned_at=None, died_on=None)
    patrons = patrons.exclude(pk__in=frozen_patrons())
    if asked.categories:
        patrons = patrons.filter(category__code__in=asked.categories)
    return patrons


def _pages(patrons: "QuerySet[Patron]") -> Iterator[list[int]]:
    last, ordered = 0, patrons.order_by("pk").values_list("pk", flat=True)
    while page := list(ordered.filter(pk__gt=last)[:AT_ONCE]):
        yield page
        last = page[-1]


@transaction.atomic
def _redate(
    ids: list[int],
    asked: Redating,
    report: RedatingReport,
    months: Months,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """One page: lock, count and write."""
    today = localdate(now)
    list(Patron.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    patrons = Patron.objects.filter(pk__in=ids).select_related("category")
    for patron in patrons.annotate(checked_at=Max("renewals__at")).order_by("pk"):
        start = today if asked.from_today else _start(patron, today)
        until = expiry(start, months(patron.category, patron.home_library_id))
        counted = report.by_category.setdefault(patron.category.code, Redated())
        if _count(patron.expires_on, until, counted, asked) and asked.write:
            values = {"expires_on": until}
            write_changes(patron, values, by=by, now=now, source=Source.JOB)


def _start(patron: Patron, today: date) -> date:
    checked_at: datetime | None = patron.checked_at  # type: ignore[attr-defined]
    if checked_at is not None:
        return localdate(checked_at)
    return patron.registered_on or today


def _count(was: date, until: date, counted: Redated, asked: Redating) -> bool:
    """Whether the card gets another day."""
    counted.read += 1
    if until == was:
        return False
    if until < was and not asked.earlier_too:
        counted.kept += 1
        return False
    if until > was:
        counted.later += 1
    else:
        counted.earlier += 1
    counted.first = min(counted.first or until, until)
    counted.last = max(counted.last or until, until)
    return True
