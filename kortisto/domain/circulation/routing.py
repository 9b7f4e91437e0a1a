"""Where an item goes from a library: the facts joined with the rules in force."""

from datetime import date

from kortisto.domain.circulation.decisions import ALL_PATRONS
from kortisto.domain.circulation.return_facts import next_hold
from kortisto.domain.circulation.returns import Plan, ReturnFacts, plan_for
from kortisto.domain.org.models import LibraryGroup
from kortisto.domain.org.queries import groups_of, organisation
from kortisto.domain.org.settings import FLOAT
from kortisto.domain.policies.queries import rules_in_force
from kortisto.domain.policies.rules import Matrix


def route(configuration: int, facts: ReturnFacts, *, at: int, today: date) -> Plan:
    """What to do with the item; one that was not on loan goes by its home's rules."""
    matrix = rules_in_force(today, configuration)
    terms = matrix.terms(
        facts.rules_library_id or facts.home_library_id,
        facts.category_id or ALL_PATRONS,
        facts.item_type_id,
    )
    floats = organisation(configuration).setting(FLOAT, at).value or (
        terms.return_rule == "float-group" and _same_group(at, facts.home_library_id)
    )
    fillable = _with_a_hold_that_it_may_fill(facts, matrix, today=today)
    return plan_for(fillable, at=at, return_rule=terms.return_rule, floats=floats)


def _with_a_hold_that_it_may_fill(
    facts: ReturnFacts, matrix: Matrix, *, today: date
) -> ReturnFacts:
    """Pass over those to whom such an item of its home is not holdable (HLD-8)."""
    barred: set[int] = set()
    while facts.next_hold_id is not None and facts.next_category_id is not None:
        terms = matrix.terms(
            facts.home_library_id, facts.next_category_id, facts.item_type_id
        )
        if terms.holdable:
            break
        barred.add(facts.next_category_id)
        facts = next_hold(facts, today=today, not_of=barred)
    return facts


def _same_group(one: int, other: int) -> bool:
    """Whether an item may float from one library to the other (HLD-50)."""
    purpose = LibraryGroup.Purpose.FLOATING
    return not set(groups_of(one, purpose)).isdisjoint(groups_of(other, purpose))
