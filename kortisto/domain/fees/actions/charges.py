"""Charge patrons: by hand, and for overdue loans."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext as _

from kortisto.core.actors import Actor
from kortisto.core.events import Event, publish, publish_many
from kortisto.domain.fees.actions.journal import Entry, owed, write
from kortisto.domain.fees.events import ChargeGrew, ChargeMade
from kortisto.domain.fees.models import Charge, ChargeType, JournalEntry, Posting
from kortisto.domain.fees.permissions import FeePermission
from kortisto.domain.fees.types import DECLARED, OVERDUE
from kortisto.domain.fees.whose import Late, municipalities_of
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.models import Patron


def charge_type(code: str) -> ChargeType:
    """The charge type with this code; an agreed one is made when it is missing.

    Raises ValueError for a code that nobody has agreed on or made.
    """
    found = ChargeType.objects.filter(code=code).first()
    if found is not None:
        return found
    declared = next((d for d in DECLARED if d.code == code), None)
    if declared is None:
        raise ValueError(_("There is no such type of charge."))
    name_fi, name_sv, name_en = declared.names
    return ChargeType.objects.get_or_create(
        code=code,
        defaults={
            "name_fi": name_fi,
            "name_sv": name_sv,
            "name_en": name_en,
            "law": declared.law,
            "default_cents": declared.default_cents,
            "by_hand": declared.by_hand,
        },
    )[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a charge is for: where it arose, of which item, and why so much."""

    library_id: int | None = None
    item_id: int | None = None
    title: str = ""
    trace: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def charge(
    patron_id: int,
    type_code: str,
    cents: int,
    *,
    key: str,
    by: Actor,
    now: datetime,
    note: str = "",
    origin: Origin | None = None,
) -> Charge:
    """Charge a patron, at the actor's library unless the origin names another.

    The same ``key`` charges once. Raises NotPermitted, and ValueError for a sum that
    is not above zero or a type that is unknown, no longer used or not charged by hand.
    """
    by.require(FeePermission.CHARGE)
    kind = charge_type(type_code)
    if cents <= 0:
        raise ValueError(_("A charge must be more than 0,00 €."))
    if not (kind.by_hand and kind.active):
        raise ValueError(_("This type of charge is not made by hand."))
    about = origin or Origin()
    place = about.library_id or by.library_id
    assert place is not None  # noqa: S101 - staff work in a library
    Patron.objects.select_for_update(no_key=True).get(
        pk=patron_id
    )  # a second telling waits
    told = Posting.objects.filter(entry__key=f"charge:{key}").first()
    if told is not None and told.charge_id is not None:
        return Charge.objects.get(pk=told.charge_id)
    municipality = organisation().municipality_of(place)
    made = Charge.objects.create(
        patron_id=patron_id,
        type=kind,
        library_id=place,
        municipality_id=municipality,
        item_id=about.item_id,
        title=about.title[:200],
        note=note,
        trace=dict(about.trace),
        made_by=by.label,
        made_at=now,
    )
    lines = owed(
        cents,
        charge_id=made.pk,
        patron_id=patron_id,
        law=kind.law,
        municipality_id=municipality,
    )
    entry = Entry(
        kind=JournalEntry.Kind.CHARGE,
        key=f"charge:{key}",
        library_id=place,
        lines=lines,
        note=note,
    )
    write([entry], by=by, at=now)
    Patron.objects.filter(pk=patron_id).update(version=F("version") + 1)
    publish(
        ChargeMade(charge_id=made.pk, patron_id=patron_id, cents=cents, type=kind.code),
        by=by,
        at=now,
    )
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class FineDue:
    """What the fine of one loan period is altogether by now."""

    loan_id: int
    period: int  # renewals so far: a renewal starts a new charge
    patron_id: int
    library_id: int
    item_id: int
    title: str
    cents: int
    trace: dict[str, Any] = field(default_factory=dict)
    final: bool = False  # the loan period has ended: the fine grows no more

    @property
    def late(self) -> Late:
        return Late(self.library_id, self.item_id, self.patron_id)


