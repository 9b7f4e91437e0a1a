"""Join the facts of one wish with the rules in force: may it wait, and why so."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from kortisto.core.refusals import Refusal
from kortisto.domain.circulation.filling import picked_up, serves
from kortisto.domain.circulation.hold_facts import Copies, HoldSnapshot
from kortisto.domain.circulation.hold_rules import HOLD_RULES, HoldFacts
from kortisto.domain.circulation.rules import reasons_against
from kortisto.domain.circulation.settings import severity_at
from kortisto.domain.org.queries import (
    Organisation,
    organisation,
)
from kortisto.domain.org.settings import LOAN_BAN_CENTS
from kortisto.domain.patrons.category_terms import charge_limits
from kortisto.domain.policies.parameters import (
    HOLD_RULE,
    HOLDABLE,
    HOLDS_MAX,
    HOLDS_ON_SHELF,
    HOLDS_PER_DAY,
    HOLDS_PER_RECORD,
    ITEM_HOLDS_ONLINE,
    PICKUP_RULE,
)
from kortisto.domain.policies.queries import rules_in_force
from kortisto.domain.policies.rules import Terms

TRACED: Final = (
    HOLDABLE,
    HOLDS_MAX,
    HOLDS_PER_DAY,
    HOLDS_PER_RECORD,
    HOLDS_ON_SHELF,
    ITEM_HOLDS_ONLINE,
    HOLD_RULE,
    PICKUP_RULE,
)


@dataclass(frozen=True, slots=True)
class HoldDecision:
    """What was decided, by the rules of which copies: kept with the hold."""

    refusals: tuple[Refusal, ...]
    rule_version: int
    copies: Copies | None  # the kind of copies that speaks most for the hold
    terms: Terms | None

    @property
    def trace(self) -> dict[str, Any]:
        """Which rule row gave each value. Rule rows never change once published."""
        if self.copies is None or self.terms is None:
            return {"version": self.rule_version}
        return {
            "version": self.rule_version,
            "library": self.copies.home_library_id,
            "item_type": self.copies.item_type_id,
            "rules": self.terms.trace(*TRACED),
        }


def decide_hold(
    snapshot: HoldSnapshot,
    *,
    pickup_library_id: int,
    certain_copy: bool,
    library_id: int,
    today: date,
    unattended: bool,
    sees_notes: bool = False,
    group_of: int | None = None,
) -> HoldDecision:
    """Decide by the kind of copies with the fewest reasons against it.

    ``library_id`` is where the settings are asked: the working library of staff, the
    pick-up library of a patron. ``certain_copy``: not any copy of the title will do.
    ``group_of``: so many copies are wanted at once, for a group.
    """
    tree = organisation(snapshot.configuration)
    matrix = rules_in_force(today, snapshot.configuration)
    patron = snapshot.patron
    limit = tree.setting(LOAN_BAN_CENTS, library_id).value
    effect = patron.expired_hold_effect or patron.expired_effect
    severity = severity_at(tree, library_id, expired_effect=effect)

    def of(copies: Copies | None) -> HoldDecision:
        terms = None
        if copies is not None:
            terms = matrix.terms(
                copies.home_library_id, patron.category_id, copies.item_type_id
            )
        facts = HoldFacts(
            today=today,
            patron=patron,
            limits=charge_limits(patron.charge_terms, setting=limit),
            sees_notes=sees_notes,
            snapshot=snapshot,
            copies=copies,
            terms=terms,
            serves_patron=_serves(tree, copies, terms, patron.home_library_id),
            picked_up_there=is_picked_up_at(pickup_library_id, copies, terms, tree),
            pickup_name=_name(tree, pickup_library_id),
            certain_copy=certain_copy,
            unattended=unattended,
            wanted=group_of or 1,
            for_a_group=group_of is not None,
        )
        refusals = reasons_against(HOLD_RULES, facts, severity)
        return HoldDecision(refusals, matrix.version, copies, terms)

    kinds = [of(copies) for copies in snapshot.copies] or [of(None)]
    return min(kinds, key=_reasons_that_stop)


def _reasons_that_stop(decision: HoldDecision) -> int:
    return sum(not refusal.notice for refusal in decision.refusals)


def _name(tree: Organisation, library_id: int) -> str:
    return tree.name(library_id)


def _serves(
    tree: Organisation,
    copies: Copies | None,
    terms: Terms | None,
    patron_home: int,
) -> bool:
    if copies is None or terms is None:
        return True
    return serves(
        terms,
        home=copies.home_library_id,
        patron_home=patron_home,
        same_group=tree.same_picking_group,
    )


def is_picked_up_at(
    pickup: int, copies: Copies | None, terms: Terms | None, tree: Organisation
) -> bool:
    """Whether such copies are sent to the library, by the rule of their home."""
    if copies is None or terms is None:
        return True
    return picked_up(
        terms,
        home=copies.home_library_id,
        holding=copies.library_id,
        pickup=pickup,
        same_group=tree.same_picking_group,
    )
