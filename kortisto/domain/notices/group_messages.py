"""Which messages the news of a group's copies make: one for all of them (HLD-10).

They are told of when all have come. What has come by a few days before they are needed
is told of then, when some are still on their way or in a queue.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Final

from django.utils.timezone import localdate, make_aware

from kortisto.core.events import Event
from kortisto.core.models import LoggedEvent
from kortisto.domain.holds.bundles import GroupNow, groups_now
from kortisto.domain.holds.events import HoldEnded
from kortisto.domain.holds.models import OF_A_GROUP, Hold
from kortisto.domain.notices.actions.queueing import NewNotice
from kortisto.domain.notices.hold_kinds import READY, UNCOLLECTED
from kortisto.domain.notices.settings import HOLD_READY_MINUTES
from kortisto.domain.org.queries import organisation

LAST_CALL: Final = timedelta(days=3)
IN_THE_MORNING: Final = time(9)

Happened = tuple[LoggedEvent, Event, Hold]  # to a hold of a group


def is_for_a_group(hold: Hold) -> bool:
    return hold.part == OF_A_GROUP


def messages_about_groups(happened: Collection[Happened]) -> Iterator[NewNotice]:
    """One statement for all groups. Asked for twice, a message is queued once."""
    if not happened:
        return
    groups = groups_now({hold.bundle_id or 0 for _row, _event, hold in happened})
    for row, event, hold in happened:
        if isinstance(event, HoldEnded) and event.ending == Hold.Ending.UNCOLLECTED:
            yield _uncollected(row, hold)
        else:
            yield from _ready(row, hold, groups)


def _ready(
    row: LoggedEvent, hold: Hold, groups: Mapping[int, GroupNow]
) -> Iterator[NewNotice]:
    group = groups.get(hold.bundle_id or 0)
    if group is None or not group.waiting:
        return
    pause = organisation().setting(HOLD_READY_MINUTES, hold.pickup_library_id).value
    soon = row.happened_at + timedelta(minutes=pause)
    if group.is_complete:
        yield _about(hold, late=False, at=soon)
    elif hold.expires_on is not None:
        morning = datetime.combine(hold.expires_on - LAST_CALL, IN_THE_MORNING)
        yield _about(hold, late=True, at=max(make_aware(morning), soon))


def _about(hold: Hold, *, late: bool, at: datetime) -> NewNotice:
    return NewNotice(
        kind=READY,
        patron_id=hold.patron_id,
        about=f"group:{hold.bundle_id}:{'late' if late else 'complete'}",
        day=localdate(hold.placed_at),  # part of its key: the same for all copies
        facts={"group": hold.bundle_id, "late": late},
        not_before=at,
    )


def _uncollected(row: LoggedEvent, hold: Hold) -> NewNotice:
    return NewNotice(
        kind=UNCOLLECTED,
        patron_id=hold.patron_id,
        about=f"group:{hold.bundle_id}",
        day=localdate(row.happened_at),
        facts={"group": hold.bundle_id, "hold_id": hold.pk},
    )
