"""Join the facts of one lending with the rules in force: terms, limits, due date."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from kortisto.core.refusals import Refusal
from kortisto.domain.circulation.due import (
    Due,
    chosen,
    due_for_checkout,
    due_for_renewal,
    renewable_from,
)
from kortisto.domain.circulation.facts import Snapshot
from kortisto.domain.circulation.reasons import Reason, Severity
from kortisto.domain.circulation.rules import (
    BLOCKS_RENEWAL,
    CHECKOUT_RULES,
    RENEWAL_RULES,
    LendingFacts,
    Room,
    reasons_against,
)
from kortisto.domain.circulation.settings import severity_at
from kortisto.domain.circulation.standing import PatronFacts
from kortisto.domain.org.queries import Organisation, organisation
from kortisto.domain.org.rules import OpeningCalendar
from kortisto.domain.org.settings import LENDING_RULES_LIBRARY, LOAN_BAN_CENTS
from kortisto.domain.patrons.category_terms import ChargeLimits, charge_limits
from kortisto.domain.policies.parameters import (
    CLOSED_DAYS,
    HARD_DUE_ON,
    LOAN_PERIOD,
    LOAN_PERIOD_UNIT,
    RENEWAL_PERIOD,
    RENEWALS_ALLOWED,
    SHORT_LOAN_DAYS,
)
from kortisto.domain.policies.queries import rules_in_force
from kortisto.domain.policies.rules import Matrix, Terms

ALL_PATRONS: Final = 0  # no rule row names it: only rows for all patrons speak
TRACED: Final = (
    LOAN_PERIOD,
    LOAN_PERIOD_UNIT,
    CLOSED_DAYS,
    HARD_DUE_ON,
    SHORT_LOAN_DAYS,
    RENEWALS_ALLOWED,
    RENEWAL_PERIOD,
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, from what: kept with the loan as its trace."""

    refusals: tuple[Refusal, ...]
    due: Due
    rules_library_id: int
    rule_version: int
    terms: Terms

    @property
    def trace(self) -> dict[str, Any]:
        """Which rule row gave each value, and the steps to the due date.

        Rule rows never change once published, so ids are enough.
        """
        return {
            "version": self.rule_version,
            "library": self.rules_library_id,
            "rules": self.terms.trace(*TRACED),
            "steps": list(self.due.steps),
        }


def decide_checkout(
    snapshot: Snapshot,
    *,
    library_id: int,
    today: date,
    now: datetime,
    due_on: date | None,
    sees_notes: bool = False,
) -> Decision:
    """Decide a check-out at a library. ``due_on`` is a due date that staff chose.

    ``sees_notes``: whoever asks may read what staff write about patrons.
    """
    tree = organisation(snapshot.configuration)
    matrix = rules_in_force(today, snapshot.configuration)
    place = rules_library(tree, snapshot, at=library_id)
    patron, item = snapshot.patron, snapshot.item
    terms = matrix.terms(place, patron.category_id, item.item_type_id)
    due = (
        due_for_checkout(terms, tree.calendar(place), now=now, queue=item.queue)
        if due_on is None
        else chosen(due_on)
    )
    facts = LendingFacts(
        today=today,
        patron=patron,
        item=item,
        terms=terms,
        rooms=tuple(rooms(matrix, patron.loans_by_type, terms)),
        limits=_limits(tree, patron, library_id),
        loan=snapshot.loan,
        sees_notes=sees_notes,
    )
    graded = severity_at(tree, library_id, expired_effect=patron.expired_effect)
    refusals = reasons_against(CHECKOUT_RULES, facts, graded)
    return Decision(refusals, due, place, matrix.version, terms)


