"""What lending does when others' events arrive."""

from typing import Final

from kortisto.core.actors import job_actor
from kortisto.core.followers import News, follower
from kortisto.domain.circulation.actions.settling import lift_what_is_settled
from kortisto.domain.circulation.events import LoanClaimed, LoanEnded
from kortisto.domain.circulation.models import Loan
from kortisto.domain.fees.events import ChargeForgiven, PaymentTaken
from kortisto.domain.patrons.permissions import PatronPermission

KINDS: Final = (LoanEnded, LoanClaimed, PaymentTaken, ChargeForgiven)


@follower("settled-restrictions", kinds=KINDS)
def lift_settled_restrictions(news: News) -> None:
    """May run twice: what has been lifted stays lifted.

    A loan whose patron is forgotten at once is left to the night.
    """
    patrons = {row.patron_id for row, _event in news if row.patron_id is not None}
    ended = [
        event.loan_id
        for _row, event in news
        if isinstance(event, LoanEnded | LoanClaimed)
    ]
    loans = Loan.objects.filter(pk__in=ended, patron__isnull=False)
    patrons.update(loans.values_list("patron_id", flat=True))
    now = max(row.happened_at for row, _event in news)
    by = job_actor(PatronPermission.RESTRICT)
    lift_what_is_settled(patrons, by=by, now=now)
