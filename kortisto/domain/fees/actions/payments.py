"""Take a payment, forgive a charge."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.domain.fees.actions.journal import Entry, Line, write_once
from kortisto.domain.fees.events import ChargeForgiven, PaymentTaken
from kortisto.domain.fees.models import JournalEntry, Posting
from kortisto.domain.fees.permissions import FeePermission
from kortisto.domain.fees.queries import OpenCharge, open_charges
from kortisto.domain.patrons.models import Patron


@transaction.atomic
def pay(
    patron_id: int,
    cents: int,
    *,
    key: str,
    by: Actor,
    now: datetime,
    charge_ids: Sequence[int] | None = None,
    account: Posting.Account = Posting.Account.CASH,
) -> JournalEntry:
    """Settle a patron's charges with a sum, the oldest first. The same key pays once.

    ``charge_ids`` limits the payment to these charges. Raises ValueError when the sum
    is not above zero or more than what is owed: nothing is taken that is not owed.
    """
    by.require(FeePermission.TAKE_PAYMENT)
    assert by.library_id is not None  # noqa: S101 - staff work in a library
    Patron.objects.select_for_update(no_key=True).get(
        pk=patron_id
    )  # a second telling waits
    told = JournalEntry.objects.filter(key=f"pay:{key}").first()
    if told is not None:
        return told
    lines = settle(patron_id, cents, account=account, only=charge_ids)
    entry, is_new = write_once(
        Entry(
            kind=JournalEntry.Kind.PAYMENT,
            key=f"pay:{key}",
            library_id=by.library_id,
            lines=lines,
        ),
        by=by,
        at=now,
    )
    if is_new:
        patron_changed(patron_id)
        publish(
            PaymentTaken(entry_id=entry.pk, patron_id=patron_id, cents=cents),
            by=by,
            at=now,
        )
    return entry


@transaction.atomic
def forgive(
    patron_id: int, charge_id: int, *, key: str, by: Actor, now: datetime, note: str
) -> JournalEntry:
    """Write off what is left of one charge. Raises ValueError when nothing is left."""
    by.require(FeePermission.WRITE_OFF)
    assert by.library_id is not None  # noqa: S101 - staff work in a library
    Patron.objects.select_for_update(no_key=True).get(
        pk=patron_id
    )  # a second telling waits
    told = JournalEntry.objects.filter(key=f"forgive:{key}").first()
    if told is not None:
        return told
    left = next((c.cents for c in open_charges(patron_id) if c.id == charge_id), 0)
    lines = settle(patron_id, left, account=Posting.Account.FORGIVEN, only=[charge_id])
    entry, is_new = write_once(
        Entry(
            kind=JournalEntry.Kind.WRITE_OFF,
            key=f"forgive:{key}",
            library_id=by.library_id,
            lines=lines,
            note=note,
        ),
        by=by,
        at=now,
    )
    if is_new:
        patron_changed(patron_id)
        publish(
            ChargeForgiven(charge_id=charge_id, patron_id=patron_id, cents=left),
            by=by,
            at=now,
        )
    return entry


def settle(
    patron_id: int,
    cents: int,
    *,
    account: Posting.Account,
    only: Sequence[int] | None,
) -> tuple[Line, ...]:
    """The lines that settle a patron's charges with a sum, the oldest first.

    Raises ValueError for a sum that is not above zero or more than what is owed.
    """
    if cents <= 0:
        raise ValueError(_("There is nothing to settle."))
    lines: list[Line] = []
    left = cents
    for charge in open_charges(patron_id):
        if only is not None and charge.id not in only:
            continue
        part = min(left, charge.cents)
        if part <= 0:
            continue
        lines += _settling(charge, part, patron_id=patron_id, account=account)
        left -= part
    if left:
        raise ValueError(_("The sum is more than what is owed."))
    return tuple(lines)


def _settling(
    charge: OpenCharge, cents: int, *, patron_id: int, account: Posting.Account
) -> tuple[Line, Line]:
    return (
        Line(
            account=account,
            cents=cents,
            charge_id=charge.id,
            municipality_id=charge.municipality_id,
        ),
        Line(
            account=Posting.Account.PATRONS,
            cents=-cents,
            charge_id=charge.id,
            patron_id=patron_id,
            law=charge.law,
            municipality_id=charge.municipality_id,
        ),
    )


def patron_changed(patron_id: int) -> None:
    Patron.objects.filter(pk=patron_id).update(version=F("version") + 1)
