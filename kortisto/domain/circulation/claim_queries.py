"""Questions about claims: the shelves to check, and what a patron has claimed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import F, Q, QuerySet

from kortisto.domain.catalogue.queries import shelf_order
from kortisto.domain.circulation.models import Claim, Loan

IN_SHELF_ORDER: Final = (*shelf_order("loan__item__"), "pk")


@dataclass(frozen=True, slots=True, kw_only=True)
class SoughtRow:
    """What to look for on the shelves. Nothing of the patron."""

    claim_id: int
    loan_id: int
    item_id: int
    barcode: str
    title: str
    author: str
    material: str
    year: int | None
    location: str
    sub_location: str
    collection: str
    call_number: str
    volume: str
    kind: str
    claimed_at: datetime
    looks: int
    looked_at: datetime | None
    home_library_id: int
    library_id: int


def open_claims() -> "QuerySet[Claim]":
    return Claim.objects.filter(resolved_at=None)


def sought_at(library_id: int) -> "QuerySet[Claim]":
    """Open claims of what belongs to a library, or is said to have been left there."""
    here = Q(library_id=library_id) | Q(loan__item__home_library_id=library_id)
    return open_claims().filter(here)


def shelves_to_check(library_id: int, *, most: int) -> list[SoughtRow]:
    """The first claims of a library in the order of its shelves; one statement."""
    rows = (
        sought_at(library_id)
        .order_by(*IN_SHELF_ORDER)
        .values(
            "loan_id",
            "kind",
            "claimed_at",
            "looks",
            "looked_at",
            "library_id",
            claim_id=F("pk"),
            item_id=F("loan__item_id"),
            barcode=F("loan__item__barcode"),
            title=F("loan__item__record__title"),
            author=F("loan__item__record__author"),
            material=F("loan__item__record__material"),
            year=F("loan__item__record__year"),
            location=F("loan__item__location"),
            sub_location=F("loan__item__sub_location"),
            collection=F("loan__item__collection"),
            call_number=F("loan__item__call_number"),
            volume=F("loan__item__enumchron"),
            home_library_id=F("loan__item__home_library_id"),
        )[:most]
    )
    return [_row(dict(row)) for row in rows]


def _row(columns: dict[str, Any]) -> SoughtRow:
    return SoughtRow(**columns)


def claims_of_patron(patron_id: int) -> "QuerySet[Claim]":
    """Open claims with their loans, the latest first."""
    found = open_claims().filter(patron_id=patron_id)
    return found.select_related("loan", "library").order_by("-claimed_at", "-pk")


def claims_of_loan(loan: Loan) -> "QuerySet[Claim]":
    """The latest first."""
    return loan.claims.select_related("library").order_by("-made_at", "-pk")
