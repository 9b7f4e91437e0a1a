"""Everything a check-in needs, read in one statement."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Final

from django.db.models import Q

from kortisto.core.database import on_postgresql
from kortisto.core.refusals import Refusal, Refused
from kortisto.core.sql import moment_or_none, one_row
from kortisto.domain.circulation.facts import CONFIGURATION, normal
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.circulation.returns import ReturnFacts
from kortisto.domain.holds.models import Hold

QUEUE: Final = """
    FROM hold q JOIN patron qp ON qp.id = q.patron_id
    WHERE q.record_id = i.record_id AND q.state = 'queued' AND NOT q.suspended
      AND (q.wanted_item_id IS NULL OR q.wanted_item_id = i.id)
      AND (q.starts_on IS NULL OR q.starts_on <= %(today)s)
      AND (q.expires_on IS NULL OR q.expires_on >= %(today)s)
    ORDER BY q.placed_at, q.id"""

SQL: Final = f"""
    SELECT {CONFIGURATION}, i.id, i.barcode, i.record_id, rec.title, i.item_type_id,
      i.home_library_id, i.library_id, i.parts, i.parts_note, i.lost, i.not_for_loan,
      i.damaged, i.withdrawn, i.replacement_price_cents, i.last_seen_at,
      o.id, o.patron_id, p.history, o.lent_at, o.due_at, o.renewals,
      o.rules_library_id, o.category_id, o.library_id,
      (SELECT ch.id FROM charge ch
         JOIN charge_type ct ON ct.id = ch.type_id AND ct.code = 'OVERDUE'
        WHERE ch.loan_id = o.id AND ch.loan_period = o.renewals),
      (SELECT CAST(COALESCE(SUM(po.cents), 0) AS bigint) FROM posting po
        WHERE po.patron_id = o.patron_id),
      h.id, h.state, h.pickup_library_id, t.id, t.destination_id,
      (SELECT q.id {QUEUE} LIMIT 1), (SELECT q.pickup_library_id {QUEUE} LIMIT 1),
      (SELECT qp.category_id {QUEUE} LIMIT 1)
    FROM item i
    JOIN record rec ON rec.id = i.record_id
    LEFT JOIN loan o ON o.item_id = i.id AND o.returned_at IS NULL
    LEFT JOIN patron p ON p.id = o.patron_id
    LEFT JOIN hold h ON h.item_id = i.id AND h.state IN ('travelling', 'waiting')
    LEFT JOIN transit t ON t.item_id = i.id
      AND t.arrived_at IS NULL AND t.cancelled_at IS NULL
    WHERE UPPER(i.barcode) = %(barcode)s"""


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
        replacement_price_cents=row[14],
        last_seen_at=moment_or_none(row[15]),
        loan_id=row[16],
        patron_id=row[17],
        patron_history=row[18] or "default",
        lent_at=moment_or_none(row[19]),
        due_at=moment_or_none(row[20]),
        renewals=row[21] or 0,
        rules_library_id=row[22],
        category_id=row[23],
        lent_library_id=row[24],
        fine_charge_id=row[25],
        owed_cents=row[26],
        hold_id=row[27],
        hold_state=row[28] or "",
        hold_pickup_id=row[29],
        transit_id=row[30],
        transit_to=row[31],
        next_hold_id=row[32],
        next_pickup_id=row[33],
        next_category_id=row[34],
    )


def next_hold(
    facts: ReturnFacts, *, today: date, not_of: Collection[int]
) -> ReturnFacts:
    """The facts with the first of the queue that is not of these patron categories."""
    found = (
        Hold.objects.filter(
            Q(wanted_item=None) | Q(wanted_item=facts.item_id),
            Q(starts_on=None) | Q(starts_on__lte=today),
            Q(expires_on=None) | Q(expires_on__gte=today),
            record=facts.record_id,
            state=Hold.State.QUEUED,
            suspended=False,
        )
        .exclude(patron__category__in=not_of)
        .order_by("placed_at", "pk")
        .values_list("pk", "pickup_library", "patron__category")
        .first()
    )
    hold_id, pickup, category = found or (None, None, None)
    return replace(
        facts, next_hold_id=hold_id, next_pickup_id=pickup, next_category_id=category
    )


def hold_item_row(barcode: str) -> None:
    """Make other desks wait for this item until the transaction ends.

    On SQLite the transaction holds the only write lock already.
    """
    if on_postgresql():
        one_row(
            "SELECT id FROM item WHERE UPPER(barcode) = %(barcode)s FOR UPDATE",
            {"barcode": normal(barcode)},
        )
