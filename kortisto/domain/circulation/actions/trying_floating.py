"""Ask for floating to be tried against the returns that were."""

from datetime import date, datetime
from typing import Final

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.jobs import enqueue
from kortisto.core.models import Job
from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.circulation.events import FloatingTried
from kortisto.domain.circulation.float_simulation import FloatTrial
from kortisto.domain.distribution.permissions import DistributionPermission
from kortisto.domain.distribution.reasons import Reason

TRY_FLOATING: Final = "circulation.try-floating"
FEWEST: Final = 2  # libraries that float together


@transaction.atomic
def try_floating(
    trial: FloatTrial, *, first: date, last: date, by: Actor, now: datetime
) -> Job:
    """A worker replays the returns of these days. Raises Refused, NotPermitted."""
    by.require(DistributionPermission.MANAGE)
    if len(trial.libraries) < FEWEST:
        raise Refused([Refusal(Reason.TOO_FEW_LIBRARIES, facts={"field": "libraries"})])
    told = FloatingTried(
        libraries=len(trial.libraries), item_types=len(trial.item_types)
    )
    publish(told, by=by, at=now)
    arguments = {
        "trial": trial.as_json(),
        "first": first.isoformat(),
        "last": last.isoformat(),
    }
    return enqueue(TRY_FLOATING, arguments, by=by, run_after=now)
