"""What the night does to the register: people come of age, old orders are asked of."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.errands import NewErrand, ask
from kortisto.core.events import publish
from kortisto.domain.patrons.actions.family import (
    answering,
    end_link,
    give_bills_to_next,
    in_force,
    links_in_force,
)
from kortisto.domain.patrons.actions.writing import locked, write_changes
from kortisto.domain.patrons.errands import PROTECTION_LAPSED, SOON
from kortisto.domain.patrons.events import GrewUp
from kortisto.domain.patrons.frozen import frozen_patrons
from kortisto.domain.patrons.models import (
    Guardianship,
    Patron,
    PatronCategory,
    Source,
)
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.queries import terms_of
from kortisto.domain.patrons.rules import has_outgrown

AT_ONCE: Final = 500


def let_grow_up(*, by: Actor, now: datetime) -> int:
    """Give everybody who has outgrown a category its next one; how many (PAT-12).

    Guardians' links end with the day before, phone and e-mail are marked to be
    checked since they may be a guardian's, and debts stay with whom they were billed
    to. Each patron is a transaction: it may be stopped and run again.
    """
    by.require(PatronPermission.EDIT)
    today = localdate(now)
    ageing = PatronCategory.objects.filter(next_category__isnull=False)
    return sum(
        _grow_up(patron_id, by=by, now=now)
        for category in ageing
        for patron_id in _outgrown(category, today)
    )


def _outgrown(category: PatronCategory, today: date) -> Iterator[int]:
    """Ids of those who may be old enough; each is looked at again under its lock."""
    years = (category.max_age or 0) + 1
    latest = date(today.year - years, 12, 31)
    born = Patron.objects.filter(category=category, born_on__lte=latest)
    born = born.filter(binned_at=None).exclude(pk__in=frozen_patrons())
    yield from _pages(born)


@transaction.atomic
def _grow_up(patron_id: int, *, by: Actor, now: datetime) -> int:
    today = localdate(now)
    patron = locked(patron_id)
    following = patron.category.next_category
    if following is None or not has_outgrown(
        terms_of(patron.category), patron.born_on, today
    ):
        return 0
    values: dict[str, Any] = {"category": following}
    ended: dict[str, tuple[str, str]] = {}
    if not following.may_have_guardian:
        links = list(in_force(patron_id, today))
        for link in links:
            end_link(link, last_day=today - timedelta(days=1))
        if links:
            ended["guardian"] = (", ".join(str(link.pk) for link in links), "")
            values["check_phone"] = bool(patron.phone) or patron.check_phone
            values["check_email"] = bool(patron.email) or patron.check_email
    write_changes(patron, values, beside=ended, by=by, now=now, source=Source.JOB)
    publish(GrewUp(patron_id=patron_id), by=by, at=now)
    return 1


def hand_bills_on(*, by: Actor, now: datetime) -> int:
    """Bills go to the next guardian where who got them has ended; how many.

    A link with a last day ends by itself: nobody is there to choose an heir. Each
    dependant is a transaction: it may be stopped and run again.
    """
    by.require(PatronPermission.EDIT)
    today = localdate(now)
    paid = links_in_force(today).filter(gets_bills=True).values("dependant_id")
    unpaid = links_in_force(today).exclude(dependant_id__in=paid)
    unpaid = unpaid.filter(kind__in=Guardianship.ANSWERING)
    ids = Patron.objects.filter(binned_at=None, pk__in=unpaid.values("dependant_id"))
    ids = ids.exclude(pk__in=frozen_patrons())
    return sum(_hand_on(patron_id, by=by, now=now) for patron_id in _pages(ids))


@transaction.atomic
def _hand_on(patron_id: int, *, by: Actor, now: datetime) -> int:
    patron = locked(patron_id)
    links = in_force(patron_id, localdate(now))
    if links.filter(gets_bills=True).exists():
        return 0
    heir = give_bills_to_next(answering(patron_id, localdate(now)))
    if heir is None:
        return 0
    told = {"guardian_order": ("", f"{heir.pk}*")}
    write_changes(patron, {}, beside=told, by=by, now=now, source=Source.JOB)
    return 1


def ask_about_protection(*, by: Actor, now: datetime) -> int:
    """Ask a person about each protection whose last day has passed; how many (GDP-5).

    Nothing but a person ever lifts a protection: an order may have been prolonged
    without our hearing of it, and an address that is shown by mistake could cost a
    life. Who has been asked is asked once; when the task was ended and the record
    still says the same, another task is made.
    """
    by.require(PatronPermission.EDIT)
    today = localdate(now)
    over = Patron.objects.filter(is_protected=True, protected_until_on__lt=today)
    asked = 0
    for patron_id in _pages(over.filter(binned_at=None)):
        errand = NewErrand(
            kind=PROTECTION_LAPSED,
            subject_id=patron_id,
            unit_id=None,  # the home library is hidden
            due_on=today + timedelta(days=SOON),
        )
        asked += ask(errand, by=by, now=now).made_at == now
    return asked


def _pages(patrons: "QuerySet[Patron]") -> Iterator[int]:
    """Ids in their order, a page at a time, whatever becomes of the rows meanwhile."""
    last = 0
    ordered = patrons.order_by("pk").values_list("pk", flat=True)
    while page := list(ordered.filter(pk__gt=last)[:AT_ONCE]):
        yield from page
        last = page[-1]
