"""Due dates that somebody moves by hand (TOL-10), and how they are put back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localdate

from kortisto.domain.circulation.due import HELSINKI, end_of
from kortisto.domain.circulation.models import Loan
from kortisto.domain.closures.models import Move
from kortisto.domain.closures.planned import Planned
from kortisto.domain.closures.planning import (
    IGNORE,
    moment_on,
    soonest,
    stored,
)
from kortisto.domain.closures.rules import due_day, not_too_soon
from kortisto.domain.org.queries import organisation
from kortisto.domain.policies.queries import rules_in_force


@dataclass(frozen=True, kw_only=True)
class DueDates:
    """Which loans get which due date when somebody moves them by hand (TOL-10).

    An empty choice means all. Either ``day`` is given or ``days``.
    """

    libraries: tuple[int, ...] = ()
    categories: tuple[int, ...] = ()
    item_types: tuple[int, ...] = ()
    due_from: date
    due_to: date
    days: int | None = None
    day: date | None = None

    @property
    def as_json(self) -> dict[str, Any]:
        return {
            "libraries": list(self.libraries),
            "categories": list(self.categories),
            "item_types": list(self.item_types),
            "due_from": self.due_from.isoformat(),
            "due_to": self.due_to.isoformat(),
            "days": self.days,
            "day": None if self.day is None else self.day.isoformat(),
        }

    @classmethod
    def from_json(cls, choice: Mapping[str, Any]) -> "DueDates":
        day = choice["day"]
        return cls(
            libraries=tuple(choice["libraries"]),
            categories=tuple(choice["categories"]),
            item_types=tuple(choice["item_types"]),
            due_from=date.fromisoformat(choice["due_from"]),
            due_to=date.fromisoformat(choice["due_to"]),
            days=choice["days"],
            day=None if day is None else date.fromisoformat(day),
        )

    def loans(self, now: datetime) -> "QuerySet[Loan]":
        """Open loans that are meant; what is overdue stays overdue."""
        first = datetime.combine(self.due_from, time.min, tzinfo=HELSINKI)
        found = Loan.objects.filter(
            returned_at=None,
            due_at__gte=max(first, now),
            due_at__lte=end_of(self.due_to),
        )
        if self.libraries:
            found = found.filter(rules_library__in=self.libraries)
        if self.categories:
            found = found.filter(category__in=self.categories)
        if self.item_types:
            found = found.filter(item_type__in=self.item_types)
        return found


def due_dates(choice: DueDates, *, now: datetime) -> Iterator[Planned]:
    """Each chosen loan with its new due date, on a day that its library is open."""
    tree, matrix = organisation(), rules_in_force(localdate(now))
    rows = choice.loans(now).order_by("pk")
    for loan_id, library, category, kind, due_at in rows.values_list(
        "pk", "rules_library_id", "category_id", "item_type_id", "due_at"
    ):
        day = choice.day or localdate(due_at) + timedelta(days=choice.days or 0)
        calendar = tree.calendar(library)
        if matrix.terms(library, category, kind).closed_days != IGNORE:
            day = due_day(day, calendar)
        after = moment_on(day, due_at, calendar)
        if after != due_at and after > now:
            yield Planned(
                what=Move.What.DUE,
                library_id=library,
                loan_id=loan_id,
                before=stored(due_at),
                after=stored(after),
                origin=stored(due_at),
            )


def put_back(shift_id: int, *, now: datetime) -> Iterator[Planned]:
    """What a shift moved and nobody has changed since, to where it was before."""
    tree, today = organisation(), localdate(now)
    moves = Move.objects.filter(
        shift=shift_id,
        what=Move.What.DUE,
        state=Move.State.DONE,
        loan__returned_at=None,
    )
    for move in moves.order_by("pk").select_related("loan"):
        loan = move.loan
        if loan is None or stored(loan.due_at) != move.after or loan.due_at < now:
            continue
        was = datetime.fromisoformat(move.before)
        calendar = tree.calendar(move.library_id)
        day = not_too_soon(
            localdate(was),
            told=localdate(loan.due_at),
            earliest=soonest(tree, move.library_id, today),
            calendar=calendar,
        )
        yield Planned(
            what=Move.What.DUE,
            library_id=move.library_id,
            loan_id=loan.pk,
            before=move.after,
            after=stored(moment_on(day, was, calendar)),
            origin=move.origin,
        )
