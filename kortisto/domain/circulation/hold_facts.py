"""Everything that placing a hold looks at, read in one statement.

Placing is decided beside lending, not in ``holds``: the same patron, the same rules,
and what stands on the shelves (decision 0021).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from kortisto.core.refusals import Refusal, Refused
from kortisto.core.sql import from_json, one_row
from kortisto.domain.circulation.facts import (
    CONFIGURATION,
    PATRON_COLUMNS,
    PATRON_WIDTH,
    patron_facts,
    statement,
)
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.circulation.standing import PatronFacts
from kortisto.domain.holds.models import OF_A_GROUP
from kortisto.domain.holds.queue import KEPT, SET_ASIDE

_WANTED: Final = """
    e.record_id = rec.id AND e.withdrawn = '' AND e.lost = ''
    AND (%(item)s IS NULL OR e.id = %(item)s)
    AND (%(volume)s = '' OR e.enumchron = %(volume)s)"""
_OPEN: Final = f"o.patron_id = p.id AND (o.state = 'queued' OR o.state IN {SET_ASIDE})"
_WISHES: Final = f"""COUNT(DISTINCT CASE
    WHEN o.bundle_id IS NULL OR o.part = {OF_A_GROUP} THEN o.id
    ELSE -o.bundle_id END)"""
"""Holds, each bundle counted once: its keys are below zero, those of others above.

Each copy for a group counts: all of them are taken home.
"""

SQL: Final = f"""
    SELECT {CONFIGURATION}, {PATRON_COLUMNS}, rec.title, rec.age_limit,
      (SELECT {_WISHES} FROM hold o WHERE {_OPEN}),
      (SELECT {_WISHES} FROM hold o
        WHERE o.patron_id = p.id AND o.placed_at >= %(midnight)s),
      (SELECT COUNT(*) FROM hold o WHERE {_OPEN} AND o.record_id = rec.id
          AND o.wanted_item_id IS NULL AND o.wanted_volume = ''),
      (SELECT COUNT(*) FROM hold o WHERE {_OPEN} AND o.record_id = rec.id
          AND (o.wanted_item_id = %(item)s
            OR (%(volume)s <> '' AND o.wanted_volume = %(volume)s))),
      EXISTS (SELECT 1 FROM loan l JOIN item e ON e.id = l.item_id
               WHERE l.patron_id = p.id AND l.returned_at IS NULL AND {_WANTED}),
      (SELECT {{array}}({{row}}(n.home, n.holding, n.kind, n.copies, n.free)) FROM (
         SELECT e.home_library_id AS home, e.library_id AS holding,
             e.item_type_id AS kind, COUNT(*) AS copies,
             SUM(CASE WHEN e.not_for_loan = '' AND l.id IS NULL AND h.id IS NULL
                  AND t.id IS NULL THEN 1 ELSE 0 END) AS free
           FROM item e
           LEFT JOIN loan l ON l.item_id = e.id AND l.returned_at IS NULL
           LEFT JOIN hold h ON h.item_id = e.id AND h.state IN {KEPT}
           LEFT JOIN transit t ON t.item_id = e.id
             AND t.arrived_at IS NULL AND t.cancelled_at IS NULL
          WHERE {_WANTED} AND e.damaged = '' AND e.restricted = ''
            AND e.not_for_loan IN ('', '-1', '-2')
          GROUP BY e.home_library_id, e.library_id, e.item_type_id) n)
    FROM record rec
    JOIN patron p ON p.id = %(patron)s AND p.binned_at IS NULL
    LEFT JOIN card c ON c.patron_id = p.id AND c.active
    JOIN patron_category pc ON pc.id = p.category_id
    WHERE rec.id = %(record)s AND rec.deleted_at IS NULL"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """Copies of a title that are alike: home, where they are, item type.

    Only those that can fill a hold some day: in order, or ordered and on their way to
    the library for the first time (HLD-7). ``free`` of them stand on a shelf now.
    """

    home_library_id: int
    library_id: int
    item_type_id: int
    copies: int
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldSnapshot:
    """What one read brought: the patron, the title and its copies."""

    configuration: int
    patron: PatronFacts
    title: str
    age_limit: int | None
    open_holds: int  # of the patron, over all libraries; a bundle is one (HLD-6)
    placed_today: int
    on_the_title: int  # of the open ones, for any copy of the title
    on_the_same_copy: int  # of the open ones, for the very item or volume
    has_it_on_loan: bool
    copies: tuple[Copies, ...]


def for_hold(
    patron_id: int,
    record_id: int,
    *,
    item_id: int | None,
    volume: str,
    today: date,
    midnight: datetime,
) -> HoldSnapshot:
    """Facts for a hold of the patron on the title, the item or the volume.

    Raises Refused (nothing-to-hold) when the title or the patron is gone.
    """
    row = one_row(
        statement(SQL),
        {
            "patron": patron_id,
            "record": record_id,
            "item": item_id,
            "volume": volume,
            "today": today,
            "midnight": midnight,
        },
    )
    if row is None:
        raise Refused([Refusal(Reason.NOTHING_TO_HOLD)])
    return _snapshot(row)


def _snapshot(row: Sequence[Any]) -> HoldSnapshot:
    rest = row[1 + PATRON_WIDTH :]
    return HoldSnapshot(
        configuration=row[0] or 0,
        patron=patron_facts(row[1 : 1 + PATRON_WIDTH]),
        title=rest[0],
        age_limit=rest[1],
        open_holds=rest[2],
        placed_today=rest[3],
        on_the_title=rest[4],
        on_the_same_copy=rest[5],
        has_it_on_loan=bool(rest[6]),
        copies=tuple(
            Copies(
                home_library_id=home,
                library_id=holding,
                item_type_id=kind,
                copies=copies,
                free=int(free),
            )
            for home, holding, kind, copies, free in sorted(from_json(rest[7] or []))
        ),
    )
