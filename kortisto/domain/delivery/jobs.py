"""What home delivery does at night."""

from kortisto.core.jobs import JobContext, job
from kortisto.core.schedules import scheduled
from kortisto.domain.delivery.queries import baskets_to_forget


@scheduled("forget-baskets", cron="45 2 * * *")
@job("delivery.forget")
def forget_baskets(context: JobContext) -> dict[str, int]:
    """Forget what was in baskets that have come back, or that nobody lent."""
    _rows, kinds = baskets_to_forget(context.now).delete()
    return {"baskets": kinds.get("delivery.Basket", 0)}
