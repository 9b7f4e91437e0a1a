"""At which place of its queue a hold stands: counted, never stored (promise 4).

Those count who stand before it and may take the copy that it waits for. Suspended holds
keep their places.
"""

from collections.abc import Mapping
from typing import Final

from kortisto.core.sql import all_rows
from kortisto.domain.holds.queue import BEFORE, RIVALS

COUNTED: Final = 1000  # holds before one, at most; a place after that is "over 1000"

_SQL: Final = f"""
    SELECT mine.id, (SELECT COUNT(*) FROM (
        SELECT 1 FROM hold q
         WHERE q.record_id = mine.record_id AND q.state = 'queued'
           AND {BEFORE} AND {RIVALS}
         LIMIT {COUNTED}) before_it) + 1
    FROM hold mine WHERE mine.state = 'queued' AND """


def places_of_patron(patron_id: int) -> Mapping[int, int]:
    """The place of each hold of the patron that waits in a queue: one statement."""
    return dict(all_rows(f"{_SQL} mine.patron_id = %(patron)s", {"patron": patron_id}))


def place_of(hold_id: int) -> int | None:
    """The place of one hold; None when it does not wait in a queue."""
    found = all_rows(f"{_SQL} mine.id = %(hold)s", {"hold": hold_id})
    return found[0][1] if found else None
