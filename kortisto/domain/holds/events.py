"""What others may hear about holds: one event for each change (promise 6).

A hold, its copy and its title are named; its patron and the loan that answers it never
are, so that a forgotten loan history stays forgotten (REQUIREMENTS S35).
"""

from dataclasses import dataclass

from kortisto.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldTrapped(Event):
    """A copy was set aside for a hold of the queue. HoldArrived or HoldSent follows."""

    SHORT_LIVED = True

    hold_id: int
    item_id: int
    record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldSent(Event):
    """The copy set aside for a hold started its journey to the pick-up library."""

    SHORT_LIVED = True

    hold_id: int
    item_id: int
    record_id: int
    destination_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldArrived(Event):
    """The copy set aside for a hold waits on the hold shelf."""

    SHORT_LIVED = True

    hold_id: int
    item_id: int
    record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldFilled(Event):
    """The patron of a hold got a copy."""

    SHORT_LIVED = True

    hold_id: int
    item_id: int
    record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRequeued(Event):
    """A hold lost the copy that was set aside, and waits in its queue again."""

    SHORT_LIVED = True

    hold_id: int
    item_id: int
    record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldReopened(Event):
    """The loan that had filled a hold was undone: it waits where it waited before.

    ``item_id`` is the copy on the hold shelf, None for a hold of the queue.
    """

    SHORT_LIVED = True

    hold_id: int
    item_id: int | None
    record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldsForgotten(Event):
    """Holds that had ended long ago were deleted (GDP-1)."""

    holds: int
