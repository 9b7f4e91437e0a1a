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
class HoldLeftForStaff(Event):
    """The copy set aside for a hold came when nobody worked: staff will shelve it."""

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
class CaptureUndone(Event):
    """A copy was not to be set aside for a hold after all. HoldRequeued comes before.

    Who had been told that it waits is told that it does not.
    """

    SHORT_LIVED = True

    hold_id: int
    item_id: int
    record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPlaced(Event):
    """Somebody waits for a title, from now on or from the first day of the hold."""

    SHORT_LIVED = True

    hold_id: int
    record_id: int
    overridden: tuple[str, ...] = ()  # reasons that staff set aside


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldChanged(Event):
    """A hold was suspended, resumed, moved in its queue, or is collected elsewhere.

    ``fields`` are the names of what changed; ``why`` is what staff gave as the reason.
    """

    SHORT_LIVED = True

    hold_id: int
    record_id: int
    fields: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldEnded(Event):
    """A hold ended without a loan; ``ending`` says why (``Hold.Ending``).

    ``item_id`` is the copy that had been set aside for it, if any.
    """

    SHORT_LIVED = True

    hold_id: int
    record_id: int
    item_id: int | None
    ending: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRestored(Event):
    """A cancelled hold is back where it was: in its queue, or on the hold shelf."""

    SHORT_LIVED = True

    hold_id: int
    record_id: int
    item_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldCleared(Event):
    """The copy of a hold that had ended was taken off the hold shelf."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRedirected(Event):
    """An item on its way goes to another library than it was sent to."""

    SHORT_LIVED = True

    item_id: int
    record_id: int
    destination_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfPlaceChanged(Event):
    """A place of a hold shelf was made, or something of it changed: ``fields``."""

    place_id: int
    library_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfPlaceRemoved(Event):
    """An empty place of a hold shelf was taken away."""

    place_id: int
    library_id: int
