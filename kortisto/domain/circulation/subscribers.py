"""What lending does when others' events arrive."""

from typing import Final

from kortisto.core.actors import job_actor
from kortisto.core.followers import News, follower
from kortisto.domain.circulation.actions.cancel_hold import end_the_others
from kortisto.domain.circulation.actions.settling import lift_what_is_settled
from kortisto.domain.circulation.events import LoanClaimed, LoanEnded
from kortisto.domain.circulation.models import Loan
from kortisto.domain.fees.events import ChargeForgiven, PaymentTaken
from kortisto.domain.holds.actions.restoring import bring_back_the_others
from kortisto.domain.holds.events import HoldFilled, HoldReopened
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.permissions import HoldPermission
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


@follower("hold-bundles", kinds=[HoldFilled, HoldReopened], batch=50)
def settle_bundles(news: News) -> None:
    """End what nobody waits for any more, or wait for it again. May run twice.

    No queue leans on it: who stands back is known from the facts at once. A series
    goes on by itself.
    """
    told = {row.body["hold_id"] for row, _event in news}
    parallel = Hold.objects.filter(pk__in=told, bundle__isnull=False, part=None)
    now = max(row.happened_at for row, _event in news)
    by = job_actor(HoldPermission.PLACE)
    for hold_id, state in list(parallel.order_by("pk").values_list("pk", "state")):
        if state == Hold.State.FILLED:
            end_the_others(hold_id, by=by, now=now)
        else:
            bring_back_the_others(hold_id, by=by, now=now)
