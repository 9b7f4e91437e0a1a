"""What others may hear about where items are to stand."""

from dataclasses import dataclass

from kortisto.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class FloatLimitSet(Event):
    """A limit of floating was set; ``most`` None: it was taken away."""

    unit_id: int
    item_type_id: int | None
    collection: str
    most: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchesAsked(Event):
    """So many items are to be sent from one library to another, for the balance."""

    library_id: int
    destination_id: int
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchDropped(Event):
    """An item is not sent after all."""

    item_id: int
    record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationChanged(Event):
    """A rotating collection was made or changed; ``what``: made, round, day, ended."""

    collection_id: int
    name: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationSentOn(Event):
    """A rotating collection belongs to its next library from now on."""

    collection_id: int
    name: str
    library_id: int  # where it was
    destination_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationItemAdded(Event):
    """An item belongs to a rotating collection."""

    collection_id: int
    name: str
    item_id: int
    record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationItemRemoved(Event):
    """An item belongs to no rotating collection any more: it goes home."""

    collection_id: int
    name: str
    item_id: int
    record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferLimitChanged(Event):
    """Items of a kind are not sent that way any more, or are again."""

    library_id: int
    destination_id: int
    item_type_id: int | None
    collection: str
    what: str  # set, removed
