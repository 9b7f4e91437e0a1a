"""Remind patrons of holds that wait: once for each last day (HLD-13)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.mailing import mail_is_sent
from kortisto.domain.holds.models import OF_A_GROUP, Hold
from kortisto.domain.notices.actions.queueing import NewNotice, queue
from kortisto.domain.notices.choices import told_by_mail
from kortisto.domain.notices.hold_kinds import REMINDER
from kortisto.domain.notices.models import Notice
from kortisto.domain.patrons.models import MessageKind
from kortisto.domain.patrons.rules import DAYS

AT_ONCE: Final = 500
MOST_DAYS: Final = DAYS[MessageKind.PICKUP.value]


def remind_of_holds(*, by: Actor, now: datetime) -> int:
    """Queue a reminder of each hold whose last day is as near as its patron has chosen.

    A morning that was missed is made good the next one. Returns how many were queued.
    """
    if not mail_is_sent():
        return 0
    today, last, told = localdate(now), 0, 0
    while holds := _page(today, after=last):
        wanted = list(_wanted(holds, today))
        queue(wanted, by=by, now=now)
        told += len(wanted)
        last = holds[-1].pk
    return told


def _page(today: date, *, after: int) -> list[Hold]:
    soon = (today, today + timedelta(days=MOST_DAYS))
    rows = Hold.objects.filter(
        state=Hold.State.WAITING,
        pickup_until__range=soon,
        patron__binned_at=None,
        patron__died_on=None,
        pk__gt=after,
    )
    return list(rows.select_related("patron").order_by("pk")[:AT_ONCE])


def _wanted(holds: list[Hold], today: date) -> Iterator[NewNotice]:
    patrons = {hold.patron_id: hold.patron for hold in holds}
    days = told_by_mail(MessageKind.PICKUP, list(patrons.values()))
    told = _told_already(holds)
    for hold in holds:
        ahead, until = days.get(hold.patron_id), hold.pickup_until
        if ahead is None or until is None or until - today > timedelta(days=ahead):
            continue
        if (_about(hold), until) not in told:
            told.add((_about(hold), until))
            yield NewNotice(
                kind=REMINDER,
                patron_id=hold.patron_id,
                about=_about(hold),
                day=until,
                facts={"hold_id": hold.pk, "day": until.isoformat()},
            )


def _about(hold: Hold) -> str:
    """Copies for a group are told of together."""
    if hold.part == OF_A_GROUP:
        return f"group:{hold.bundle_id}"
    return f"hold:{hold.pk}"


def _told_already(holds: list[Hold]) -> set[tuple[str, date]]:
    rows = Notice.objects.filter(
        patron__in=[hold.patron_id for hold in holds],
        kind=REMINDER.code,
        about__in=[_about(hold) for hold in holds],
    )
    return set(rows.values_list("about", "day"))
