"""Due dates and their traces as check-out decides them, each worked out once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from kortisto.domain.circulation.decisions import TRACED
from kortisto.domain.circulation.due import (
    HELSINKI,
    Due,
    due_for_checkout,
    due_for_renewal,
)
from kortisto.domain.circulation.fines import Fine, overdue_fine
from kortisto.domain.org.rules import OpeningCalendar
from kortisto.domain.policies.rules import Matrix, Terms
from kortisto.interfaces.cli.demo.days import written

NOON = time(12)


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class DueDay:
    """A due date: its day's number, its last moment, and the steps to it."""

    number: int
    at: str
    steps: str


@dataclass
class LendingTerms:
    """Every answer about terms, for days counted from ``first``.

    ``versions``: number of the first day of a version and its matrix, ascending.
    """

    first: date
    versions: Sequence[tuple[int, Matrix]]
    calendars: Mapping[int, OpeningCalendar]
    _dues: dict[tuple[int, int, bool, int], DueDay] = field(default_factory=dict)
    _rules: dict[tuple[int, int, int, int], str] = field(default_factory=dict)

    def matrix(self, day: int) -> Matrix:
        found = self.versions[0][1]
        for start, matrix in self.versions:
            if start <= day:
                found = matrix
        return found

    def due(self, terms: Terms, library: int, day: int, *, renewal: bool) -> DueDay:
        period = terms.loan_period
        key = (library, period, renewal, day)
        known = self._dues.get(key)
        if known is None:
            known = self._dues[key] = self._worked_out(
                terms, library, day, renewal=renewal
            )
        return known

    def _worked_out(
        self, terms: Terms, library: int, day: int, *, renewal: bool
    ) -> DueDay:
        on = self.first + timedelta(days=day)
        now = datetime.combine(on, NOON, tzinfo=HELSINKI)
        calendar = self.calendars[library]
        due: Due = (
            due_for_renewal(terms, calendar, now=now)
            if renewal
            else due_for_checkout(terms, calendar, now=now, queue=0)
        )
        number = (due.on - self.first).days
        return DueDay(number, written(due.at), as_json(list(due.steps)))

    def trace(self, matrix: Matrix, terms: Terms, place: tuple[int, int, int]) -> str:
        """The start of a loan's trace as JSON, up to its steps."""
        key = (matrix.version, *place)
        known = self._rules.get(key)
        if known is None:
            rules = as_json(terms.trace(*TRACED))
            known = self._rules[key] = (
                f'{{"version":{matrix.version},"library":{place[0]},"rules":{rules},'
                '"steps":'
            )
        return known

    def fine(
        self, place: tuple[int, int, int], due: DueDay, *, until: int, price: int
    ) -> Fine:
        """By the rules in force on the due date, until a day's number."""
        library = place[0]
        terms = self.matrix(due.number).terms(*place)
        return overdue_fine(
            terms,
            self.calendars[library],
            due_at=self._at(due.number),
            until=self._at(until),
            replacement_price_cents=price,
        )

    def _at(self, day: int) -> datetime:
        on = self.first + timedelta(days=day)
        return datetime.combine(on, NOON, tzinfo=HELSINKI)


def told(trace: Mapping[str, Any]) -> str:
    return as_json(dict(trace))
