"""Which items would bring floating collections into balance again (HLD-50)."""

from collections import Counter, defaultdict
from datetime import date
from typing import Final

from django.db.models import Case, Count, F, QuerySet, Value, When
from django.db.models.functions import Coalesce

from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.floating import ON_ITS_WAY, on_shelves
from kortisto.domain.circulation.returns import SENT_TO_FLOAT
from kortisto.domain.distribution.models import Dispatch
from kortisto.domain.distribution.queries import may_be_sent, transfer_limits
from kortisto.domain.distribution.rules import Flow, Kind, flows
from kortisto.domain.holds.models import Transit
from kortisto.domain.org.queries import Organisation, organisation
from kortisto.domain.org.tree import FLOATING

LEAST: Final = 5  # fewer are not worth a box


def suggested(
    *,
    today: date,
    least: int = LEAST,
    item_type_id: int | None = None,
    collection: str | None = None,
) -> list[Flow]:
    """What would bring a balance, the largest boxes first: three statements.

    What has been asked for already, or is on its way for the balance, is counted as if
    it had come. Only libraries of one floating group give to one another.
    """
    items = _items(item_type_id, collection)
    tree, ways = organisation(), transfer_limits()
    together = _groups(tree, today)
    found = [
        flow
        for kind, balance in sorted(_balances(items).items())
        for flow in flows(kind, balance, least=least, together=together)
        if may_be_sent(
            tree,
            Kind(item_type_id=kind, collection=collection or ""),
            origin=flow.origin_id,
            destination=flow.destination_id,
            limits=ways,
        )
    ]
    return sorted(
        found, key=lambda flow: (-flow.items, flow.origin_id, flow.destination_id)
    )


def _items(item_type_id: int | None, collection: str | None) -> "QuerySet[Item]":
    items = Item.objects.all()
    if item_type_id is not None:
        items = items.filter(item_type=item_type_id)
    if collection is not None:
        items = items.filter(collection=collection)
    return items


def _groups(tree: Organisation, today: date) -> frozenset[frozenset[int]]:
    in_use = {one.id for one in tree.libraries(on=today)}
    members: dict[int, set[int]] = defaultdict(set)
    for library, groups in tree.groups.get(FLOATING, {}).items():
        for group in groups:
            members[group].add(library)
    return frozenset(frozenset(those & in_use) for those in members.values())


def _balances(items: "QuerySet[Item]") -> dict[int, Counter[int]]:
    """For each item type: what has come to each library minus what has gone."""
    found: dict[int, Counter[int]] = defaultdict(Counter)
    columns = ("item_type", "home_library", "library")
    standing = on_shelves(items).order_by(*columns).values_list(*columns)
    for kind, home, library, number in standing.annotate(number=Count("pk")):
        found[kind][home] -= number
        found[kind][library] += number
    coming = Transit.objects.filter(
        ON_ITS_WAY, reason__in=SENT_TO_FLOAT, item__in=items
    )
    columns = ("item__item_type", "item__home_library", "destination")
    travelling = coming.order_by(*columns).values_list(*columns)
    for kind, home, library, number in travelling.annotate(number=Count("pk")):
        found[kind][home] -= number
        found[kind][library] += number
    asked = Dispatch.objects.filter(item__in=items, item__library=F("library"))
    columns = ("item__item_type", "library", "destination")
    planned = asked.order_by(*columns).values_list(*columns)
    for kind, origin, library, number in planned.annotate(number=Count("pk")):
        found[kind][origin] -= number
        found[kind][library] += number
    return found


def to_be_sent(flow: Flow, *, collection: str | None = None) -> "QuerySet[Item]":
    """The items that a suggestion means: those going home first, then the idlest.

    Somebody who waits for one of them comes first: it is not taken.
    """
    items = _items(flow.item_type_id, collection).filter(library=flow.origin_id)
    free = on_shelves(items).filter(
        pull=None, dispatch=None, not_for_loan="", damaged="", restricted=""
    )
    elsewhere = Case(
        When(home_library=flow.destination_id, then=Value(0)), default=Value(1)
    )
    idle = Coalesce("last_borrowed_at", "created_at")
    return free.order_by(elsewhere, idle, "pk")
