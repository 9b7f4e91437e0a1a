"""What would have come of a loan that was, by other rules. Pure.

It lends, renews and fines by the very rules of lending. What nobody can know is
assumed: people come when they came then, and who renewed then renews when it is due.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from kortisto.domain.circulation.decisions import rooms
from kortisto.domain.circulation.due import (
    HELSINKI,
    due_for_checkout,
    due_for_renewal,
    renewable_from,
)
from kortisto.domain.circulation.fines import overdue_fine
from kortisto.domain.circulation.rules import (
    ItemFacts,
    LendingFacts,
    LoanFacts,
    Rule,
    due_date_would_be_later,
    it_is_not_too_soon,
    item_is_for_loan,
    renewals_are_left,
    there_is_room_for_one_more,
)
from kortisto.domain.circulation.standing import PatronFacts
from kortisto.domain.org.rules import OpeningCalendar
from kortisto.domain.policies.rules import Matrix

AT_CHECKOUT: Final[tuple[Rule, ...]] = (item_is_for_loan, there_is_room_for_one_more)
AT_RENEWAL: Final[tuple[Rule, ...]] = (
    renewals_are_left,
    it_is_not_too_soon,
    due_date_would_be_later,
)
"""The rules that the matrix decides; the others ask of people and items, not of it."""

MOST_RENEWALS: Final = 500  # of one loan: whoever has had it for ever ends too
SOMEBODY: Final = PatronFacts(
    id=1, version=1, category_id=0, home_library_id=0, expires_on=date.max
)
SOMETHING: Final = ItemFacts(
    id=1,
    barcode="",
    record_id=1,
    title="",
    item_type_id=0,
    home_library_id=0,
    library_id=0,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastLoan:
    """What is known of a loan that was. ``until``: when it came back, or now.

    ``patron_id`` None: forgotten. ``renewals``: how many there were.
    """

    id: int
    patron_id: int | None
    category_id: int
    item_type_id: int
    rules_library_id: int
    lent_at: datetime
    due_at: datetime
    until: datetime
    renewals: int
    price_cents: int | None = None

    @property
    def is_renewed(self) -> bool:
        """Whether this patron renews: did then, or brought it back in time."""
        return self.renewals > 0 or self.until <= self.due_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What comes of a loan. ``refused``: it is not lent at all."""

    refused: bool = False
    first_due: date | None = None
    renewals: int = 0
    refused_renewal: bool = False  # the patron wanted to and might not
    late: bool = False
    fine_cents: int = 0


def replay(
    loan: PastLoan,
    matrix: Matrix,
    calendar: OpeningCalendar,
    *,
    open_loans: Mapping[int, int],
) -> Outcome:
    """Lend it, renew it on each due date as long as it is out, and take it back.

    ``open_loans``: how many the patron has of each item type at that moment.
    """
    terms = matrix.terms(loan.rules_library_id, loan.category_id, loan.item_type_id)
    facts = LendingFacts(
        today=_day(loan.lent_at),
        patron=SOMEBODY,
        item=SOMETHING,
        terms=terms,
        rooms=tuple(rooms(matrix, open_loans, terms)),
    )
    if any(rule(facts) is not None for rule in AT_CHECKOUT):
        return Outcome(refused=True)
    due_at = due_for_checkout(terms, calendar, now=loan.lent_at, queue=0).at
    first_due = _day(due_at)
    renewals, wanted_more = 0, False
    while loan.is_renewed and due_at < loan.until and renewals < MOST_RENEWALS:
        new_due = due_for_renewal(terms, calendar, now=due_at).at
        asked = replace(
            facts,
            today=_day(due_at),
            loan=_as_facts(loan, due_at, renewals),
            new_due_at=new_due,
            renewable_on=renewable_from(terms, due_at=due_at),
        )
        if any(rule(asked) is not None for rule in AT_RENEWAL):
            wanted_more = True
            break
        renewals, due_at = renewals + 1, new_due
    fine = overdue_fine(
        terms,
        calendar,
        due_at=due_at,
        until=loan.until,
        replacement_price_cents=loan.price_cents,
    )
    return Outcome(
        first_due=first_due,
        renewals=renewals,
        refused_renewal=wanted_more,
        late=due_at < loan.until,
        fine_cents=fine.cents,
    )


def _as_facts(loan: PastLoan, due_at: datetime, renewals: int) -> LoanFacts:
    return LoanFacts(
        id=loan.id,
        patron_id=SOMEBODY.id,
        lent_at=loan.lent_at,
        due_at=due_at,
        renewals=renewals,
        rules_library_id=loan.rules_library_id,
        category_id=loan.category_id,
        library_id=loan.rules_library_id,
    )


def _day(moment: datetime) -> date:
    return moment.astimezone(HELSINKI).date()
