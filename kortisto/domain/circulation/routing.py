"""Where an item goes from a library: the facts joined with the rules in force."""

from dataclasses import replace
from datetime import date, datetime
from itertools import chain

from django.utils.timezone import localtime

from kortisto.core.actors import Actor, ActorKind
from kortisto.domain.circulation.capturing import chosen
from kortisto.domain.circulation.decisions import ALL_PATRONS
from kortisto.domain.circulation.filling import may_fill
from kortisto.domain.circulation.floating import kind_of, with_room
from kortisto.domain.circulation.return_facts import candidates
from kortisto.domain.circulation.returns import Plan, ReturnFacts, plan_for
from kortisto.domain.distribution.queries import (
    float_limits,
    may_be_sent,
    transfer_limits,
)
from kortisto.domain.distribution.rules import TransferLimits
from kortisto.domain.org.queries import Organisation, organisation
from kortisto.domain.org.settings import FLOAT
from kortisto.domain.org.tree import FLOATING
from kortisto.domain.policies.queries import rules_in_force
from kortisto.domain.policies.rules import Matrix


def route(
    configuration: int,
    facts: ReturnFacts,
    *,
    at: int,
    today: date,
    in_turn: bool = False,
) -> Plan:
    """What to do with the item; one that was not on loan goes by its home's rules.

    ``in_turn``: when limits of floating are looked at, others wait until the
    transaction ends. Asked by who holds no row but the item's.
    """
    tree = organisation(configuration)
    matrix = rules_in_force(today, configuration)
    home = facts.home_library_id
    terms = matrix.terms(
        facts.rules_library_id or home,
        facts.category_id or ALL_PATRONS,
        facts.item_type_id,
    )
    floats = tree.setting(FLOAT, at).value or (
        terms.return_rule == "float-group" and tree.share_group(at, home, FLOATING)
    )
    ways = transfer_limits(configuration)
    fillable = _with_a_hold_that_it_may_fill(
        facts, matrix, tree, ways, at=at, today=today
    )
    plan = plan_for(fillable, at=at, return_rule=terms.return_rule, floats=floats)
    limits = float_limits(configuration) if plan.floats else None
    if limits is None or not limits.at(tree.path(at), kind_of(facts)):
        return plan
    return with_room(
        facts, plan, limits, tree=tree, at=at, today=today, in_turn=in_turn
    )


def unattended(tree: Organisation, *, by: Actor, now: datetime) -> bool:
    """Whether a machine took the item back while no staff work in its library (HLD-9).

    Where nobody has told the hours, staff are taken to be there.
    """
    if by.kind is not ActorKind.DEVICE or by.library_id is None:
        return False
    return not tree.calendar(by.library_id).staffed_at(localtime(now))


def _with_a_hold_that_it_may_fill(
    facts: ReturnFacts,
    matrix: Matrix,
    tree: Organisation,
    ways: TransferLimits,
    *,
    at: int,
    today: date,
) -> ReturnFacts:
    """Pass over holds that such an item of its home may not fill (HLD-7, HLD-8).

    The one read with the facts comes first: usually it is the one, and the queue is
    not read.
    """
    if facts.next_hold_id is None:
        return facts
    facts = chosen(facts, at=at, today=today)
    for one in chain([facts], candidates(facts, today=today)):
        if _may_fill(one, matrix, tree, ways, at=at):
            return one
    return replace(facts, next_hold_id=None, next_pickup_id=None)


def _may_fill(
    facts: ReturnFacts,
    matrix: Matrix,
    tree: Organisation,
    ways: TransferLimits,
    *,
    at: int,
) -> bool:
    assert facts.next_category_id is not None  # noqa: S101 - read with the hold
    assert facts.next_home_id is not None  # noqa: S101
    assert facts.next_pickup_id is not None  # noqa: S101
    home = facts.home_library_id
    if not may_be_sent(
        tree, kind_of(facts), origin=at, destination=facts.next_pickup_id, limits=ways
    ):
        return False
    return may_fill(
        matrix.terms(home, facts.next_category_id, facts.item_type_id),
        home=home,
        holding=at,
        patron_home=facts.next_home_id,
        pickup=facts.next_pickup_id,
        same_group=tree.same_picking_group,
    )
