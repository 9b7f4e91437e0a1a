"""What a new day changes of the plan: suspensions that end, days that begin."""

from kortisto.core.jobs import JobContext, job
from kortisto.core.schedules import scheduled
from kortisto.domain.fulfilment.actions.planning import plan_everything


@scheduled("plan-pull-lists", cron="15 0 * * *")
@job("fulfilment.plan")
def plan_for_the_day(context: JobContext) -> dict[str, int]:
    """Plan every title that somebody waits for: dates have come and gone."""
    return plan_everything(now=context.now)
