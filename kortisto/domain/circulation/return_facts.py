"""Everything a check-in needs, read in one statement."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final, TypedDict

from kortisto.core.database import on_postgresql
from kortisto.core.refusals import Refusal, Refused
from kortisto.core.sql import moment_or_none, one_row
from kortisto.domain.circulation.facts import CONFIGURATION, normal
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.circulation.returns import ReturnFacts
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.queue import (
    ACTIVE,
    IN_ORDER,
    KEPT,
    ORDER,
    WANTS_THE_ITEM,
    active_on,
    wants,
)

AT_ONCE: Final = 50  # holds of a queue that are read together
NEXT: Final = f"""COALESCE(
      (SELECT q.id FROM hold q WHERE q.id = (
          SELECT pl.hold_id FROM pull pl WHERE pl.item_id = i.id)
        AND {ACTIVE} AND {WANTS_THE_ITEM}),
      (SELECT q.id FROM hold q
        WHERE q.record_id = i.record_id AND {ACTIVE} AND {WANTS_THE_ITEM}
        ORDER BY {IN_ORDER} LIMIT 1))"""

SQL: Final = f"""
    SELECT {CONFIGURATION}, i.id, i.barcode, i.record_id, rec.title, i.item_type_id,
      i.home_library_id, i.library_id, i.parts, i.parts_note, i.lost, i.not_for_loan,
      i.damaged, i.withdrawn, i.enumchron, i.replacement_price_cents, i.last_seen_at,
      o.id, o.patron_id, p.history, o.lent_at, o.due_at, o.renewals,
      o.rules_library_id, o.category_id, o.library_id,
      (SELECT ch.id FROM charge ch
         JOIN charge_type ct ON ct.id = ch.type_id AND ct.code = 'OVERDUE'
        WHERE ch.loan_id = o.id AND ch.loan_period = o.renewals),
      (SELECT CAST(COALESCE(SUM(po.cents), 0) AS bigint) FROM posting po
        WHERE po.patron_id = o.patron_id),
      h.id, h.state, h.pickup_library_id, t.id, t.destination_id,
      t.reason, i.collection, d.library_id, d.destination_id, rs.library_id,
      n.id, n.pickup_library_id, np.category_id, np.home_library_id, o.claimed_at,
      i.restricted
    FROM item i
    JOIN record rec ON rec.id = i.record_id
    LEFT JOIN loan o ON o.item_id = i.id AND o.returned_at IS NULL
    LEFT JOIN patron p ON p.id = o.patron_id
    LEFT JOIN hold h ON h.item_id = i.id AND h.state IN {KEPT}
    LEFT JOIN transit t ON t.item_id = i.id
      AND t.arrived_at IS NULL AND t.cancelled_at IS NULL
    LEFT JOIN dispatch d ON d.item_id = i.id
    LEFT JOIN rotating_item ri ON ri.item_id = i.id
    LEFT JOIN rotating_collection rc ON rc.id = ri.collection_id
    LEFT JOIN rotation_stop rs ON rs.id = rc.stop_id
    LEFT JOIN hold n ON n.id = {NEXT}
    LEFT JOIN patron np ON np.id = n.patron_id
    WHERE UPPER(i.barcode) = %(barcode)s"""


class _Kept(TypedDict, total=False):
    hold_id: int | None
    hold_state: str
    hold_pickup_id: int | None
    uncleared_hold_id: int | None


def for_checkin(barcode: str, *, today: date) -> tuple[int, ReturnFacts]:
    """The number of the configuration, and the facts. Raises Refused: unknown-item."""
    row = one_row(SQL, {"barcode": normal(barcode), "today": today})
    if row is None:
        raise Refused(
            [Refusal(Reason.UNKNOWN_ITEM, facts={"barcode": barcode.strip()})]
        )
    return row[0] or 0, ReturnFacts(
        item_id=row[1],
        barcode=row[2],
        record_id=row[3],
        title=row[4],
        item_type_id=row[5],
        home_library_id=row[6],
        library_id=row[7],
        parts=row[8],
        parts_note=row[9],
        lost=row[10],
        not_for_loan=row[11],
        damaged=row[12],
        withdrawn=row[13],
        enumchron=row[14],
        replacement_price_cents=row[15],
        last_seen_at=moment_or_none(row[16]),
        loan_id=row[17],
        patron_id=row[18],
        patron_history=row[19] or "default",
        lent_at=moment_or_none(row[20]),
        due_at=moment_or_none(row[21]),
        renewals=row[22] or 0,
        rules_library_id=row[23],
        category_id=row[24],
        lent_library_id=row[25],
        fine_charge_id=row[26],
        owed_cents=row[27],
        **_kept_for(row[28], row[29], row[30]),
        transit_id=row[31],
        transit_to=row[32],
        transit_reason=row[33] or "",
        collection=row[34],
        dispatch_from=row[35],
        dispatch_to=row[36],
        rotates_at=row[37],
        next_hold_id=row[38],
        next_pickup_id=row[39],
        next_category_id=row[40],
        next_home_id=row[41],
        claimed_at=moment_or_none(row[42]),
        restricted=row[43],
    )


def _kept_for(hold: int | None, state: str | None, pickup: int | None) -> _Kept:
    """The hold that the item was set aside for, or that has left it on its shelf."""
    if state == Hold.State.UNCLEARED:
        return {"uncleared_hold_id": hold}
    return {"hold_id": hold, "hold_state": state or "", "hold_pickup_id": pickup}


def candidates(facts: ReturnFacts, *, today: date) -> Iterator[ReturnFacts]:
    """The facts with each hold of the queue in turn that the item could fill."""
    rows = (
        Hold.objects.filter(
            active_on(today),
            wants(facts.item_id, facts.enumchron),
            record=facts.record_id,
        )
        .order_by(*ORDER)
        .values_list("pk", "pickup_library", "patron__category", "patron__home_library")
    )
    for hold_id, pickup, category, home in rows.iterator(AT_ONCE):
        yield replace(
            facts,
            next_hold_id=hold_id,
            next_pickup_id=pickup,
            next_category_id=category,
            next_home_id=home,
        )


def hold_item_row(barcode: str) -> None:
    """Make other desks wait for this item until the transaction ends.

    On SQLite the transaction holds the only write lock already.
    """
    if on_postgresql():
        one_row(
            "SELECT id FROM item WHERE UPPER(barcode) = %(barcode)s FOR NO KEY UPDATE",
            {"barcode": normal(barcode)},
        )
