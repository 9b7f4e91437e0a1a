"""The writes of the hot verbs, by hand: the same promises on both databases.

On PostgreSQL a check-out is one guarded statement. Its first steps lock the item and
bump the patron's version, if item, trapped hold and patron are as they were read: when
anything has changed, nothing is written and the action looks again. Every other step
depends on the one before; the order matters, since data-modifying CTEs always run.
On SQLite the action holds the only write lock throughout: short statements will do.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from kortisto.core.actors import Actor
from kortisto.core.database import on_postgresql
from kortisto.core.sql import execute, one_row
from kortisto.domain.circulation.decisions import Decision
from kortisto.domain.circulation.events import LoanRenewed, LoanStarted
from kortisto.domain.circulation.facts import Snapshot
from kortisto.domain.holds.events import HoldCleared, HoldFilled, HoldRequeued
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.queue import IN_ITS_QUEUE, SET_ASIDE

TITLE_KEPT: Final = 200

LOAN_COLUMNS: Final = """item_id, record_id, patron_id, category_id, item_type_id,
    library_id, rules_library_id, title, barcode, lent_at, lent_by, channel, due_at,
    renewals, rule_version, trace, returned_by, ending"""
LOAN_VALUES: Final = """%(item)s, %(record)s, {patron}, %(category)s, %(item_type)s,
    %(library)s, %(rules_library)s, %(title)s, %(barcode)s, {now}, %(actor)s,
    %(channel)s, {due}, 0, %(rule_version)s, {trace}, '', ''"""
EVENT_COLUMNS: Final = "kind, body, actor, unit_id, channel, happened_at"

HELD: Final = """
    SELECT id FROM item
    WHERE id = %(item)s AND changed_at = %(item_changed_at)s FOR NO KEY UPDATE"""
GUARD: Final = f"""
    UPDATE patron SET version = version + 1 FROM held
    WHERE patron.id = %(patron)s AND version = %(version)s
      AND COALESCE((SELECT h.id FROM hold h WHERE h.item_id = %(item)s
                       AND h.state IN {SET_ASIDE}), 0) = %(trapped)s
    RETURNING patron.id"""

POSTGRESQL_START: Final = f"""
WITH held AS ({HELD}),
guard AS ({GUARD}),
started AS (
    INSERT INTO loan ({LOAN_COLUMNS})
    SELECT {
    LOAN_VALUES.format(
        patron="guard.id",
        now="%(now)s::timestamptz",
        due="%(due)s::timestamptz",
        trace="%(trace)s::jsonb",
    )
}
    FROM guard RETURNING id
),
told AS (
    INSERT INTO event ({EVENT_COLUMNS})
    SELECT %(kind)s,
        jsonb_build_object('loan_id', started.id) || %(body)s::jsonb,
        %(actor)s, %(library)s, %(channel)s, %(now)s::timestamptz
    FROM started RETURNING id
)"""

MOVED: Final = """, moved AS (
    UPDATE item SET library_id = %(library)s
    WHERE id = %(item)s AND EXISTS (SELECT 1 FROM started) RETURNING id
)"""
FILLED: Final = f""", filled AS (
    UPDATE hold SET state = 'filled', item_id = %(item)s,
        ended_at = %(now)s::timestamptz
    WHERE id = %(own_hold)s AND (state = 'queued' OR item_id = %(item)s)
      AND EXISTS (SELECT 1 FROM started) RETURNING id
), told_filled AS (
    INSERT INTO event ({EVENT_COLUMNS})
    SELECT '{HoldFilled.__name__}', %(filled)s::jsonb, %(actor)s, %(library)s,
        %(channel)s, %(now)s::timestamptz FROM filled RETURNING id
)"""
REQUEUED: Final = f""", requeued AS (
    UPDATE hold SET {IN_ITS_QUEUE}
    WHERE id = %(others_hold)s AND EXISTS (SELECT 1 FROM started) RETURNING id
), told_requeued AS (
    INSERT INTO event ({EVENT_COLUMNS})
    SELECT '{HoldRequeued.__name__}', %(requeued)s::jsonb, %(actor)s, %(library)s,
        %(channel)s, %(now)s::timestamptz FROM requeued RETURNING id
)"""
OFF_THE_SHELF: Final = f"""UPDATE hold
    SET state = CASE WHEN ending = '{Hold.Ending.UNCOLLECTED}'
        THEN '{Hold.State.EXPIRED}' ELSE '{Hold.State.CANCELLED}' END
    WHERE id = %(uncleared)s AND state = '{Hold.State.UNCLEARED}'"""
CLEARED: Final = f""", cleared AS (
    {OFF_THE_SHELF} AND EXISTS (SELECT 1 FROM started) RETURNING id
), told_cleared AS (
    INSERT INTO event ({EVENT_COLUMNS})
    SELECT '{HoldCleared.__name__}', %(cleared)s::jsonb, %(actor)s, %(library)s,
        %(channel)s, %(now)s::timestamptz FROM cleared RETURNING id
)"""
ARRIVED: Final = """, arrived AS (
    UPDATE transit SET arrived_at = %(now)s::timestamptz
    WHERE id = %(transit)s AND EXISTS (SELECT 1 FROM started) RETURNING id
)"""


def start_loan(
    snapshot: Snapshot,
    decision: Decision,
    *,
    by: Actor,
    now: datetime,
    overridden: Sequence[str],
) -> int | None:
    """Write the loan, its event, and what it changes around the item.

    None when the facts had changed and nothing was written (PostgreSQL). Raises
    IntegrityError when another desk lent the item in the same moment.
    """
    values = _start_values(snapshot, decision, by=by, now=now, overridden=overridden)
    parts = _what_else(snapshot, by=by)
    if on_postgresql():
        sql = POSTGRESQL_START + "".join(parts) + " SELECT id FROM started"
        row = one_row(sql, values)
        return None if row is None else int(row[0])
    return _start_on_sqlite(values, parts, body=values["body"])


def _start_values(
    snapshot: Snapshot,
    decision: Decision,
    *,
    by: Actor,
    now: datetime,
    overridden: Sequence[str],
) -> dict[str, Any]:
    item, patron = snapshot.item, snapshot.patron
    body: dict[str, Any] = {"item_id": item.id, "record_id": item.record_id}
    if overridden:
        body["overridden"] = list(overridden)
    return {
        "patron": patron.id,
        "version": patron.version,
        "category": patron.category_id,
        "item": item.id,
        "item_changed_at": item.changed_at,
        "trapped": item.trapped_hold_id or 0,
        "own_hold": _own_hold(snapshot),
        "others_hold": item.trapped_hold_id,
        "uncleared": item.uncleared_hold_id,
        "transit": item.transit_id,
        "record": item.record_id,
        "item_type": item.item_type_id,
        "library": by.library_id,
        "rules_library": decision.rules_library_id,
        "title": item.title[:TITLE_KEPT],
        "barcode": item.barcode,
        "now": now,
        "actor": by.label,
        "channel": by.channel.value,
        "due": decision.due.at,
        "rule_version": decision.rule_version,
        "trace": decision.trace,
        "kind": LoanStarted.__name__,
        "body": body,
        **_about_holds(snapshot),
    }


def _about_holds(snapshot: Snapshot) -> dict[str, Any]:
    """What the events of the holds hold, when there are such holds."""
    about = {"item_id": snapshot.item.id, "record_id": snapshot.item.record_id}
    own, others = _own_hold(snapshot), snapshot.item.trapped_hold_id
    uncleared = snapshot.item.uncleared_hold_id
    return {
        "filled": None if own is None else HoldFilled(hold_id=own, **about).body,
        "requeued": (
            None if others is None else HoldRequeued(hold_id=others, **about).body
        ),
        "cleared": (
            None if uncleared is None else HoldCleared(hold_id=uncleared, **about).body
        ),
    }


def _own_hold(snapshot: Snapshot) -> int | None:
    """The hold that this loan answers (HLD-15).

    It is the one that this copy was trapped for; only if it was trapped for nobody,
    the patron's oldest active one on the title. One that another copy has been
    trapped for meanwhile stays as it is.
    """
    item = snapshot.item
    if item.trapped_for == snapshot.patron.id:
        return item.trapped_hold_id
    return item.own_hold_id


def _what_else(snapshot: Snapshot, *, by: Actor) -> list[str]:
    item = snapshot.item
    parts = []
    if item.library_id != by.library_id:
        parts.append(MOVED)
    if _own_hold(snapshot) is not None:
        parts.append(FILLED)
    if item.trapped_for not in {None, snapshot.patron.id}:
        parts.append(REQUEUED)
    if item.uncleared_hold_id is not None:
        parts.append(CLEARED)
    if item.transit_id is not None:
        parts.append(ARRIVED)
    return parts


SQLITE_START: Final = f"""
    INSERT INTO loan ({LOAN_COLUMNS}) VALUES ({
    LOAN_VALUES.format(
        patron="%(patron)s", now="%(now)s", due="%(due)s", trace="%(trace)s"
    )
}) RETURNING id"""
SQLITE_EVENT: Final = f"""
    INSERT INTO event ({EVENT_COLUMNS})
    VALUES (%(kind)s, %(body)s, %(actor)s, %(library)s, %(channel)s, %(now)s)"""
SQLITE_ALSO_TOLD: Final = {
    FILLED: f""", ('{HoldFilled.__name__}', %(filled)s, %(actor)s, %(library)s,
        %(channel)s, %(now)s)""",
    REQUEUED: f""", ('{HoldRequeued.__name__}', %(requeued)s, %(actor)s, %(library)s,
        %(channel)s, %(now)s)""",
    CLEARED: f""", ('{HoldCleared.__name__}', %(cleared)s, %(actor)s, %(library)s,
        %(channel)s, %(now)s)""",
}
SQLITE_PARTS: Final = {
    MOVED: "UPDATE item SET library_id = %(library)s WHERE id = %(item)s",
    FILLED: """UPDATE hold SET state = 'filled', item_id = %(item)s,
        ended_at = %(now)s WHERE id = %(own_hold)s""",
    REQUEUED: f"UPDATE hold SET {IN_ITS_QUEUE} WHERE id = %(others_hold)s",
    CLEARED: OFF_THE_SHELF,
    ARRIVED: "UPDATE transit SET arrived_at = %(now)s WHERE id = %(transit)s",
}


def _start_on_sqlite(
    values: dict[str, Any], parts: Sequence[str], *, body: dict[str, Any]
) -> int:
    for part in parts:
        if part is REQUEUED:  # before the patron's own hold takes the item
            execute(SQLITE_PARTS[part], values)
    row = one_row(SQLITE_START, values)
    assert row is not None  # noqa: S101 - an insert returns its row
    for part in parts:
        if part is not REQUEUED:
            execute(SQLITE_PARTS[part], values)
    told = {**values, "body": {"loan_id": row[0], **body}}
    also = "".join(SQLITE_ALSO_TOLD.get(part, "") for part in parts)
    execute(SQLITE_EVENT + also, told)
    return int(row[0])


POSTGRESQL_RENEW: Final = f"""
WITH renewed AS (
    UPDATE loan SET due_at = %(due)s::timestamptz, renewals = renewals + 1,
        renewed_at = %(now)s::timestamptz, rule_version = %(rule_version)s,
        trace = %(trace)s::jsonb, recalled_at = NULL
    WHERE id = %(loan)s AND returned_at IS NULL AND renewals = %(renewals)s
      AND claimed_at IS NULL AND due_at = %(old_due)s RETURNING id
)
INSERT INTO event ({EVENT_COLUMNS})
SELECT %(kind)s, %(body)s::jsonb, %(actor)s, %(library)s, %(channel)s,
    %(now)s::timestamptz FROM renewed"""
SQLITE_RENEW: Final = """
    UPDATE loan SET due_at = %(due)s, renewals = renewals + 1, renewed_at = %(now)s,
        rule_version = %(rule_version)s, trace = %(trace)s, recalled_at = NULL
    WHERE id = %(loan)s AND returned_at IS NULL AND renewals = %(renewals)s
      AND claimed_at IS NULL"""


def renew_loan(
    snapshot: Snapshot,
    decision: Decision,
    *,
    by: Actor,
    now: datetime,
    overridden: Sequence[str],
) -> bool:
    """Write a renewal and its event. False when the loan has changed since."""
    loan = snapshot.loan
    assert loan is not None  # noqa: S101 - only open loans are renewed
    event = LoanRenewed(
        loan_id=loan.id,
        item_id=snapshot.item.id,
        record_id=snapshot.item.record_id,
        renewals=loan.renewals + 1,
        due_at=decision.due.at.isoformat(),
        overridden=tuple(overridden),
    )
    values = {
        "loan": loan.id,
        "renewals": loan.renewals,
        "old_due": loan.due_at,
        "due": decision.due.at,
        "now": now,
        "rule_version": decision.rule_version,
        "trace": decision.trace,
        "kind": LoanRenewed.__name__,
        "body": event.body,
        "actor": by.label,
        "library": by.library_id,
        "channel": by.channel.value,
    }
    if on_postgresql():
        return execute(POSTGRESQL_RENEW, values) == 1
    if execute(SQLITE_RENEW, values) != 1:
        return False
    execute(SQLITE_EVENT, values)
    return True
