"""Which messages the news of loans make: of those that are recalled."""

from collections.abc import Iterator

from django.utils.timezone import localdate

from kortisto.core.followers import News
from kortisto.domain.circulation.events import LoanRecalled
from kortisto.domain.circulation.models import Loan
from kortisto.domain.notices.actions.queueing import NewNotice
from kortisto.domain.notices.loan_kinds import RECALLED


def messages_about_loans(news: News) -> Iterator[NewNotice]:
    """For each patron with an address whose loan was recalled. One statement."""
    recalled = {
        event.loan_id: row for row, event in news if isinstance(event, LoanRecalled)
    }
    if not recalled:
        return
    loans = Loan.objects.select_related("patron").filter(
        pk__in=recalled, returned_at=None, patron__binned_at=None
    )
    for loan in loans.exclude(patron__email="").order_by("pk"):
        row = recalled[loan.pk]
        assert loan.patron_id is not None  # noqa: S101 - an open loan knows its patron
        yield NewNotice(
            kind=RECALLED,
            patron_id=loan.patron_id,
            about=f"loan:{loan.pk}:{row.pk}",
            day=localdate(row.happened_at),
            facts={"loan_id": loan.pk},
        )
