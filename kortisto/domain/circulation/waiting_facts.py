"""Why a hold still waits: what its queue and its copies are like now, as counts.

Nothing here tells of another patron: those before one are a number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils.timezone import localdate

from kortisto.core.sql import all_rows, day_or_none, moment_or_none
from kortisto.domain.holds.queue import (
    ACTIVE,
    BEFORE,
    KEPT,
    RIVALS,
    STANDS_BACK,
    WANTS_THE_ITEM,
)

_PLACES: Final = f"""
    SELECT mine.id, mine.starts_on, mine.suspended_from, mine.suspended_until,
      {STANDS_BACK},
      COUNT(CASE WHEN {RIVALS} THEN q.id END),
      COUNT(CASE WHEN {RIVALS} AND {ACTIVE} THEN q.id END)
    FROM hold mine
    LEFT JOIN hold q ON q.record_id = mine.record_id AND q.state = 'queued'
      AND {BEFORE}
    WHERE mine.patron_id = %(patron)s AND mine.state = 'queued'
      AND (mine.id = %(hold)s OR %(hold)s IS NULL)
    GROUP BY mine.id"""

_FILLS: Final = """i.withdrawn = '' AND i.lost = '' AND i.damaged = ''
    AND i.restricted = '' AND i.not_for_loan IN ('', '-1', '-2')"""
_UNSURE: Final = "l.due_at < %(now)s OR l.claimed_at IS NOT NULL"
_AWAY: Final = "(h.id IS NOT NULL OR t.id IS NOT NULL)"

_COPIES: Final = f"""
    SELECT q.id,
      COUNT(CASE WHEN {_FILLS} THEN 1 END),
      COUNT(CASE WHEN {_FILLS} AND i.not_for_loan <> '' THEN 1 END),
      COUNT(CASE WHEN {_FILLS} THEN l.id END),
      COUNT(CASE WHEN {_FILLS} AND ({_UNSURE}) THEN 1 END),
      MIN(CASE WHEN {_FILLS} AND NOT ({_UNSURE}) THEN l.due_at END),
      COUNT(CASE WHEN {_FILLS} AND i.not_for_loan = '' AND l.id IS NULL
            AND {_AWAY} THEN 1 END),
      COUNT(CASE WHEN {_FILLS} AND i.not_for_loan = '' AND l.id IS NULL
            AND NOT {_AWAY} THEN 1 END),
      COUNT(CASE WHEN i.withdrawn = '' AND i.lost <> '' THEN 1 END),
      COUNT(CASE WHEN i.withdrawn = '' AND i.lost = '' AND i.damaged <> ''
            THEN 1 END)
    FROM hold q
    JOIN item i ON i.record_id = q.record_id AND {WANTS_THE_ITEM}
    LEFT JOIN loan l ON l.item_id = i.id AND l.returned_at IS NULL
    LEFT JOIN hold h ON h.item_id = i.id AND h.state IN {KEPT}
    LEFT JOIN transit t ON t.item_id = i.id
      AND t.arrived_at IS NULL AND t.cancelled_at IS NULL
    WHERE q.patron_id = %(patron)s AND q.state = 'queued'
      AND (q.id = %(hold)s OR %(hold)s IS NULL)
    GROUP BY q.id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """The copies that could meet a wish, each counted once, and those that cannot.

    ``total`` are those that can fill a hold some day: of them some are ``ordered`` or
    being made ready, ``lent`` (and ``overdue``, or looked for because the patron says
    that it is not with them), ``away`` for others or on a journey, or ``free`` on a
    shelf. ``lost`` and ``damaged`` ones come on top.
    """

    total: int = 0
    ordered: int = 0
    lent: int = 0
    overdue: int = 0
    due_on: date | None = None  # of those on loan and not overdue, the first
    away: int = 0
    free: int = 0
    lost: int = 0
    damaged: int = 0


NO_COPIES: Final = Copies()


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitFacts:
    """A hold of the queue today. ``passed_over``: of those before it, not active."""

    today: date
    place: int = 1
    passed_over: int = 0
    copies: Copies = NO_COPIES
    starts_on: date | None = None
    suspended_from: date | None = None
    suspended_until: date | None = None
    stands_back: bool = False  # another title of the same wish is served now

    @property
    def has_begun(self) -> bool:
        return self.starts_on is None or self.starts_on <= self.today

    @property
    def is_suspended(self) -> bool:
        """The first and the last day of a suspension are suspended ones."""
        if self.suspended_from is None or self.suspended_from > self.today:
            return False
        return self.suspended_until is None or self.suspended_until >= self.today


def waits_of(
    patron_id: int, *, now: datetime, hold_id: int | None = None
) -> Mapping[int, WaitFacts]:
    """The patron's holds in queues, or one of them: two statements for any number."""
    today = localdate(now)
    asked = {"patron": patron_id, "hold": hold_id, "today": today, "now": now}
    copies = {
        row[0]: Copies(
            total=row[1],
            ordered=row[2],
            lent=row[3],
            overdue=row[4],
            due_on=_day(row[5]),
            away=row[6],
            free=row[7],
            lost=row[8],
            damaged=row[9],
        )
        for row in all_rows(_COPIES, asked)
    }
    return {
        pk: WaitFacts(
            today=today,
            place=ahead + 1,
            passed_over=ahead - active,
            copies=copies.get(pk, NO_COPIES),
            starts_on=day_or_none(starts),
            suspended_from=day_or_none(since),
            suspended_until=day_or_none(until),
            stands_back=bool(back),
        )
        for pk, starts, since, until, back, ahead, active in all_rows(_PLACES, asked)
    }


def _day(raw: object) -> date | None:
    due = moment_or_none(raw)
    return None if due is None else localdate(due)
