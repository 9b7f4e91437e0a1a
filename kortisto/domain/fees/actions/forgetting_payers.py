"""Let accounts forget whose they were, when the Accounting Act lets go of it (GDP-1).

What is settled goes over to a row that stands for nobody: every sum of a municipality
and of a day stays as it was, and no balance of anybody changes.
"""

from datetime import datetime, time
from typing import Final

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Max, Q, QuerySet, Sum
from django.utils.timezone import localdate, make_aware

from kortisto.core.actors import Actor, ActorKind
from kortisto.domain.fees.models import Charge, JournalEntry, Posting
from kortisto.domain.fees.permissions import FeePermission
from kortisto.domain.fees.settings import ACCOUNTS_YEARS
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.erasing import nobody
from kortisto.domain.patrons.frozen import frozen_patrons
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.personal_data import ERASED

AT_ONCE: Final = 500
SOMEBODY: Final = f"{ActorKind.PATRON.value}:"


def due_forgetting(now: datetime) -> "QuerySet[Charge]":
    """Settled charges with a person, on which nothing has moved since the law's years.

    These are counted from the end of the year of the last movement.
    """
    years = organisation().setting(ACCOUNTS_YEARS, None).value
    first = localdate(now).replace(month=1, day=1) - relativedelta(years=years)
    owed = Q(postings__account=Posting.Account.PATRONS)
    return (
        Charge.objects.exclude(patron__surname=ERASED, patron__bin_reason=ERASED)
        .exclude(patron__in=frozen_patrons())
        .annotate(
            left=Sum("postings__cents", filter=owed),
            last=Max("postings__entry__happened_at"),
        )
        .filter(left=0, last__lt=make_aware(datetime.combine(first, time())))
    )


def forget_payers(*, by: Actor, now: datetime) -> int:
    """How many charges forgot whose they were; a page is a transaction."""
    by.require(FeePermission.WRITE_OFF)
    forgotten = 0
    while page := _page(now):
        forgotten += _forget(page, now=now)
    return forgotten


def _page(now: datetime) -> list[int]:
    return list(
        due_forgetting(now).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
    )


@transaction.atomic
def _forget(charge_ids: list[int], *, now: datetime) -> int:
    charges = Charge.objects.filter(pk__in=charge_ids)
    owners = set(charges.values_list("patron_id", flat=True))
    locked = list(
        Patron.objects.select_for_update().filter(pk__in=owners).order_by("pk")
    )
    standing = nobody(like=locked[0], now=now)
    entries = JournalEntry.objects.filter(postings__charge__in=charge_ids)
    entry_ids = list(entries.values_list("pk", flat=True).distinct())
    Posting.objects.filter(charge__in=charge_ids, patron__isnull=False).update(
        patron=standing
    )
    told = JournalEntry.objects.filter(pk__in=entry_ids)
    told.update(note="")
    told.filter(actor__startswith=SOMEBODY).update(actor=ActorKind.PATRON.value)
    return charges.update(
        patron=standing,
        loan_id=None,
        loan_period=None,
        item_id=None,
        title="",
        note="",
        trace={},
    )
