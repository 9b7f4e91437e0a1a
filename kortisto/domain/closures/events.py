"""What others may hear about dates that were moved."""

from dataclasses import dataclass

from kortisto.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftAsked(Event):
    """Somebody asked for dates to be moved; ``what``: a kind of ``Shift``."""

    shift_id: int
    what: str
    closure_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftWithdrawn(Event):
    """What was to be on a later day will not be; nothing had been moved."""

    shift_id: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftCarriedOut(Event):
    """Dates were moved: so many, and so many were left as somebody had changed them."""

    shift_id: int
    what: str
    moved: int
    left: int
    closure_id: int | None = None
