"""What is long overdue: marked so, and in the end lost, by days (CIR-43)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refused
from kortisto.domain.circulation.actions.claims import about, locked_loan
from kortisto.domain.circulation.actions.losing import (
    Compensation,
    lose,
    replacement_price,
    set_statuses,
)
from kortisto.domain.circulation.events import LoanLost
from kortisto.domain.circulation.loss_settings import (
    CHARGE_BY_ITSELF,
    LONG_OVERDUE_DAYS,
    LOST_DAYS,
)
from kortisto.domain.circulation.losses import Lost
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission as May
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.settings import Setting

AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Tonight:
    """What the coming night does at a library; days None: never."""

    library_id: int
    long_overdue_days: int | None
    long_overdue: int
    lost_days: int | None
    lost: int


def tonight(*, now: datetime) -> list[Tonight]:
    """Libraries where days have been decided; nothing is written."""
    told = []
    for library in organisation().libraries():
        long_days, lost_days = _days(library.id)
        if long_days is None and lost_days is None:
            continue
        told.append(
            Tonight(
                library_id=library.id,
                long_overdue_days=long_days,
                long_overdue=_long_overdue(library.id, now=now).count(),
                lost_days=lost_days,
                lost=_to_lose(library.id, now=now).count(),
            )
        )
    return told


def mark_long_overdue(*, by: Actor, now: datetime) -> dict[str, int]:
    """Do it; how many became ``lost`` and ``long_overdue``. Safe to run twice.

    Each loan is a short transaction of its own, so that no desk waits.
    """
    by.require(May.MARK_ITEMS)
    done = {"lost": 0, "long_overdue": 0}
    for library in organisation().libraries():
        for loan in _each(_to_lose(library.id, now=now)):
            done["lost"] += _lose(loan, by=by, now=now)
        for loan in _each(_long_overdue(library.id, now=now)):
            done["long_overdue"] += _mark(loan, by=by, now=now)
    return done


def _days(library_id: int) -> tuple[int | None, int | None]:
    tree = organisation()
    long_days = tree.setting(LONG_OVERDUE_DAYS, library_id).value
    return long_days, tree.setting(LOST_DAYS, library_id).value


def _late(
    library_id: int, setting: Setting[int | None], *, now: datetime
) -> "QuerySet[Loan]":
    """Loans by the rules of a library that are so many days over."""
    days = organisation().setting(setting, library_id).value
    if days is None:
        return Loan.objects.none()
    return Loan.objects.filter(
        returned_at=None,
        claimed_at=None,
        rules_library_id=library_id,
        due_at__lt=now - timedelta(days=days),
    ).select_related("item")


def _to_lose(library_id: int, *, now: datetime) -> "QuerySet[Loan]":
    late = _late(library_id, LOST_DAYS, now=now)
    return late.filter(item__lost__in=("", Lost.LONG_OVERDUE.value))


def _long_overdue(library_id: int, *, now: datetime) -> "QuerySet[Loan]":
    """Without those that are lost in the same night."""
    late = _late(library_id, LONG_OVERDUE_DAYS, now=now).filter(item__lost="")
    lost_days = organisation().setting(LOST_DAYS, library_id).value
    if lost_days is None:
        return late
    return late.filter(due_at__gte=now - timedelta(days=lost_days))


def _each(loans: "QuerySet[Loan]") -> Iterator[Loan]:
    """One by one, read in pages by key, while the caller changes them."""
    after = 0
    while page := list(loans.filter(pk__gt=after).order_by("pk")[:AT_ONCE]):
        yield from page
        after = page[-1].pk


def _lose(loan: Loan, *, by: Actor, now: datetime) -> bool:
    charged = organisation().setting(CHARGE_BY_ITSELF, loan.rules_library_id).value
    price = replacement_price(loan.item) if charged else None
    try:
        lose(loan.pk, Compensation(cents=price or 0), by=by, now=now)
    except Refused:  # it has come back meanwhile
        return False
    return True


@transaction.atomic
def _mark(loan: Loan, *, by: Actor, now: datetime) -> bool:
    code = Lost.LONG_OVERDUE.value
    try:
        found = locked_loan(loan.pk)
    except Refused:  # it has come back meanwhile
        return False
    if found.claimed_at is not None or found.due_at >= now:
        return False
    set_statuses(found.item_id, {"lost": code}, by=by, now=now)
    told = LoanLost(**about(found), lost=code, ended=False)
    publish(told, by=by, at=now)
    return True
