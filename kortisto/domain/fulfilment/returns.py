"""A copy that comes back to a long queue: who is served by the rule of the nearest."""

from dataclasses import replace
from datetime import date

from kortisto.domain.circulation.capturing import chooses_for_returns
from kortisto.domain.circulation.returns import ReturnFacts
from kortisto.domain.fulfilment.actions.planning import Planner
from kortisto.domain.fulfilment.rules import Copy
from kortisto.domain.fulfilment.settings import nearest_first
from kortisto.domain.holds.models import Pull


@chooses_for_returns
def nearest_of_the_first(facts: ReturnFacts, at: int, today: date) -> int | None:
    """The hold for it; None where the order decides, or the plan has chosen already.

    Reads nothing until the consortium has decided that long queues are served so.
    """
    if nearest_first() is None or Pull.objects.filter(item=facts.item_id).exists():
        return None
    planner = Planner({}, today)
    title = planner.titles([facts.record_id]).get(facts.record_id)
    if title is None or planner.nearest_first_for(title) is None:
        return None
    copy = Copy(
        item_id=facts.item_id,
        home_library_id=facts.home_library_id,
        library_id=at,
        item_type_id=facts.item_type_id,
        volume=facts.enumchron,
        collection=facts.collection,
    )
    given = planner.assignments(replace(title, copies=(copy,)))
    return given[0].hold_id if given else None
