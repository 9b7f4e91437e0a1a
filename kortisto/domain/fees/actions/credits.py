"""Money that a charge owes its patron: give it back, or use it for other charges.

A fine that was paid and then lowered, by a return dated back or undone, leaves a
credit (FEE-10). Only what was paid is a credit: a forgiven charge gives none.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from kortisto.core.actors import Actor
from kortisto.core.events import Event, publish
from kortisto.domain.fees.actions.journal import Entry, Line, write_once
from kortisto.domain.fees.events import CreditUsed, MoneyGivenBack
from kortisto.domain.fees.models import JournalEntry, Posting
from kortisto.domain.fees.permissions import FeePermission
from kortisto.domain.fees.queries import Credit, credits_of, open_charges
from kortisto.domain.patrons.models import Patron

Account = Posting.Account


@transaction.atomic
def refund(
    patron_id: int,
    cents: int,
    *,
    key: str,
    by: Actor,
    now: datetime,
    account: Posting.Account = Account.CASH,
) -> JournalEntry:
    """Give a patron credit back in money, the oldest first. The same key gives once.

    Raises NotPermitted, and ValueError when the sum is not above zero or is more than
    the credit.
    """
    by.require(FeePermission.REFUND)
    assert by.library_id is not None  # noqa: S101 - staff work in a library
    Patron.objects.select_for_update(no_key=True).get(
        pk=patron_id
    )  # a second telling waits
    told = JournalEntry.objects.filter(key=f"refund:{key}").first()
    if told is not None:
        return told
    if cents <= 0:
        raise ValueError(_("There is nothing to give back."))
    lines: list[Line] = []
    left = cents
    for credit in credits_of(patron_id):
        part = min(left, credit.cents)
        if part:
            lines += _taken_from(credit, part, patron_id, ((account, part),))
            left -= part
    if left:
        raise ValueError(_("The sum is more than the credit."))
    entry = Entry(
        kind=JournalEntry.Kind.REFUND,
        key=f"refund:{key}",
        library_id=by.library_id,
        lines=tuple(lines),
    )
    row, _is_new = write_once(entry, by=by, at=now)
    given = MoneyGivenBack(entry_id=row.pk, patron_id=patron_id, cents=cents)
    _tell(given, patron_id, by=by, now=now)
    return row


@transaction.atomic
def use_credit(patron_id: int, *, key: str, by: Actor, now: datetime) -> JournalEntry:
    """Pay other charges with the patron's credit, the oldest first, as far as it goes.

    The same key pays once. The money moves with its account from charge to charge, so
    that each municipality has what it earned. Raises NotPermitted, and ValueError when
    there is no credit or no charge.
    """
    by.require(FeePermission.TAKE_PAYMENT)
    assert by.library_id is not None  # noqa: S101 - staff work in a library
    Patron.objects.select_for_update(no_key=True).get(
        pk=patron_id
    )  # a second telling waits
    told = JournalEntry.objects.filter(key=f"credit:{key}").first()
    if told is not None:
        return told
    lines = tuple(_moves(patron_id))
    if not lines:
        raise ValueError(_("There is nothing to settle."))
    entry = Entry(
        kind=JournalEntry.Kind.CREDIT,
        key=f"credit:{key}",
        library_id=by.library_id,
        lines=lines,
    )
    row, _is_new = write_once(entry, by=by, at=now)
    cents = sum(
        line.cents
        for line in lines
        if line.account is Account.PATRONS and line.cents > 0
    )
    used = CreditUsed(entry_id=row.pk, patron_id=patron_id, cents=cents)
    _tell(used, patron_id, by=by, now=now)
    return row


def _moves(patron_id: int) -> Iterator[Line]:
    """Lines from each credit to each charge, both the oldest first."""
    owed = [(charge, charge.cents) for charge in open_charges(patron_id)]
    for credit in credits_of(patron_id):
        left, paid = credit.cents, dict(credit.paid)
        while left and owed:
            charge, missing = owed[0]
            part = min(left, missing)
            money = tuple(_drawn(paid, part))
            yield from _taken_from(credit, part, patron_id, money)
            for account, cents in money:
                yield Line(
                    account=account,
                    cents=cents,
                    charge_id=charge.id,
                    municipality_id=charge.municipality_id,
                )
            yield Line(
                account=Account.PATRONS,
                cents=-part,
                charge_id=charge.id,
                patron_id=patron_id,
                law=charge.law,
                municipality_id=charge.municipality_id,
            )
            left -= part
            owed[0] = (charge, missing - part)
            if part == missing:
                owed.pop(0)


def _drawn(
    paid: dict[Posting.Account, int], cents: int
) -> Iterator[tuple[Posting.Account, int]]:
    """The sum from the accounts that were paid to; what is drawn leaves ``paid``."""
    for account, there in paid.items():
        part = min(cents, there)
        if part > 0:
            paid[account] -= part
            cents -= part
            yield account, part


def _taken_from(
    credit: Credit,
    cents: int,
    patron_id: int,
    money: tuple[tuple[Posting.Account, int], ...],
) -> Iterator[Line]:
    yield Line(
        account=Account.PATRONS,
        cents=cents,
        charge_id=credit.charge_id,
        patron_id=patron_id,
        law=credit.law,
        municipality_id=credit.municipality_id,
    )
    for account, part in money:
        yield Line(
            account=account,
            cents=-part,
            charge_id=credit.charge_id,
            municipality_id=credit.municipality_id,
        )


def _tell(event: Event, patron_id: int, *, by: Actor, now: datetime) -> None:
    Patron.objects.filter(pk=patron_id).update(version=F("version") + 1)
    publish(event, by=by, at=now)
