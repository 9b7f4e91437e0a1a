"""The shelves and the queue of a title: as many statements for any number of titles."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.item_states import items_in_state
from kortisto.domain.circulation.models import Loan
from kortisto.domain.fulfilment.rules import Copy, Waiting
from kortisto.domain.holds.bundles import FOR_A_GROUP
from kortisto.domain.holds.models import OF_A_GROUP, Hold, Miss, Pull
from kortisto.domain.holds.queue import KEEPS_ITS_ITEM, ORDER, active_on

MOST_HOLDS: Final = 200  # of one queue that are looked at; copies are fewer than that


@dataclass(frozen=True, slots=True)
class Title:
    """What there is to give, and who waits, the first first."""

    copies: tuple[Copy, ...] = ()
    holds: tuple[Waiting, ...] = ()
    owned: int = 0  # copies in all, on loan or not; counted when it is asked for
    lent: Mapping[int, int] = field(default_factory=dict)
    """Copies on loan by the library that lent them; counted when it is asked for."""


def on_the_shelf() -> QuerySet[Item]:
    """Copies that somebody can fetch now: here, whole, and not looked for in vain."""
    missed = Miss.objects.filter(item=OuterRef("pk")).filter(
        Q(item__last_seen_at=None) | Q(missed_at__gte=F("item__last_seen_at"))
    )
    return items_in_state(Item.objects.all(), "available").filter(
        ~Exists(missed), restricted=""
    )


def titles(
    record_ids: Collection[int], *, today: date, with_passes: bool = False
) -> Mapping[int, Title]:
    """Each title that somebody waits for; those without copies to give have none.

    Who waits for any of several titles is left out where a copy of another title, one
    that is not asked about, is about to be fetched already. ``with_passes``: also how
    often each hold has been passed, the copies in all, and where they were lent.
    """
    waiting = _queues(record_ids, today=today)
    owned: Mapping[int, int] = {}
    lent: Mapping[int, Mapping[int, int]] = {}
    if with_passes:
        waiting, owned, lent = _passed(waiting), _owned(waiting), _lent(waiting)
    copies = defaultdict(list)
    rows = (
        on_the_shelf()
        .filter(record_id__in=waiting)
        .order_by("pk")
        .values_list(
            "record_id",
            "pk",
            "home_library_id",
            "library_id",
            "item_type_id",
            "enumchron",
            "collection",
        )
    )
    for record_id, item_id, home, library, kind, volume, collection in rows:
        copies[record_id].append(
            Copy(
                item_id=item_id,
                home_library_id=home,
                library_id=library,
                item_type_id=kind,
                volume=volume,
                collection=collection,
            )
        )
    return {
        record_id: Title(
            tuple(copies[record_id]),
            tuple(holds),
            owned.get(record_id, 0),
            lent.get(record_id, {}),
        )
        for record_id, holds in waiting.items()
    }


def _queues(record_ids: Collection[int], *, today: date) -> Mapping[int, list[Waiting]]:
    queues: dict[int, list[Waiting]] = defaultdict(list)
    elsewhere = Pull.objects.filter(hold__bundle=OuterRef("bundle")).exclude(
        item__record__in=record_ids
    )
    rows = (
        Hold.objects.filter(active_on(today), record_id__in=record_ids)
        .filter(Q(bundle=None) | FOR_A_GROUP | ~Exists(elsewhere))
        .order_by("record_id", *ORDER)
        .values_list(
            "record_id",
            "pk",
            "patron__category_id",
            "patron__home_library_id",
            "pickup_library_id",
            "wanted_item_id",
            "wanted_volume",
            "bundle_id",
            "part",
        )
    )
    for row in rows.iterator():
        record_id, hold_id, category, home, pickup, item, volume, bundle, part = row
        if len(queues[record_id]) < MOST_HOLDS:
            queues[record_id].append(
                Waiting(
                    hold_id=hold_id,
                    category_id=category,
                    patron_home_id=home,
                    pickup_library_id=pickup,
                    wanted_item_id=item,
                    wanted_volume=volume,
                    bundle_id=None if part == OF_A_GROUP else bundle,
                )
            )
    return queues


def _owned(record_ids: Collection[int]) -> Mapping[int, int]:
    items = Item.objects.filter(record_id__in=record_ids, lost="", withdrawn="")
    counted = items.order_by().values_list("record_id").annotate(copies=Count("pk"))
    return dict(counted)


def _lent(record_ids: Collection[int]) -> Mapping[int, Mapping[int, int]]:
    loans = Loan.objects.filter(record_id__in=record_ids, returned_at=None).order_by()
    counted: dict[int, dict[int, int]] = defaultdict(dict)
    for record_id, library_id, number in loans.values_list(
        "record_id", "library_id"
    ).annotate(copies=Count("pk")):
        counted[record_id][library_id] = number
    return counted


def _passed(waiting: Mapping[int, list[Waiting]]) -> Mapping[int, list[Waiting]]:
    """The queues, each hold with how many later ones have got a copy before it.

    A hold is passed by each of its title that stands behind it in the order of the
    queue and has a copy, or had one.
    """
    served = Hold.objects.filter(
        record_id__in=waiting, state__in=(*KEEPS_ITS_ITEM, Hold.State.FILLED)
    )
    keys = defaultdict(list)
    for record_id, *key in served.order_by(*ORDER).values_list("record_id", *ORDER):
        keys[record_id].append(tuple(key))
    ids = [hold.hold_id for holds in waiting.values() for hold in holds]
    own = {row[-1]: row for row in Hold.objects.filter(pk__in=ids).values_list(*ORDER)}
    return {
        record_id: [
            replace(
                hold,
                passed=len(keys[record_id])
                - bisect_right(keys[record_id], own[hold.hold_id]),
            )
            for hold in holds
        ]
        for record_id, holds in waiting.items()
    }
