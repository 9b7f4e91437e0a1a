"""Take out of the event log what it tells of loans that are forgotten (S35, GDP-1).

The log names a loan, its item and the minute, and beside it whom the desk served in
that minute: together they tell who borrowed what. So the events of a forgotten loan are
emptied, and with them whatever else was told of its item in the same moment: a hold
that was filled, a journey that began.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Final, TypeVar

from kortisto.core.actors import Actor
from kortisto.core.database import on_postgresql
from kortisto.core.models import LoggedEvent
from kortisto.core.sql import all_rows, moment
from kortisto.core.taking_out import Part, Why, take_out

T = TypeVar("T")

AT_ONCE: Final = 500
LOAN: Final = {
    True: "(body->>'loan_id')::bigint",
    False: "json_extract(body, '$.loan_id')",
}  # as the index event_of_loan has it
ITEM: Final = {
    True: "(body->>'item_id')::bigint",
    False: "json_extract(body, '$.item_id')",
}


def empty_events_of(loan_ids: Collection[int], *, by: Actor, now: datetime) -> int:
    """Empty what the log tells of loans; how many events.

    For actions that have checked who may, inside their transaction.
    """
    told, moments = _told_of(loan_ids)
    together = [*told, *_told_beside(moments, leaving_out=told)]
    return sum(
        take_out(page, part=Part.EVERYTHING, why=Why.FORGOTTEN, by=by, now=now)
        for page in _pages(together)
    )


def _told_of(loan_ids: Collection[int]) -> tuple[set[int], dict[datetime, set[int]]]:
    """Events that name the loans, and the items of each of their moments."""
    events: set[int] = set()
    moments: dict[datetime, set[int]] = defaultdict(set)
    postgresql = on_postgresql()
    for page in _pages(sorted(loan_ids)):
        numbers = ", ".join(map(str, page))
        sql = f"""
            SELECT id, {ITEM[postgresql]}, happened_at FROM event
            WHERE {LOAN[postgresql]} IN ({numbers})
              AND {LOAN[postgresql]} IS NOT NULL"""
        for event_id, item_id, at in all_rows(sql, {}):
            events.add(event_id)
            moments[moment(at)].add(item_id)
    return events, moments


def _told_beside(
    moments: dict[datetime, set[int]], *, leaving_out: Collection[int]
) -> Iterator[int]:
    """Events of the same items in the same moments that name no loan."""
    for page in _pages(sorted(moments)):
        rows = LoggedEvent.objects.filter(happened_at__in=page).exclude(body={})
        for row in rows.order_by("id"):
            of_an_item = row.body.get("item_id") in moments[row.happened_at]
            if of_an_item and row.id not in leaving_out:
                yield row.id


def _pages(things: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(things), AT_ONCE):
        yield things[start : start + AT_ONCE]
