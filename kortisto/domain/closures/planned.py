"""One thing that would move, and what a closure has moved before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from kortisto.domain.closures.models import Move
from kortisto.domain.org.models import Closure


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One thing that would move. Values as ``Move`` keeps them."""

    what: Move.What
    library_id: int
    before: str
    after: str
    origin: str
    loan_id: int | None = None
    hold_id: int | None = None
    subject_id: int | None = None


IDS: Final[Mapping[Move.What, str]] = {
    Move.What.DUE: "loan_id",
    Move.What.LAST_DAY: "hold_id",
    Move.What.PICKUP: "hold_id",
    Move.What.LEFT: "subject_id",
}


class Earlier(NamedTuple):
    """What a closure has made of something: what it had been, and what it became."""

    origin: str
    after: str


def earlier_moves(closure: Closure, what: Move.What) -> Mapping[int, Earlier]:
    """What this closure has moved, each as it was moved the last time."""
    moves = Move.objects.filter(
        shift__closure=closure, what=what, state=Move.State.DONE
    ).order_by("pk")
    return {
        subject: Earlier(origin, after)
        for subject, origin, after in moves.values_list(IDS[what], "origin", "after")
    }
