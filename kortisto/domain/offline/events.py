"""What others may hear about desks without a connection."""

from dataclasses import dataclass

from kortisto.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineDeskMade(Event):
    """A workstation was made ready to work without a connection."""

    kit_id: int
    workstation_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineWorkSent(Event):
    """What a desk did without a connection has come: so much, so much of it stuck."""

    kit_id: int
    done: int
    stuck: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineConflictEnded(Event):
    """Somebody saw to what could not be recorded; ``state`` of the deed."""

    deed_id: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineWorkForgotten(Event):
    """Old kits and what was sent with them were deleted."""

    kits: int
