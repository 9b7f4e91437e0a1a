"""Whether a library has room for one more floating item, and who lacks some (HLD-50).

Counted is what stands on the shelf of a library that is not its home, and what has been
sent there to float. What is lent, kept for a hold, lost or withdrawn is not.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from kortisto.core.database import on_postgresql
from kortisto.core.sql import one_row
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.returns import (
    SENT_TO_FLOAT,
    Plan,
    ReturnFacts,
    no_room,
)
from kortisto.domain.distribution.models import RotatingItem
from kortisto.domain.distribution.queries import may_be_sent, transfer_limits
from kortisto.domain.distribution.rules import FloatLimits, Kind, Limit, neediest
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.holds.queue import KEEPS_ITS_ITEM
from kortisto.domain.org.queries import Organisation
from kortisto.domain.org.tree import FLOATING

LOCK = "SELECT pg_advisory_xact_lock(%(limit)s, %(library)s)"
ON_ITS_WAY = Q(arrived_at=None, cancelled_at=None)


def kind_of(facts: ReturnFacts) -> Kind:
    """What limits look at."""
    return Kind(item_type_id=facts.item_type_id, collection=facts.collection)


def with_room(
    facts: ReturnFacts,
    plan: Plan,
    limits: FloatLimits,
    *,
    tree: Organisation,
    at: int,
    today: date,
    in_turn: bool,
) -> Plan:
    """The plan of an item that floats: it stays if there is room, or goes elsewhere.

    ``in_turn``: others who return such an item here wait until this transaction ends.
    """
    kind = kind_of(facts)
    for limit in limits.at(tree.path(at), kind):
        if in_turn:
            _wait_for_turn(limit, at)
        here = floating_at(limit, [at], but=facts.item_id)[at]
        if here < limit.most:
            continue
        lacks = _lacks(facts, kind, tree=tree, at=at, today=today)
        full = _full(limits, kind, lacks, tree=tree, but=facts.item_id)
        there = neediest(lacks, full=full - {facts.home_library_id})
        trace = {"limit": limit.id, "most": limit.most, "here": here}
        if there is not None:
            trace["lack"] = lacks[there]
        return no_room(facts, plan, lacking=there, trace=trace)
    return replace(plan, limited=True)


def _wait_for_turn(limit: Limit, library_id: int) -> None:
    if on_postgresql() and connection.in_atomic_block:
        one_row(LOCK, {"limit": limit.id, "library": library_id})


def floating_at(
    limit: Limit, libraries: Collection[int], *, but: int | None = None
) -> Counter[int]:
    """How many that a limit counts float at each of the libraries: two statements."""
    of_kind = Q()
    if limit.item_type_id is not None:
        of_kind &= Q(item_type=limit.item_type_id)
    if limit.collection:
        of_kind &= Q(collection=limit.collection)
    items = Item.objects.filter(of_kind).exclude(pk=but or 0)
    found: Counter[int] = Counter()
    standing = on_shelves(items.filter(library__in=libraries))
    for library, number in _counted(standing, "library"):
        found[library] += number
    coming = Transit.objects.filter(
        ON_ITS_WAY,
        reason__in=SENT_TO_FLOAT,
        destination__in=libraries,
        item__in=items,
    ).exclude(destination=F("item__home_library"))
    for library, number in _counted(coming, "destination"):
        found[library] += number
    return found


def on_shelves(items: "QuerySet[Item]") -> "QuerySet[Item]":
    """Those that stand at another library than their own.

    What is lent, on a journey, kept for a hold, lost or withdrawn is not there; nor
    is what goes from library to library with its collection.
    """
    return items.filter(
        ~Exists(Loan.objects.filter(item=OuterRef("pk"), returned_at=None)),
        ~Exists(Transit.objects.filter(ON_ITS_WAY, item=OuterRef("pk"))),
        ~Exists(Hold.objects.filter(item=OuterRef("pk"), state__in=KEEPS_ITS_ITEM)),
        ~Exists(RotatingItem.objects.filter(item=OuterRef("pk"))),
        lost="",
        withdrawn="",
    ).exclude(library=F("home_library"))


def _counted(
    rows: "QuerySet[Item] | QuerySet[Transit]", by: str
) -> list[tuple[int, int]]:
    return list(rows.order_by(by).values_list(by).annotate(number=Count("pk")))


def _lacks(
    facts: ReturnFacts, kind: Kind, *, tree: Organisation, at: int, today: date
) -> Mapping[int, int]:
    """How many of its own each library lacks that floats together with this one."""
    ways = transfer_limits()
    others = {
        one.id
        for one in tree.libraries(on=today)
        if one.id != at
        and tree.share_group(at, one.id, FLOATING)
        and may_be_sent(tree, kind, origin=at, destination=one.id, limits=ways)
    }
    others.add(facts.home_library_id)
    same = Item.objects.filter(item_type=kind.item_type_id, collection=kind.collection)
    pairs = (
        on_shelves(same)
        .filter(Q(library__in=others) | Q(home_library__in=others))
        .order_by("home_library", "library")
        .values_list("home_library", "library")
        .annotate(number=Count("pk"))
    )
    lacks: Counter[int] = Counter()
    for home, library, number in pairs:
        lacks[home] += number
        lacks[library] -= number
    coming = Transit.objects.filter(
        ON_ITS_WAY, reason__in=SENT_TO_FLOAT, item__in=same, destination__in=others
    )
    for library, number in _counted(coming, "destination"):
        lacks[library] -= number
    return {one: lacks[one] for one in others}


def _full(
    limits: FloatLimits,
    kind: Kind,
    lacks: Mapping[int, int],
    *,
    tree: Organisation,
    but: int,
) -> frozenset[int]:
    """The libraries that a limit leaves no room in."""
    over: dict[Limit, list[int]] = {}
    for one in lacks:
        for limit in limits.at(tree.path(one), kind):
            over.setdefault(limit, []).append(one)
    counts = {
        limit: floating_at(limit, libraries, but=but)
        for limit, libraries in over.items()
    }
    return frozenset(
        library
        for limit, libraries in over.items()
        for library in libraries
        if counts[limit][library] >= limit.most
    )