@transaction.atomic
def accrue(fines: Sequence[FineDue], *, by: Actor, now: datetime) -> int:
    """Bring each fine to its sum: post only what is missing, or too much (FEE-3).

    What was accrued before is never charged again, paid or not, since the difference
    is taken from what was earned, not from what is still owed. The caller holds the
    loans' rows. Returns how many fines changed.
    """
    if not fines:
        return 0
    kind = charge_type(OVERDUE)
    charges = _charges_for(fines, kind, by=by, now=now)
    entries, events, touched = [], list[Event](), []
    for fine in fines:
        found = charges.get((fine.loan_id, fine.period))
        if found is None or found.charge.frozen_at is not None:
            continue
        if fine.final:
            found.charge.frozen_at = now
        missing = fine.cents - found.accrued
        if missing or fine.final:
            found.charge.trace = fine.trace
            touched.append(found.charge)
        if missing:
            entries.append(_step(fine, found, kind, missing=missing))
            events.append(
                ChargeGrew(
                    charge_id=found.charge.pk,
                    patron_id=fine.patron_id,
                    cents=fine.cents,
                )
            )
    Charge.objects.bulk_update(touched, ["trace", "frozen_at"])
    write(entries, by=by, at=now)
    publish_many(events, by=by, at=now)
    Patron.objects.filter(pk__in={fine.patron_id for fine in fines}).update(
        version=F("version") + 1
    )
    return len(entries)


@dataclass(slots=True)
class _Found:
    charge: Charge
    accrued: int
    steps: int


def _charges_for(
    fines: Sequence[FineDue], kind: ChargeType, *, by: Actor, now: datetime
) -> dict[tuple[int, int], _Found]:
    """The charge of each fine with what it has earned so far; new ones are made."""
    wanted = {(fine.loan_id, fine.period): fine for fine in fines}
    found = {
        (row.loan_id or 0, row.loan_period or 0): row
        for row in Charge.objects.filter(
            type=kind, loan_id__in={fine.loan_id for fine in fines}
        )
    }
    fresh = [fine for key, fine in wanted.items() if key not in found and fine.cents]
    whose = municipalities_of({fine.late for fine in fresh})
    Charge.objects.bulk_create(
        Charge(
            patron_id=fine.patron_id,
            type=kind,
            library_id=fine.library_id,
            municipality_id=whose[fine.late],
            loan_id=fine.loan_id,
            loan_period=fine.period,
            item_id=fine.item_id,
            title=fine.title,
            made_by=by.label,
            made_at=now,
        )
        for fine in fresh
    )
    earned = Q(postings__account=Posting.Account.INCOME)
    rows = Charge.objects.filter(
        type=kind, loan_id__in={fine.loan_id for fine in fines}
    ).annotate(
        earned=Sum("postings__cents", filter=earned),
        steps=Count("postings", filter=earned),
    )
    return {
        (row.loan_id or 0, row.loan_period or 0): _Found(
            row, -(row.earned or 0), row.steps
        )
        for row in rows
    }


def _step(fine: FineDue, found: _Found, kind: ChargeType, *, missing: int) -> Entry:
    charge_row = found.charge
    return Entry(
        kind=JournalEntry.Kind.ACCRUAL,
        key=f"fine:{charge_row.pk}:{found.steps}",
        library_id=charge_row.library_id,
        lines=owed(
            missing,
            charge_id=charge_row.pk,
            patron_id=fine.patron_id,
            law=kind.law,
            municipality_id=charge_row.municipality_id,
        ),
    )


def let_grow_again(loan_id: int, period: int) -> None:
    """What was thought to be the end of a loan period was not: its fine may change."""
    fines = Charge.objects.filter(loan_id=loan_id, loan_period=period)
    fines.filter(type__code=OVERDUE).update(frozen_at=None)


@transaction.atomic
def take_back_fine(loan_id: int, period: int, *, by: Actor, now: datetime) -> None:
    """Let the fine of a loan period run again: its return has been undone.

    What had been accrued by the return is credited; the next run accrues anew.
    """
    charge_row = (
        Charge.objects.select_related("type")
        .filter(loan_id=loan_id, loan_period=period, type__code=OVERDUE)
        .first()
    )
    if charge_row is None:
        return
    Charge.objects.filter(pk=charge_row.pk).update(frozen_at=None)
    accrue(
        [
            FineDue(
                loan_id=loan_id,
                period=period,
                patron_id=charge_row.patron_id,
                library_id=charge_row.library_id,
                item_id=charge_row.item_id or 0,
                title=charge_row.title,
                cents=0,
            )
        ],
        by=by,
        now=now,
    )
