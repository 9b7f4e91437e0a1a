"""Plan where a library works for a time. What follows is as with a closure."""

from datetime import datetime

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.catalogue.models import CodedValue
from kortisto.domain.closures.reasons import ClosureReason
from kortisto.domain.org.actions.closures import OtherPlace, Plan, plan_closure
from kortisto.domain.org.models import Closure

LIST = CodedValue.List


@transaction.atomic
def plan_premises(
    plan: Plan, *, by: Actor, now: datetime, closure_id: int | None = None
) -> Closure:
    """Write down where a library will work; nothing changes yet.

    Raises Refused with every reason, NotPermitted, Closure.DoesNotExist.
    """
    assert plan.premises is not None  # noqa: S101 - else it is a mere closure
    if wrong := reasons_against_what_is_left(plan.premises):
        raise Refused(wrong)
    return plan_closure(plan, by=by, now=now, closure_id=closure_id)


def reasons_against_what_is_left(place: OtherPlace) -> list[Refusal]:
    """Whether the shelves and the status of what stays behind are known codes."""
    wrong = []
    shelves = CodedValue.objects.filter(list=LIST.LOCATION)
    known = set(shelves.values_list("code", flat=True))
    if not known.issuperset(place.left_locations):
        facts = {"field": "left_locations"}
        wrong.append(Refusal(ClosureReason.NO_SUCH_SHELF, facts=facts))
    statuses = CodedValue.objects.filter(list=LIST.NOT_FOR_LOAN)
    if place.left_status and not statuses.filter(code=place.left_status).exists():
        facts = {"field": "left_status"}
        wrong.append(Refusal(ClosureReason.NO_SUCH_STATUS, facts=facts))
    return wrong
