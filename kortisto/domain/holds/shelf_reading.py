"""Read the hold shelf: what should stand there against what does. Pure."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShelfReading:
    """Barcodes in capitals. ``strangers`` are there and should not be."""

    there: tuple[str, ...]
    missing: tuple[str, ...]
    to_clear: tuple[str, ...]  # their holds have ended
    strangers: tuple[str, ...]


def read_shelf(
    scanned: Collection[str], *, waiting: Collection[str], ended: Collection[str]
) -> ShelfReading:
    """Compare what was scanned with what waits and with what is to be taken off.

    What has ended and was not scanned is no longer on the shelf, or was passed over:
    it stays on its own list and is not missed here. In the order that came in.
    """
    seen = dict.fromkeys(scanned)
    expected = dict.fromkeys(waiting)
    over = frozenset(ended)
    return ShelfReading(
        there=tuple(code for code in seen if code in expected),
        missing=tuple(code for code in expected if code not in seen),
        to_clear=tuple(code for code in seen if code in over),
        strangers=tuple(c for c in seen if c not in expected and c not in over),
    )
