"""What moves when a library is merged into another, and how it is parted again.

History stays where it was made: loans, charges and visits of the old library keep its
name. What is to come belongs to the new one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.models import Loan
from kortisto.domain.closures.models import Move, Shift
from kortisto.domain.closures.planned import Planned
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.holds.queue import OPEN
from kortisto.domain.org.models import Unit
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.settings import SETTINGS
from kortisto.domain.patrons.models import Patron
from kortisto.domain.policies.models import RuleRow

What = Move.What
OF_A_LOAN: Final = {What.RULES, What.DUE}
OF_A_HOLD: Final = {What.PICKUP, What.LAST_DAY}


def libraries_of(shift: Shift) -> tuple[int, int] | None:
    """What is merged into what, or parted again; None for any other shift."""
    choice = shift.choice
    return (choice["library"], choice["into"]) if "into" in choice else None


def place_of(shift: Shift) -> tuple[int, int] | None:
    """Which unit moves below which; None for any other shift."""
    choice = shift.choice
    return (choice["unit"], choice["to"]) if "unit" in choice else None


def merged(library: int, into: int) -> Iterator[Planned]:
    """Everything of a library that goes to another, thing by thing.

    Open loans come first, then holds with the journeys that serve them, then the other
    journeys: nothing is told to go to a library that there is not any more.
    """
    for what, keys in _of(library):
        for key in keys.order_by("pk").values_list("pk", flat=True).iterator():
            yield _planned(what, key, library=library, before=library, after=into)


def parted(shift_id: int) -> Iterator[Planned]:
    """All that a merge moved; what somebody has changed since is left when its turn."""
    moves = Move.objects.filter(shift=shift_id, state=Move.State.DONE)
    for move in moves.order_by("-pk").iterator():
        key = move.loan_id or move.hold_id or move.subject_id or 0
        yield _planned(
            What(move.what),
            key,
            library=move.library_id,
            before=int(move.after),
            after=int(move.before),
        )


def _of(library: int) -> "Iterator[tuple[Move.What, QuerySet[Any, Any]]]":
    moving = Transit.objects.filter(
        destination=library, arrived_at=None, cancelled_at=None
    )
    for_holds = Hold.objects.filter(state=Hold.State.TRAVELLING).values("item")
    yield (
        What.RULES,
        Loan.objects.filter(rules_library=library, returned_at=None),
    )
    yield What.PICKUP, Hold.objects.filter(pickup_library=library, state__in=OPEN)
    items = Item.objects.filter(pk__in=moving.values("item"))
    yield What.TRANSIT, items.exclude(pk__in=for_holds)
    yield What.ITEM_HOME, Item.objects.filter(home_library=library)
    yield What.ITEM_AT, Item.objects.filter(library=library)
    yield What.PATRON, Patron.objects.filter(home_library=library, binned_at=None)


def _planned(
    what: Move.What, key: int, *, library: int, before: int, after: int
) -> Planned:
    return Planned(
        what=what,
        library_id=library,
        loan_id=key if what in OF_A_LOAN else None,
        hold_id=key if what in OF_A_HOLD else None,
        subject_id=None if what in OF_A_LOAN | OF_A_HOLD else key,
        before=str(before),
        after=str(after),
        origin=str(before),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePreview:
    """How many of each kind go over, and what does not."""

    counts: tuple[tuple[Move.What, int], ...]
    settings: tuple[str, ...]  # titles of what the library has decided itself
    rule_rows: int  # rows of rules in any version that name it
    below: tuple[str, ...]  # units below it, which go on as they are


def preview_merge(library: int) -> MergePreview:
    """Counted; nothing is written."""
    tree = organisation()
    below = tree.descendants(library) - {library}
    decided = Unit.objects.get(pk=library).settings.values_list("key", flat=True)
    return MergePreview(
        counts=tuple((what, keys.count()) for what, keys in _of(library)),
        settings=tuple(
            sorted(str(SETTINGS[key].title) for key in decided if key in SETTINGS)
        ),
        rule_rows=RuleRow.objects.filter(library=library).count(),
        below=tuple(sorted(tree.name(unit) for unit in below)),
    )
