"""A version of the rules against the loans that were: before the board votes.

Each loan is replayed twice by the same rules of lending: by the matrix that was in
force on its day, and by the version that is tried. The difference is what changes.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.timezone import localdate

from kortisto.domain.circulation.due import HELSINKI, end_of
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.replay import Outcome, PastLoan, replay
from kortisto.domain.holds.models import Hold
from kortisto.domain.org.queries import Organisation, organisation
from kortisto.domain.policies.queries import matrix_of, rules_in_force, rules_version
from kortisto.domain.policies.rules import Matrix

PAGE: Final = 2000
LONGEST_DAYS: Final = 732
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Side:
    """Sums of one of the two: the rules of then, or those that are tried."""

    refused: int = 0
    loan_days: int = 0  # from the loan to its first due date, all loans together
    renewals: int = 0
    refused_renewals: int = 0
    late: int = 0
    fined: int = 0
    fine_cents: int = 0
    uncollected_cents: int = 0

    def add(self, loan: PastLoan, outcome: Outcome) -> None:
        if outcome.refused or outcome.first_due is None:
            self.refused += 1
            return
        self.loan_days += (outcome.first_due - localdate(loan.lent_at)).days
        self.renewals += outcome.renewals
        self.refused_renewals += outcome.refused_renewal
        self.late += outcome.late
        self.fined += bool(outcome.fine_cents)
        self.fine_cents += outcome.fine_cents

    @property
    def income_cents(self) -> int:
        return self.fine_cents + self.uncollected_cents


@dataclass(slots=True)
class Sums:
    """What was, and both sides, for one municipality."""

    loans: int = 0
    renewals: int = 0  # that there really were
    late: int = 0
    sooner: int = 0  # loans whose first due date the tried rules bring forward
    later: int = 0
    uncollected: int = 0
    then: Side = field(default_factory=Side)
    tried: Side = field(default_factory=Side)


@dataclass(frozen=True, slots=True)
class Window:
    """Loans that began on these days, both included."""

    first: date
    last: date

    @property
    def moments(self) -> tuple[datetime, datetime]:
        first = datetime.combine(self.first, time.min, tzinfo=HELSINKI)
        return first, end_of(self.last)

    @classmethod
    def of_days(cls, days: int, *, today: date) -> "Window":
        return cls(today - timedelta(days=days), today - timedelta(days=1))


class _OpenLoans:
    """How many loans each patron has, as time goes on from loan to loan."""

    def __init__(self) -> None:
        self._of: dict[int, Counter[int]] = defaultdict(Counter)
        self._ends: list[tuple[datetime, int, int]] = []

    def at(self, moment: datetime, patron_id: int | None) -> Counter[int]:
        while self._ends and self._ends[0][0] <= moment:
            _when, whose, kind = heappop(self._ends)
            self._of[whose][kind] -= 1
        return Counter() if patron_id is None else self._of[patron_id]

    def lend(self, loan: PastLoan) -> None:
        if loan.patron_id is not None:
            self._of[loan.patron_id][loan.item_type_id] += 1
            heappush(self._ends, (loan.until, loan.patron_id, loan.item_type_id))


def simulate(
    version: int,
    window: Window,
    *,
    now: datetime,
    progress: Progress | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> dict[int, Sums]:
    """Sums by municipality. Reads; writes nothing. Raises RuleVersion.DoesNotExist.

    Stopped early, it gives what it has.
    """
    tree, tried = organisation(), matrix_of(rules_version(version))
    found: dict[int, Sums] = defaultdict(Sums)
    total = _loans(window).count()
    open_then, open_tried = _OpenLoans(), _OpenLoans()
    for seen, (loan, library) in enumerate(_past(window, now=now), start=1):
        calendar = tree.calendar(loan.rules_library_id)
        in_force = rules_in_force(localdate(loan.lent_at))
        sums = found[tree.municipality_of(library)]
        sums.loans += 1
        sums.renewals += loan.renewals
        sums.late += loan.until > loan.due_at
        outcomes = []
        for matrix, side, open_loans in (
            (in_force, sums.then, open_then),
            (tried, sums.tried, open_tried),
        ):
            outcome = replay(
                loan,
                matrix,
                calendar,
                open_loans=open_loans.at(loan.lent_at, loan.patron_id),
            )
            side.add(loan, outcome)
            outcomes.append(outcome)
            if not outcome.refused:
                open_loans.lend(loan)
        _compare(sums, *outcomes)
        if seen % PAGE == 0:
            if progress is not None:
                progress(seen, total)
            if stopping():
                return found
    _add_uncollected(found, window, tried, tree)
    return found


def _compare(sums: Sums, then: Outcome, tried: Outcome) -> None:
    if then.first_due is None or tried.first_due is None:
        return
    sums.sooner += tried.first_due < then.first_due
    sums.later += tried.first_due > then.first_due


def _loans(window: Window) -> "QuerySet[Loan]":
    begun = Loan.objects.filter(lent_at__range=window.moments)
    return begun.exclude(ending=Loan.Ending.UNDONE)


def _past(window: Window, *, now: datetime) -> Iterator[tuple[PastLoan, int]]:
    """Each loan of the window in the order of lending, and where it was lent."""
    rows = (
        _loans(window)
        .order_by("lent_at", "pk")
        .values_list(
            "pk",
            "patron_id",
            "category_id",
            "item_type_id",
            "rules_library_id",
            "lent_at",
            "due_at",
            "returned_at",
            "renewals",
            "item__replacement_price_cents",
            "library_id",
        )
    )
    for row in rows.iterator(chunk_size=PAGE):
        pk, patron, category, kind, rules_library, lent_at, due_at = row[:7]
        returned_at, renewals, price, library = row[7:]
        yield (
            PastLoan(
                id=pk,
                patron_id=patron,
                category_id=category,
                item_type_id=kind,
                rules_library_id=rules_library,
                lent_at=lent_at,
                due_at=due_at,
                until=returned_at or now,
                renewals=renewals,
                price_cents=price,
            ),
            library,
        )


def _add_uncollected(
    found: dict[int, Sums], window: Window, tried: Matrix, tree: Organisation
) -> None:
    """Holds that nobody collected: what each costs by either matrix."""
    rows = Hold.objects.filter(
        ending=Hold.Ending.UNCOLLECTED, ended_at__range=window.moments
    )
    for ended_at, library, category, kind in rows.values_list(
        "ended_at", "pickup_library_id", "patron__category_id", "item__item_type_id"
    ):
        if ended_at is None or kind is None:
            continue
        key = library, category, kind
        sums = found[tree.municipality_of(library)]
        sums.uncollected += 1
        then = rules_in_force(localdate(ended_at)).terms(*key)
        sums.then.uncollected_cents += then.uncollected_fee_cents
        sums.tried.uncollected_cents += tried.terms(*key).uncollected_fee_cents


def as_json(found: dict[int, Sums]) -> dict[str, Any]:
    """As a job keeps it: by the id of the municipality."""
    return {str(place): asdict(sums) for place, sums in found.items()}


def from_json(kept: dict[str, Any]) -> dict[int, Sums]:
    """What ``as_json`` made."""
    return {
        int(place): Sums(
            **{
                **values,
                "then": Side(**values["then"]),
                "tried": Side(**values["tried"]),
            }
        )
        for place, values in kept.items()
    }


def altogether(found: dict[int, Sums]) -> Sums:
    """The sums of every municipality together."""
    total = Sums()
    for sums in found.values():
        for name in ("loans", "renewals", "late", "sooner", "later", "uncollected"):
            setattr(total, name, getattr(total, name) + getattr(sums, name))
        for mine, theirs in ((total.then, sums.then), (total.tried, sums.tried)):
            for name, value in asdict(theirs).items():
                setattr(mine, name, getattr(mine, name) + value)
    return total
