"""What a new day changes of the plan: suspensions that end, days that begin."""

from kortisto.core.jobs import JobContext, job
from kortisto.core.schedules import scheduled
from kortisto.domain.fulfilment.actions.arranging import arrange_region
from kortisto.domain.fulfilment.actions.planning import plan_everything


@scheduled("plan-pull-lists", cron="15 0 * * *")
@job("fulfilment.plan")
def plan_for_the_day(context: JobContext) -> dict[str, int]:
    """Plan every title that somebody waits for: dates have come and gone."""
    return plan_everything(now=context.now)


@scheduled("arrange-region", cron="30 0 * * *")
@job("fulfilment.arrange")
def arrange_for_the_night(context: JobContext) -> dict[str, int]:
    """Arrange what is to be fetched over all titles at once, and tell what it saves."""
    return arrange_region(now=context.now, progress=context.progress)
