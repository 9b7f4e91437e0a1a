"""What others may hear about fetching copies: items, never patrons."""

from dataclasses import dataclass

from kortisto.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemMissed(Event):
    """A copy was looked for on its shelf and was not there."""

    item_id: int
    record_id: int
    library_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PullPutOff(Event):
    """Somebody asked to see a row of the pull list later."""

    SHORT_LIVED = True

    hold_id: int
    item_id: int
    record_id: int
