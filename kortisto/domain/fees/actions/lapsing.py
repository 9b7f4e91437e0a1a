"""Charges that were never paid lapse when the law's time is over (GDP-1)."""

from collections.abc import Iterator
from datetime import datetime, time
from typing import Final

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils.timezone import localdate, make_aware

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.domain.fees.actions.journal import Entry, write_once
from kortisto.domain.fees.actions.payments import patron_changed, settle
from kortisto.domain.fees.events import ChargeLapsed
from kortisto.domain.fees.models import Charge, ChargeType, JournalEntry, Posting
from kortisto.domain.fees.permissions import FeePermission
from kortisto.domain.fees.queries import open_charges
from kortisto.domain.fees.settings import LAPSE_PRIVATE_YEARS, LAPSE_PUBLIC_YEARS
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.models import Patron

AT_ONCE: Final = 500
LAW: Final = ChargeType.Law


def due_lapsing(now: datetime) -> "QuerySet[Charge]":
    """Charges of which something is owed and whose time is over.

    A fine that still grows, because the book is still away, does not lapse.
    """
    tree = organisation()
    public = tree.setting(LAPSE_PUBLIC_YEARS, None).value
    private = tree.setting(LAPSE_PRIVATE_YEARS, None).value
    new_year = localdate(now).replace(month=1, day=1) - relativedelta(years=public)
    over = Q(
        type__law=LAW.PUBLIC, made_at__lt=make_aware(datetime.combine(new_year, time()))
    ) | Q(type__law=LAW.PRIVATE, made_at__lt=now - relativedelta(years=private))
    growing = Q(loan_id__isnull=False, frozen_at=None)
    return (
        Charge.objects.filter(over)
        .exclude(growing)
        .annotate(
            left=Sum(
                "postings__cents",
                filter=Q(postings__account=Posting.Account.PATRONS),
                default=0,
            )
        )
        .filter(left__gt=0)
    )


def lapse_old_charges(*, by: Actor, now: datetime) -> int:
    """Write off what nobody may ask for any more; how many. Each is a transaction."""
    by.require(FeePermission.WRITE_OFF)
    return sum(_lapse(charge, by=by, now=now) for charge in _each(now))


def _each(now: datetime) -> Iterator[Charge]:
    """One after another, each of which leaves those that are due."""
    last = 0
    while page := list(due_lapsing(now).filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        yield from page
        last = page[-1].pk


@transaction.atomic
def _lapse(charge: Charge, *, by: Actor, now: datetime) -> int:
    patron_id = charge.patron_id
    Patron.objects.select_for_update(no_key=True).get(pk=patron_id)  # a payment waits
    left = next((c.cents for c in open_charges(patron_id) if c.id == charge.pk), 0)
    if left <= 0:
        return 0  # it was paid meanwhile
    forgiven = Posting.Account.FORGIVEN
    entry = Entry(
        kind=JournalEntry.Kind.LAPSE,
        key=f"lapse:{charge.pk}",
        library_id=charge.library_id,
        lines=settle(patron_id, left, account=forgiven, only=[charge.pk]),
    )
    _row, is_new = write_once(entry, by=by, at=now)
    if is_new:
        patron_changed(patron_id)
        event = ChargeLapsed(charge_id=charge.pk, patron_id=patron_id, cents=left)
        publish(event, by=by, at=now)
    return int(is_new)
