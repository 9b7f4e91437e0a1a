"""Make, change and end rounds of home delivery."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.core.text import tidy
from kortisto.domain.delivery.events import DeliveryRoundChanged
from kortisto.domain.delivery.models import DeliveryRound
from kortisto.domain.delivery.permissions import DeliveryPermission
from kortisto.domain.delivery.reasons import DeliveryReason
from kortisto.domain.delivery.rules import MOST_WEEKS


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundPlan:
    library_id: int
    name: str
    first_on: date
    every_weeks: int


@transaction.atomic
def save_round(
    plan: RoundPlan, *, by: Actor, now: datetime, round_id: int | None = None
) -> DeliveryRound:
    """Make a round, or change one. Raises Refused with every reason, NotPermitted."""
    by.require(DeliveryPermission.SERVE, at=plan.library_id)
    found = DeliveryRound()
    if round_id is not None:
        found = DeliveryRound.objects.select_for_update(no_key=True).get(pk=round_id)
        by.require(DeliveryPermission.SERVE, at=found.library_id)
    wrong = []
    if not tidy(plan.name):
        wrong.append(Refusal(DeliveryReason.NAME_MISSING, facts={"field": "name"}))
    if not 1 <= plan.every_weeks <= MOST_WEEKS:
        facts = {"field": "every_weeks"}
        wrong.append(Refusal(DeliveryReason.WEEKS_IMPOSSIBLE, facts=facts))
    if wrong:
        raise Refused(wrong)
    found.library_id, found.name = plan.library_id, tidy(plan.name)
    found.first_on, found.every_weeks = plan.first_on, plan.every_weeks
    found.save()
    _tell(found, by=by, now=now)
    return found


@transaction.atomic
def end_round(round_id: int, *, by: Actor, now: datetime) -> None:
    """It goes no more; refused as long as somebody is on it."""
    found = DeliveryRound.objects.select_for_update(no_key=True).get(pk=round_id)
    by.require(DeliveryPermission.SERVE, at=found.library_id)
    if found.patrons.exists():
        raise Refused([Refusal(DeliveryReason.ROUND_IS_SERVED)])
    found.ended_on = localdate(now)
    found.save(update_fields=["ended_on"])
    _tell(found, by=by, now=now)


def _tell(found: DeliveryRound, *, by: Actor, now: datetime) -> None:
    event = DeliveryRoundChanged(round_id=found.pk, library_id=found.library_id)
    publish(event, by=by, at=now)