def decide_renewal(
    snapshot: Snapshot,
    *,
    today: date,
    now: datetime,
    unattended: bool,
    sees_notes: bool = False,
) -> Decision:
    """Decide a renewal: the same rules and calendar at every door (CIR-30, pain 40).

    Rules, limits and what may be set aside are those of the library whose rules the
    loan was made by, wherever it is renewed.
    ``unattended``: the patron renews without staff, in the web or at a machine.
    ``sees_notes``: whoever asks may read what staff write about patrons.
    """
    loan = snapshot.loan
    assert loan is not None  # noqa: S101 - callers ask for an open loan
    tree = organisation(snapshot.configuration)
    matrix = rules_in_force(today, snapshot.configuration)
    place = loan.rules_library_id
    patron, item = snapshot.patron, snapshot.item
    terms = matrix.terms(place, loan.category_id, item.item_type_id)
    due = due_for_renewal(terms, tree.calendar(place), now=now)
    facts = LendingFacts(
        today=today,
        patron=patron,
        item=item,
        terms=terms,
        limits=_limits(tree, patron, place),
        loan=loan,
        unattended=unattended,
        sees_notes=sees_notes,
        new_due_at=due.at,
        renewable_on=renewable_from(terms, due_at=loan.due_at),
        free_copies=free_copies(matrix, snapshot),
        want_this_copy=snapshot.others.want_this_one if snapshot.others else 0,
    )
    effect = patron.expired_renewal_effect or patron.expired_effect
    graded = severity_at(tree, place, expired_effect=effect)

    def severity(reason: Reason) -> Severity:
        """A queue, only told at a check-out, stops a renewal (CIR-31)."""
        found = graded(reason)
        if reason in BLOCKS_RENEWAL and found is Severity.NOTICE:
            return Severity.OVERRIDE
        return found

    refusals = reasons_against(RENEWAL_RULES, facts, severity)
    return Decision(refusals, due, place, matrix.version, terms)


def _limits(tree: Organisation, patron: PatronFacts, library_id: int) -> ChargeLimits:
    """Sums that bar borrowing: of the patron's category, else of the library."""
    setting = tree.setting(LOAN_BAN_CENTS, library_id).value
    return charge_limits(patron.charge_terms, setting=setting)


def free_copies(matrix: Matrix, snapshot: Snapshot) -> int:
    """Other copies that meet a queue: those of kinds that are lent and can be held.

    Who waits is not known here, so only rules for all patrons speak.
    """
    if snapshot.others is None:
        return 0
    counted = 0
    for (home, item_type), copies in snapshot.others.free.items():
        terms = matrix.terms(home, ALL_PATRONS, item_type)
        if terms.for_loan and terms.holdable:
            counted += copies
    return counted


def rooms(matrix: Matrix, loans: Mapping[int, int], terms: Terms) -> Iterator[Room]:
    """Each limit with the loans that it counts, over all libraries (CIR-5).

    ``loans``: how many the patron has of each item type.
    """
    if not terms.limits and terms.max_loans is not None:
        yield Room(terms.max_loans, sum(loans.values()))
    for limit in terms.limits:
        if limit.scope is None:
            yield Room(limit.value, sum(loans.values()))
        else:
            family = matrix.family(limit.scope)
            counted = sum(n for item_type, n in loans.items() if item_type in family)
            yield Room(limit.value, counted, of_type=True)


def rules_library(tree: Organisation, snapshot: Snapshot, *, at: int) -> int:
    """Whose rules apply (CIR-3): a setting of the library where the lending happens."""
    match tree.setting(LENDING_RULES_LIBRARY, at).value:
        case "item-home":
            return snapshot.item.home_library_id
        case "checkout":
            return at
        case "patron-home":
            return snapshot.patron.home_library_id
        case _:
            return snapshot.item.library_id


def terms_of(
    configuration: int, *, day: date, library_id: int, category_id: int, item_type: int
) -> tuple[Terms, OpeningCalendar, Matrix]:
    """Terms and calendar for a loan that is already made: fines and returns."""
    matrix = rules_in_force(day, configuration)
    terms = matrix.terms(library_id, category_id, item_type)
    return terms, organisation(configuration).calendar(library_id), matrix
