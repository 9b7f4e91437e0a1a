"""The write of a return, by hand: the same promises on both databases.

On PostgreSQL it is one guarded statement, as a check-out is (``writing.py``). The item
is locked before its loan, as in every other action: else two that meet wait for each
other, and one of them dies of it.
"""

from datetime import datetime
from typing import Any, Final

from kortisto.core.actors import Actor
from kortisto.core.database import on_postgresql
from kortisto.core.sql import execute
from kortisto.domain.circulation.actions.writing import EVENT_COLUMNS, SQLITE_EVENT
from kortisto.domain.circulation.events import LoanEnded
from kortisto.domain.circulation.returns import ReturnFacts

POSTGRESQL_END: Final = f"""
WITH held AS MATERIALIZED (
    SELECT id FROM item WHERE id = %(item)s FOR NO KEY UPDATE
),
ended AS (
    UPDATE loan SET returned_at = %(returned)s::timestamptz, returned_by = %(actor)s,
        returned_library_id = %(library)s, ending = 'returned',
        patron_id = CASE WHEN %(forget)s THEN NULL ELSE patron_id END
    WHERE id = %(loan)s AND returned_at IS NULL
      AND claimed_at IS NOT DISTINCT FROM %(claimed)s::timestamptz
      AND EXISTS (SELECT 1 FROM held) RETURNING id
),
seen AS (
    UPDATE item SET library_id = %(library)s, last_seen_at = %(seen)s::timestamptz
    WHERE id = %(item)s AND EXISTS (SELECT 1 FROM ended) RETURNING id
),
kept AS (
    INSERT INTO undo_step (kind, subject_id, data, actor, unit_id, done_at, until,
        undone_by)
    SELECT 'checkin', ended.id, %(undo)s::jsonb, %(actor)s, %(library)s,
        %(now)s::timestamptz, %(undo_until)s::timestamptz, '' FROM ended RETURNING id
)
INSERT INTO event ({EVENT_COLUMNS})
SELECT %(kind)s, %(body)s::jsonb, %(actor)s, %(library)s, %(channel)s,
    %(now)s::timestamptz FROM ended"""
SQLITE_END: Final = (
    """UPDATE loan SET returned_at = %(returned)s, returned_by = %(actor)s,
        returned_library_id = %(library)s, ending = 'returned',
        patron_id = CASE WHEN %(forget)s THEN NULL ELSE patron_id END
        WHERE id = %(loan)s AND returned_at IS NULL""",
    """UPDATE item SET library_id = %(library)s, last_seen_at = %(seen)s
        WHERE id = %(item)s""",
    """INSERT INTO undo_step (kind, subject_id, data, actor, unit_id, done_at, until,
        undone_by)
        VALUES ('checkin', %(loan)s, %(undo)s, %(actor)s, %(library)s, %(now)s,
            %(undo_until)s, '')""",
    SQLITE_EVENT,
)


def end_loan(
    facts: ReturnFacts,
    *,
    returned_at: datetime,
    undo: dict[str, Any],
    undo_until: datetime,
    seen_at: datetime,
    by: Actor,
    now: datetime,
) -> bool:
    """Write a return, its event and what undoing it needs.

    False when the loan had ended, or has been claimed meanwhile: nothing is written
    then. A patron who keeps no history is forgotten in the same statement (S35).
    """
    assert facts.loan_id is not None and facts.due_at is not None  # noqa: S101, PT018
    event = LoanEnded(
        loan_id=facts.loan_id,
        item_id=facts.item_id,
        record_id=facts.record_id,
        overdue=returned_at > facts.due_at,
    )
    values = {
        "loan": facts.loan_id,
        "item": facts.item_id,
        "returned": returned_at,
        "seen": seen_at,
        "now": now,
        "claimed": facts.claimed_at,
        "forget": facts.patron_history == "never",
        "undo": undo,
        "undo_until": undo_until,
        "kind": LoanEnded.__name__,
        "body": event.body,
        "actor": by.label,
        "library": by.library_id,
        "channel": by.channel.value,
    }
    if on_postgresql():
        return execute(POSTGRESQL_END, values) == 1
    first, *rest = SQLITE_END
    if execute(first, values) != 1:
        return False
    for statement in rest:
        execute(statement, values)
    return True
