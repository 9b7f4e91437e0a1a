"""Which messages the news of holds make: of arrivals, and of what nobody collected."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.timezone import localdate

from kortisto.core.events import Event
from kortisto.core.followers import News
from kortisto.core.models import LoggedEvent
from kortisto.domain.holds.events import HoldArrived, HoldEnded, HoldRequeued
from kortisto.domain.holds.models import Hold
from kortisto.domain.notices.actions.queueing import NewNotice
from kortisto.domain.notices.choices import told_by_mail
from kortisto.domain.notices.group_messages import (
    is_for_a_group,
    messages_about_groups,
)
from kortisto.domain.notices.hold_kinds import NOT_AFTER_ALL, READY, UNCOLLECTED
from kortisto.domain.notices.kinds import NoticeKind
from kortisto.domain.notices.settings import HOLD_READY_MINUTES
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.models import MessageKind

Happened = tuple[LoggedEvent, Event, int, NoticeKind | None]
"""An event, of a hold; the message that it makes, None: of a group only."""


def messages_about_holds(news: News) -> Iterator[NewNotice]:
    """For each patron who wants to know that holds have arrived. Four statements."""
    happened = [one for one in map(_worth_telling, news) if one is not None]
    if not happened:
        return
    holds = Hold.objects.select_related("patron").in_bulk(
        [pk for _, _, pk, _ in happened]
    )
    patrons = {hold.patron_id: hold.patron for hold in holds.values()}
    wanting = told_by_mail(MessageKind.HOLD_READY, list(patrons.values()))
    of_groups = []
    for row, event, hold_id, kind in happened:
        hold = holds.get(hold_id)
        if hold is None or hold.patron_id not in wanting:
            continue
        if is_for_a_group(hold) and kind is not NOT_AFTER_ALL:
            of_groups.append((row, event, hold))
        elif kind is not None:
            yield _message(row, hold, kind)
    yield from messages_about_groups(of_groups)


def _worth_telling(news: tuple[LoggedEvent, Event | None]) -> Happened | None:
    row, event = news
    match event:
        case HoldArrived(hold_id=hold_id):
            return row, event, hold_id, READY
        case HoldRequeued(hold_id=hold_id):  # undone, damaged, or lent to another
            return row, event, hold_id, NOT_AFTER_ALL
        case HoldEnded(hold_id=hold_id, ending=Hold.Ending.UNCOLLECTED):
            return row, event, hold_id, UNCOLLECTED
        case HoldEnded(hold_id=hold_id):  # of a group the rest may be complete now
            return row, event, hold_id, None
        case _:
            return None


def _message(row: LoggedEvent, hold: Hold, kind: NoticeKind) -> NewNotice:
    """An arrival is told when the copy has had time to come to the shelf (NOT-12)."""
    at = row.happened_at
    if kind is READY:
        where = hold.pickup_library_id
        pause = organisation().setting(HOLD_READY_MINUTES, where).value
        at += timedelta(minutes=pause)
    return NewNotice(
        kind=kind,
        patron_id=hold.patron_id,
        about=f"hold:{hold.pk}:{row.pk}",
        day=localdate(row.happened_at),
        facts={"hold_id": hold.pk, "event": row.pk},
        not_before=at,
    )
