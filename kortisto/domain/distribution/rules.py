"""What limits of floating count, what levels a balance, where a round goes. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What limits tell items apart by."""

    item_type_id: int
    collection: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most so many floating items of a kind in each library of a unit.

    Without an item type it counts all types, without a collection every collection.
    """

    id: int
    unit_id: int
    item_type_id: int | None
    collection: str
    most: int

    def counts(self, kind: Kind) -> bool:
        """Whether items of the kind are counted."""
        same_type = self.item_type_id in {None, kind.item_type_id}
        return same_type and self.collection in {"", kind.collection}


@dataclass(frozen=True, slots=True)
class FloatLimits:
    """Every limit, as check-ins ask for them."""

    limits: tuple[Limit, ...] = ()

    def at(self, path: Iterable[int], kind: Kind) -> tuple[Limit, ...]:
        """The limits of a library, by the units that it stands below and itself."""
        units = frozenset(path)
        return tuple(
            one for one in self.limits if one.unit_id in units and one.counts(kind)
        )


def neediest(lacks: Mapping[int, int], *, full: frozenset[int]) -> int | None:
    """The library that lacks most of its own and has room; None: none lacks any.

    Of those that lack as many, the one with the lowest number.
    """
    lacking = {one: lack for one, lack in lacks.items() if lack > 0 and one not in full}
    return min(lacking, key=lambda one: (-lacking[one], one)) if lacking else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """So many items of a type that are to go from one library to another."""

    item_type_id: int
    origin_id: int
    destination_id: int
    items: int


def flows(
    item_type_id: int,
    balance: Mapping[int, int],
    *,
    least: int,
    together: "frozenset[frozenset[int]]",
) -> list[Flow]:
    """How libraries with too many give to those with too few, the most first.

    ``balance`` is what has come minus what has gone. Only libraries of one of the
    groups ``together`` give to one another, and fewer than ``least`` are not worth
    a box.
    """
    left = dict(balance)
    found = []
    givers = sorted((one for one in left if left[one] > 0), key=lambda o: (-left[o], o))
    for giver in givers:
        takers = sorted(
            (
                one
                for one in left
                if left[one] < 0 and any({giver, one} <= group for group in together)
            ),
            key=lambda one: (left[one], one),
        )
        for taker in takers:
            items = min(left[giver], -left[taker])
            if items < least:
                continue
            left[giver] -= items
            left[taker] += items
            found.append(
                Flow(
                    item_type_id=item_type_id,
                    origin_id=giver,
                    destination_id=taker,
                    items=items,
                )
            )
    return found


def next_place(here: int, usable: Collection[int]) -> int | None:
    """The next place of a round that can be gone to, after its last the first."""
    after = [one for one in usable if one > here]
    return min(after or usable, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Barrier:
    """A way that items of a kind are not sent, between places and all below them."""

    id: int
    origin_id: int
    destination_id: int
    item_type_id: int | None
    collection: str

    def stops(self, kind: Kind) -> bool:
        """Whether items of the kind are kept from it."""
        same_type = self.item_type_id in {None, kind.item_type_id}
        return same_type and self.collection in {"", kind.collection}


@dataclass(frozen=True, slots=True)
class TransferLimits:
    """Every barrier, as journeys ask for them."""

    barriers: tuple[Barrier, ...] = ()

    def forbid(
        self, origin: Collection[int], destination: Collection[int], kind: Kind
    ) -> bool:
        """Between two libraries, told by the units that they stand below."""
        return any(
            one.origin_id in origin
            and one.destination_id in destination
            and one.stops(kind)
            for one in self.barriers
        )
