"""What a new day changes of the plan: suspensions that end, days that begin."""

from typing import Final

from kortisto.core.jobs import JobContext, job
from kortisto.core.schedules import scheduled
from kortisto.domain.fulfilment.actions.planning import plan_titles
from kortisto.domain.holds.models import Hold, Pull

AT_ONCE: Final = 500


@scheduled("plan-pull-lists", cron="15 0 * * *")
@job("fulfilment.plan")
def plan_everything(context: JobContext) -> dict[str, int]:
    """Plan every title that somebody waits for: dates have come and gone."""
    waited_for = set(
        Hold.objects.filter(state=Hold.State.QUEUED).values_list("record", flat=True)
    ) | set(Pull.objects.values_list("item__record", flat=True))
    titles, changed = sorted(waited_for), 0
    for start in range(0, len(titles), AT_ONCE):
        changed += plan_titles(titles[start : start + AT_ONCE], now=context.now)
    return {"titles": len(titles), "changed": changed}
