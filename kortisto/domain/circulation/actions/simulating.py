"""Ask for a version of the rules to be tried against the loans that were."""

from datetime import date, datetime
from typing import Final

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.jobs import enqueue
from kortisto.core.models import Job
from kortisto.domain.circulation.events import RulesTried
from kortisto.domain.policies.models import RuleVersion
from kortisto.domain.policies.permissions import PolicyPermission

SIMULATE: Final = "circulation.simulate-rules"


@transaction.atomic
def try_rules(
    version: int, *, first: date, last: date, by: Actor, now: datetime
) -> Job:
    """A worker replays the loans of these days. Raises RuleVersion.DoesNotExist."""
    by.require(PolicyPermission.SEE)
    RuleVersion.objects.get(number=version)
    arguments = {
        "version": version,
        "first": first.isoformat(),
        "last": last.isoformat(),
    }
    publish(RulesTried(version=version), by=by, at=now)
    key = f"{SIMULATE}:{version}:{first}:{last}"
    return enqueue(SIMULATE, arguments, by=by, run_after=now, unique_key=key)
