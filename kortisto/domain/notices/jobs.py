"""What sends messages, and what the night does about them."""

from dataclasses import asdict

from django.utils import timezone
from django.utils.timezone import localdate

from kortisto.core.actors import job_actor
from kortisto.core.jobs import JobContext, job
from kortisto.core.schedules import scheduled
from kortisto.domain.closures.actions.carrying_out import TELL
from kortisto.domain.notices.actions.expiring import tell_expiring
from kortisto.domain.notices.actions.forgetting import forget_messages
from kortisto.domain.notices.actions.queueing import SEND, NewNotice, queue
from kortisto.domain.notices.actions.reminding import remind_of_holds
from kortisto.domain.notices.actions.sending import send_waiting
from kortisto.domain.notices.actions.telling_moves import tell_of_moves
from kortisto.domain.notices.patron_kinds import PIN_LINK
from kortisto.domain.patrons.actions.pin_links import SEND_LINK, gets_a_link


@scheduled("send-messages", cron="*/10 * * * *")  # those that are to be tried again
@job(SEND)
def send_messages(context: JobContext) -> dict[str, int]:
    """Empty the queue of messages. Any number of workers may do it at once."""
    sent = send_waiting(clock=timezone.now, stopping=lambda: context.cancelled)
    return asdict(sent)


@job(SEND_LINK)
def send_pin_link(context: JobContext, *, patron_id: int | None) -> None:
    """Have a link to a new PIN sent, if there is somebody to send one to.

    The job's row does not tell whether there was.
    """
    if patron_id is None or not gets_a_link(patron_id):
        return
    wanted = NewNotice(
        kind=PIN_LINK,
        patron_id=patron_id,
        about=f"job:{context.job.pk}",
        day=localdate(context.job.created_at),
    )
    queue([wanted], by=job_actor(), now=context.now)


@scheduled("card-expiry-notices", cron="30 8 * * *")
@job("notices.expiry")
def tell_of_expiry(context: JobContext) -> dict[str, int]:
    """Tell those whose card is about to expire (S15)."""
    return {"queued": tell_expiring(by=job_actor(), now=context.now)}


@scheduled("pickup-reminders", cron="35 8 * * *")
@job("notices.pickup_reminders")
def tell_of_last_days(context: JobContext) -> dict[str, int]:
    """Remind those whose holds wait for the last days (HLD-13)."""
    return {"queued": remind_of_holds(by=job_actor(), now=context.now)}


@job(TELL)
def tell_of_moved_dates(context: JobContext, *, shift_id: int) -> dict[str, int]:
    """Tell patrons of what a shift has moved (TOL-11)."""
    return {"queued": tell_of_moves(shift_id, by=job_actor(), now=context.now)}


@scheduled("forget-messages", cron="15 3 * * *")
@job("notices.forget")
def forget(context: JobContext) -> dict[str, int]:
    """Forget messages whose years are over."""
    return {"messages": forget_messages(now=context.now)}
