"""Loans as rows of a page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localdate, localtime

from kortisto.domain.circulation.due import LAST_MOMENT
from kortisto.domain.circulation.models import Loan
from kortisto.domain.org.queries import organisation
from kortisto.ui.formats import day, moment

COLUMNS = (
    "id",
    "title",
    "barcode",
    "item_id",
    "record_id",
    "lent_at",
    "due_at",
    "renewals",
    "renewed_at",
    "library_id",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanRow:
    """What a page shows of one loan."""

    id: int
    title: str
    barcode: str
    item_id: int
    record_id: int
    due_at: datetime
    due: str  # in words
    overdue: bool
    due_today: bool
    renewals: int
    library: str

    @property
    def renew_first(self) -> bool:
        """Overdue and due today: ticked when the page opens."""
        return self.overdue or self.due_today


def loan_rows(loans: Iterable[Loan], *, now: datetime) -> list[LoanRow]:
    tree = organisation()
    today = localdate(now)
    return [
        LoanRow(
            id=loan.pk,
            title=loan.title,
            barcode=loan.barcode,
            item_id=loan.item_id,
            record_id=loan.record_id,
            due_at=loan.due_at,
            due=due_words(loan.due_at),
            overdue=loan.due_at < now and loan.claimed_at is None,
            due_today=loan.due_at >= now and localdate(loan.due_at) == today,
            renewals=loan.renewals,
            library=tree.name(loan.library_id),
        )
        for loan in loans
    ]


def due_words(due_at: datetime) -> str:
    """A day; with the time of day for loans that are counted in hours."""
    local = localtime(due_at)
    if local.time().replace(microsecond=0) == LAST_MOMENT:
        return day(local.date())
    return moment(due_at)
