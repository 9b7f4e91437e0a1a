"""What has happened in home delivery. Never wishes, nor what is in a basket."""

from dataclasses import dataclass

from kortisto.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRoundChanged(Event):
    """A round of home delivery came, changed or ended."""

    round_id: int
    library_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPatronChanged(Event):
    """A patron is served at home, otherwise than before, or (``left``) no more."""

    patron_id: int
    left: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketLent(Event):
    """A basket was lent to its patron: so many items, and so many were refused."""

    basket_id: int
    patron_id: int
    lent: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketTakenBack(Event):
    """What was still on loan of a basket came back together."""

    basket_id: int
    patron_id: int
    items: int
