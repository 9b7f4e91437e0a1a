"""Ask about closures and what they move."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count, Q, QuerySet
from django.utils.timezone import localdate

from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.models import Loan
from kortisto.domain.closures.models import Move, Shift
from kortisto.domain.closures.planned import Planned
from kortisto.domain.closures.planning import ClosurePlan
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.org.models import Closure

EXAMPLES: Final = 5  # of each kind
LOOK_BACK: Final = timedelta(days=60)  # so long after a closure holds may still go home


@dataclass(frozen=True, slots=True)
class Example:
    """One thing that moves, with the title it is about."""

    planned: Planned
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would move: at each library so many of each kind, and some of them."""

    by_library: Mapping[int, Counter[str]]
    total: Counter[str]
    examples: Mapping[str, list[Example]]
    transits: Mapping[int, int] = field(default_factory=dict)
    patrons: Collection[int] = ()

    @property
    def is_empty(self) -> bool:
        return not self.total


def preview_closure(
    closure: Closure, ends_on: date | None, *, now: datetime
) -> Preview:
    """What would move if the closure lasted until a day. Nothing is written."""
    holds_on = max(localdate(now), closure.starts_on)
    plan = ClosurePlan(closure, ends_on, now=now, holds_on=holds_on)
    return preview(plan.everything(), libraries=plan.libraries)


def preview(planned: Iterable[Planned], *, libraries: Collection[int] = ()) -> Preview:
    """Counted, with examples; ``libraries``: whose items on their way are counted."""
    by_library: dict[int, Counter[str]] = defaultdict(Counter)
    total: Counter[str] = Counter()
    first: dict[str, list[Planned]] = defaultdict(list)
    loans, holds = set(), set()
    for each in planned:
        by_library[each.library_id][each.what.value] += 1
        total[each.what.value] += 1
        if len(first[each.what.value]) < EXAMPLES:
            first[each.what.value].append(each)
        if each.loan_id is not None:
            loans.add(each.loan_id)
        if each.hold_id is not None:
            holds.add(each.hold_id)
    return Preview(
        by_library=dict(by_library),
        total=total,
        examples=_with_titles(first),
        transits=_coming(libraries),
        patrons=_patrons(loans, holds),
    )


def _with_titles(first: Mapping[str, list[Planned]]) -> dict[str, list[Example]]:
    shown = [each for those in first.values() for each in those]
    items = Item.objects.filter(pk__in=[each.subject_id for each in shown])
    known = dict(items.values_list("pk", "record__title"))
    loans = Loan.objects.filter(pk__in=[each.loan_id for each in shown])
    holds = Hold.objects.filter(pk__in=[each.hold_id for each in shown])
    titles = dict(loans.values_list("pk", "title"))
    waited = dict(holds.values_list("pk", "record__title"))
    return {
        what: [
            Example(
                each,
                titles.get(each.loan_id or 0)
                or waited.get(each.hold_id or 0)
                or known.get(each.subject_id or 0, ""),
            )
            for each in those
        ]
        for what, those in first.items()
    }


def _coming(libraries: Collection[int]) -> dict[int, int]:
    """How many items are on their way to each library."""
    rows = Transit.objects.filter(
        destination__in=libraries, arrived_at=None, cancelled_at=None
    )
    counted = rows.order_by().values_list("destination").annotate(items=Count("pk"))
    return dict(counted)


def _patrons(loans: set[int], holds: set[int]) -> set[int]:
    """Whose things they are, in pieces that every database takes."""
    found: set[int] = set()
    for ids, rows in ((loans, Loan.objects), (holds, Hold.objects)):
        wanted = sorted(ids)
        for start in range(0, len(wanted), 1000):
            some = rows.filter(pk__in=wanted[start : start + 1000])
            found.update(some.values_list("patron_id", flat=True))
    found.discard(None)  # type: ignore[arg-type]
    return found


def closures_with_holds_to_move(now: datetime) -> list[int]:
    """Closures of which something changes with the day: holds, shelves left behind."""
    today = localdate(now)
    recent = Closure.objects.filter(
        ends_on__gte=today - LOOK_BACK, state=Closure.State.IN_FORCE
    ).exclude(pickup=None, premises=None)
    return [
        closure.pk
        for closure in recent.order_by("pk")
        if any(ClosurePlan(closure, closure.ends_on, now=now).of_the_day())
    ]


def what_waits_for(unit_id: int) -> list[Shift]:
    """What will happen to a unit on a later day, the soonest first."""
    found = Shift.objects.filter(
        Q(choice__library=unit_id) | Q(choice__into=unit_id) | Q(choice__unit=unit_id),
        state=Shift.State.ASKED,
    )
    waiting = [shift for shift in found if shift.takes_effect_on is not None]
    return sorted(waiting, key=lambda shift: (shift.choice["on"], shift.pk))


def shifts_with_counts() -> "QuerySet[Shift]":
    """Shifts, the newest first, with how many things they moved and left."""
    return Shift.objects.order_by("-pk").annotate(
        all_moves=Count("moves"),
        moved=Count("moves", filter=Q(moves__state=Move.State.DONE)),
        left=Count(
            "moves",
            filter=Q(moves__state__in=(Move.State.LEFT, Move.State.REFUSED)),
        ),
    )
