"""What happens to money at night (REQUIREMENTS 3.21)."""

from kortisto.core.actors import job_actor
from kortisto.core.jobs import JobContext, job
from kortisto.core.schedules import scheduled
from kortisto.domain.fees.actions.forgetting_payers import forget_payers
from kortisto.domain.fees.actions.lapsing import lapse_old_charges
from kortisto.domain.fees.permissions import FeePermission


@scheduled("lapse-charges", cron="10 0 * * *")
@job("fees.lapse")
def lapse_charges(context: JobContext) -> dict[str, int]:
    """Write off charges whose time is over."""
    by = job_actor(FeePermission.WRITE_OFF)
    return {"lapsed": lapse_old_charges(by=by, now=context.now)}


@scheduled("forget-payers", cron="20 4 * * *")
@job("fees.forget-payers")
def forget_who_paid(context: JobContext) -> dict[str, int]:
    """Let settled charges of long ago forget whose they were (GDP-1)."""
    by = job_actor(FeePermission.WRITE_OFF)
    return {"payers": forget_payers(by=by, now=context.now)}
