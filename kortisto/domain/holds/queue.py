"""Who waits in a queue today, and in which order: a function of stored facts.

Promise 4 of the design. The same sentences in SQL, for the hot statements, and as
conditions of the ORM. In SQL ``q`` is the hold, ``i`` the item, ``%(today)s`` the day.

A hold of a bundle stands back while another one of it is served. For a series that is
so until the copy has been returned: the one question of this layer to the loans above.
"""

from datetime import date
from typing import Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from kortisto.domain.holds.models import Hold

SET_ASIDE: Final = "('travelling', 'processing', 'waiting')"
KEPT: Final = "('travelling', 'processing', 'waiting', 'uncleared')"


IN_ITS_QUEUE: Final = """state = 'queued', item_id = NULL, pickup_until = NULL,
    shelf_place_id = NULL, shelved_on = NULL"""
"""What is written of a hold whose copy has gone elsewhere."""


def _stands_back(hold: str) -> str:
    """In SQL, of a hold of a bundle: another one of it is served before it."""
    return f"""EXISTS (SELECT 1 FROM hold s
      WHERE s.bundle_id = {hold}.bundle_id AND s.id <> {hold}.id AND (
        ({hold}.part IS NULL AND (s.state = 'filled' OR s.state IN {SET_ASIDE}))
        OR (s.part < {hold}.part AND (
          s.state = 'queued' OR s.state IN {SET_ASIDE}
          OR (s.state = 'filled' AND EXISTS (SELECT 1 FROM loan b
                WHERE b.item_id = s.item_id AND b.patron_id = s.patron_id
                  AND b.returned_at IS NULL))))))"""


STANDS_BACK: Final = f"(mine.bundle_id IS NOT NULL AND {_stands_back('mine')})"
ACTIVE: Final = f"""q.state = 'queued'
    AND (q.suspended_from IS NULL OR q.suspended_from > %(today)s
         OR q.suspended_until < %(today)s)
    AND (q.starts_on IS NULL OR q.starts_on <= %(today)s)
    AND (q.expires_on IS NULL OR q.expires_on >= %(today)s)
    AND (q.bundle_id IS NULL OR NOT {_stands_back("q")})"""
WANTS_THE_ITEM: Final = """
    (q.wanted_item_id IS NULL OR q.wanted_item_id = i.id)
    AND (q.wanted_volume = '' OR q.wanted_volume = i.enumchron)"""
IN_ORDER: Final = "q.always_last, q.counts_from, q.id"

# Of two holds of one title, ``q`` and ``mine``.
BEFORE: Final = """(q.always_last, q.counts_from, q.id)
    < (mine.always_last, mine.counts_from, mine.id)"""
RIVALS: Final = """(
    (q.wanted_item_id IS NULL AND q.wanted_volume = '')
    OR (mine.wanted_item_id IS NULL AND mine.wanted_volume = '')
    OR q.wanted_item_id = mine.wanted_item_id
    OR (q.wanted_volume <> '' AND q.wanted_volume = mine.wanted_volume)
    OR (q.wanted_volume <> '' AND q.wanted_volume =
        (SELECT e.enumchron FROM item e WHERE e.id = mine.wanted_item_id))
    OR (mine.wanted_volume <> '' AND mine.wanted_volume =
        (SELECT e.enumchron FROM item e WHERE e.id = q.wanted_item_id)))"""
"""Whether one copy could serve either: a volume is no rival for another volume."""

TRAPPED: Final = (Hold.State.TRAVELLING, Hold.State.PROCESSING, Hold.State.WAITING)
OPEN: Final = (Hold.State.QUEUED, *TRAPPED)
KEEPS_ITS_ITEM: Final = (*TRAPPED, Hold.State.UNCLEARED)
ORDER: Final = ("always_last", "counts_from", "pk")


def active_on(day: date, *, of: str = "") -> Q:
    """Holds of the queue that may be given a copy on the day (HLD-4, HLD-7).

    The first and the last day of a suspension are suspended ones; the last day of a
    hold still counts. ``of`` leads to the hold from other rows: ``"hold__"``.
    """
    alone = Q(**{f"{of}bundle": None})
    return waits_on(day, of=of) & (alone | ~Q(Exists(served_before(of=of))))


def waits_on(day: date, *, of: str = "") -> Q:
    """The same by its own days only, whatever became of others of its bundle."""

    def where(**conditions: object) -> Q:
        return Q(**{f"{of}{name}": value for name, value in conditions.items()})

    return (
        where(state=Hold.State.QUEUED)
        & (
            where(suspended_from=None)
            | where(suspended_from__gt=day)
            | where(suspended_until__lt=day)
        )
        & (where(starts_on=None) | where(starts_on__lte=day))
        & (where(expires_on=None) | where(expires_on__gte=day))
    )


def served_before(*, of: str = "") -> QuerySet[Hold]:
    """The holds of its bundle for which a hold stands back; inside of another query."""
    outer = OuterRef(f"{of}bundle"), OuterRef(f"{of}pk"), OuterRef(f"{of}part")
    bundle, own, part = outer
    served = Q(state__in=(*TRAPPED, Hold.State.FILLED))
    parallel = Q(part=None) & served
    on_loan = Q(
        state=Hold.State.FILLED,
        item__loans__returned_at=None,
        item__loans__patron=F("patron"),
    )
    earlier = Q(part__lt=part) & (Q(state__in=OPEN) | on_loan)
    return Hold.objects.filter(parallel | earlier, bundle=bundle).exclude(pk=own)


def wants(item_id: int, volume: str) -> Q:
    """Holds that such an item can fill, as far as they say what they want."""
    return (Q(wanted_item=None) | Q(wanted_item=item_id)) & (
        Q(wanted_volume="") | Q(wanted_volume=volume)
    )
