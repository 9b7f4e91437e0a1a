"""Questions about money. A balance is a sum; nothing here writes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, Sum

from kortisto.core.names import in_language
from kortisto.domain.fees.models import Charge, Posting


@dataclass(frozen=True, slots=True)
class OpenCharge:
    """A charge of which something is still owed."""

    id: int
    cents: int  # still owed
    law: str
    type_code: str
    type_names: dict[str, str]
    municipality_id: int
    library_id: int
    title: str
    note: str
    loan_id: int | None
    made_at: datetime
    trace: dict[str, Any]

    @property
    def type_name(self) -> str:
        return in_language(self.type_names)


@dataclass(frozen=True, slots=True)
class Balance:
    """What a patron owes, in cents; only the public-law part bars borrowing."""

    public_cents: int
    private_cents: int

    @property
    def cents(self) -> int:
        return self.public_cents + self.private_cents


def balance(patron_id: int) -> Balance:
    sums = Posting.objects.filter(patron_id=patron_id).aggregate(
        public=Sum("cents", filter=Q(law="public")),
        private=Sum("cents", filter=Q(law="private")),
    )
    return Balance(sums["public"] or 0, sums["private"] or 0)


def owed_by(patron_ids: Collection[int]) -> dict[int, int]:
    """Cents that each of the patrons owes; who owes nothing is not in the answer."""
    sums = (
        Posting.objects.filter(patron_id__in=patron_ids)
        .values_list("patron_id")
        .annotate(owed=Sum("cents"))
        .order_by()
    )
    return {patron_id: owed for patron_id, owed in sums if owed > 0}


def open_charges(patron_id: int) -> list[OpenCharge]:
    """Charges of which something is owed, the oldest first."""
    rows = (
        Charge.objects.filter(patron_id=patron_id, postings__patron_id=patron_id)
        .select_related("type")
        .annotate(left=Sum("postings__cents"))
        .filter(left__gt=0)
        .order_by("made_at", "pk")
    )
    return [
        OpenCharge(
            id=row.pk,
            cents=row.left,
            law=row.type.law,
            type_code=row.type.code,
            type_names=row.type.names,
            municipality_id=row.municipality_id,
            library_id=row.library_id,
            title=row.title,
            note=row.note,
            loan_id=row.loan_id,
            made_at=row.made_at,
            trace=row.trace,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What a charge owes its patron, since more was paid than it is now."""

    charge_id: int
    cents: int  # above zero
    law: str
    municipality_id: int
    paid: dict[Posting.Account, int]  # what was paid of the charge, by account


def credits_of(patron_id: int) -> list[Credit]:
    """A patron's credits, of the oldest charge first.

    No more of each than was paid: what was forgiven is never given back.
    """
    rows = (
        Charge.objects.filter(patron_id=patron_id)
        .select_related("type")
        .annotate(
            left=Sum("postings__cents", filter=Q(postings__patron_id=patron_id)),
            cash=Sum("postings__cents", filter=Q(postings__account="cash"), default=0),
            card=Sum("postings__cents", filter=Q(postings__account="card"), default=0),
        )
        .filter(left__lt=0)
        .order_by("made_at", "pk")
    )
    found = [
        Credit(
            charge_id=row.pk,
            cents=min(-row.left, row.cash + row.card),
            law=row.type.law,
            municipality_id=row.municipality_id,
            paid={Posting.Account.CASH: row.cash, Posting.Account.CARD: row.card},
        )
        for row in rows
    ]
    return [credit for credit in found if credit.cents > 0]


def unbalanced_entries(limit: int = 20) -> list[int]:
    """Ids of journal entries whose lines do not sum to zero (promise 5)."""
    rows = (
        Posting.objects.values("entry")
        .annotate(total=Sum("cents"))
        .exclude(total=0)
        .values_list("entry", flat=True)[:limit]
    )
    return list(rows)
