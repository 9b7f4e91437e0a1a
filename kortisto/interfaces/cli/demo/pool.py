"""Who borrows: patrons by library, drawn by how much each of them borrows."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from random import Random
from typing import Final, NamedTuple

AT_HOME: Final = 0.86  # of the loans are of the library's own patrons


class Borrower(NamedTuple):
    """What lending needs to know; ``since``: number of the day of registration."""

    id: int
    category_id: int
    library_id: int
    since: int
    forgets: bool  # S35: returned loans do not name the patron
    is_child: bool


class _Draw:
    """Borrowers with the running sums of their activity."""

    __slots__ = ("borrowers", "sums")

    def __init__(self) -> None:
        self.borrowers: list[Borrower] = []
        self.sums: list[float] = []

    def add(self, borrower: Borrower, activity: float) -> None:
        self.borrowers.append(borrower)
        self.sums.append((self.sums[-1] if self.sums else 0.0) + activity)

    def one(self, rng: Random) -> Borrower:
        return self.borrowers[bisect_right(self.sums, rng.random() * self.sums[-1])]


class Pool:
    """Everybody who borrows."""

    def __init__(self, municipality_of: Mapping[int, int]) -> None:
        self._town = municipality_of
        self._by: defaultdict[tuple[int, bool], _Draw] = defaultdict(_Draw)

    def add(self, borrower: Borrower, activity: float) -> None:
        """Counted at the library, in its municipality (as -id) and in all (0)."""
        if activity <= 0:
            return
        for place in (borrower.library_id, -self._town[borrower.library_id], 0):
            self._by[(place, borrower.is_child)].add(borrower, activity)

    def one(
        self, library_id: int, rng: Random, *, day: int, juvenile: bool, adult: bool
    ) -> Borrower | None:
        """Somebody who was registered by the day; None when nobody was found.

        Children's material goes to children and grown-ups; ``adult``: never to a
        child, as an age limit says.
        """
        for _attempt in range(6):
            child = not adult and rng.random() < (0.6 if juvenile else 0.06)
            place = library_id
            if rng.random() > AT_HOME:
                place = -self._town[library_id] if rng.random() < 0.8 else 0
            draw = self._by.get((place, child)) or self._by.get((0, child))
            if draw is None or not draw.borrowers:
                continue
            found = draw.one(rng)
            if found.since <= day:
                return found
        return None
