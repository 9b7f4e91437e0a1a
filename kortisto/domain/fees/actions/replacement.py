"""Charge the replacement of what is lost or damaged, and take back what a loan cost.

For actions of lending, inside their transactions: they have checked who may.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q, Sum

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.domain.fees.actions.charges import charge_type
from kortisto.domain.fees.actions.journal import Entry, owed, write
from kortisto.domain.fees.events import ChargeMade, ChargeTakenBack
from kortisto.domain.fees.models import Charge, JournalEntry, Posting
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.models import Patron

REPLACEMENT: Final = "LOST"  # charge type


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """What is charged of a loan; the owner of the item gets it."""

    loan_id: int
    period: int
    patron_id: int
    owner_id: int  # home library of the item
    item_id: int
    title: str
    cents: int
    note: str = ""
    trace: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def charge_replacement(new: Replacement, *, by: Actor, now: datetime) -> Charge | None:
    """Charge it once for a loan: None when the charge stands already.

    One that was taken back, since the item had been found meanwhile, is made again.
    """
    kind = charge_type(REPLACEMENT)
    earlier = replacement_of(new.loan_id)
    if earlier is not None:
        if _standing(earlier)[0] > 0:
            return None
        charge_again(earlier.pk, new.cents, by=by, now=now)
        return earlier
    municipality = organisation().municipality_of(new.owner_id)
    made = Charge.objects.create(
        patron_id=new.patron_id,
        type=kind,
        library_id=new.owner_id,
        municipality_id=municipality,
        loan_id=new.loan_id,
        loan_period=new.period,
        item_id=new.item_id,
        title=new.title[:200],
        note=new.note[:300],
        trace=dict(new.trace),
        made_by=by.label,
        made_at=now,
        frozen_at=now,
    )
    _post(made, new.cents, kind=JournalEntry.Kind.CHARGE, step="made", by=by, now=now)
    event = ChargeMade(
        charge_id=made.pk, patron_id=new.patron_id, cents=new.cents, type=kind.code
    )
    publish(event, by=by, at=now)
    return made


def replacement_of(loan_id: int) -> Charge | None:
    """The replacement charge of a loan, whether it stands or was taken back."""
    found = Charge.objects.select_related("type")
    return found.filter(loan_id=loan_id, type__code=REPLACEMENT).first()


@transaction.atomic
def take_back(
    found: Charge, *, trace: Mapping[str, Any], by: Actor, now: datetime
) -> int:
    """Nothing is owed for it after all: the item is there. How many cents.

    What has been paid becomes a credit; what was forgiven gives none. ``trace`` says
    why, for "Why?".
    """
    cents, steps = _standing(found)
    if cents <= 0:
        return 0
    Charge.objects.filter(pk=found.pk).update(trace=dict(trace), frozen_at=now)
    kind = JournalEntry.Kind.REVERSAL
    _post(found, -cents, kind=kind, step=f"back:{steps}", by=by, now=now)
    event = ChargeTakenBack(charge_id=found.pk, patron_id=found.patron_id, cents=cents)
    publish(event, by=by, at=now)
    return cents


@transaction.atomic
def take_back_all(
    loan_id: int, *, trace: Mapping[str, Any], by: Actor, now: datetime
) -> int:
    """Everything that a loan has cost, fines of each period included. Cents."""
    charges = Charge.objects.select_related("type").filter(loan_id=loan_id)
    return sum(take_back(each, trace=trace, by=by, now=now) for each in charges)


@transaction.atomic
def charge_again(charge_id: int, cents: int, *, by: Actor, now: datetime) -> None:
    """What had taken the charge back was undone."""
    found = Charge.objects.select_related("type").get(pk=charge_id)
    _cents, steps = _standing(found)
    Charge.objects.filter(pk=charge_id).update(
        trace={name: found.trace[name] for name in found.trace if name != "found"}
    )
    kind = JournalEntry.Kind.CHARGE
    _post(found, cents, kind=kind, step=f"again:{steps}", by=by, now=now)
    event = ChargeMade(
        charge_id=charge_id,
        patron_id=found.patron_id,
        cents=cents,
        type=found.type.code,
    )
    publish(event, by=by, at=now)


def _standing(found: Charge) -> tuple[int, int]:
    """What was earned by a charge and not forgiven, and how many lines it has."""
    account = Posting.Account
    lines = Posting.objects.filter(charge=found)
    sums = lines.aggregate(
        earned=Sum("cents", filter=Q(account=account.INCOME), default=0),
        forgiven=Sum("cents", filter=Q(account=account.FORGIVEN), default=0),
    )
    return -sums["earned"] - sums["forgiven"], lines.count()


def _post(
    found: Charge,
    cents: int,
    *,
    kind: JournalEntry.Kind,
    step: str,
    by: Actor,
    now: datetime,
) -> None:
    lines = owed(
        cents,
        charge_id=found.pk,
        patron_id=found.patron_id,
        law=found.type.law,
        municipality_id=found.municipality_id,
    )
    entry = Entry(
        kind=kind,
        key=f"of-loan:{found.pk}:{step}",
        library_id=found.library_id,
        lines=lines,
    )
    write([entry], by=by, at=now)
    patrons = Patron.objects.filter(pk=found.patron_id)
    patrons.update(version=F("version") + 1)
