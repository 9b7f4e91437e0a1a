"""Holds that are one wish: what else is in it, and which of them speaks for it.

Most holds are alone. Those of a bundle are changed, ended and brought back together,
counted once, and shown as one row.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from kortisto.domain.holds.models import OF_A_GROUP, Hold, HoldBundle
from kortisto.domain.holds.queue import OPEN, TRAPPED, served_before

Kind = HoldBundle.Kind
FOR_A_GROUP: Final = Q(part__isnull=False, part=OF_A_GROUP)
_COLUMNS: Final = (
    "pk",
    "bundle_id",
    "bundle__kind",
    "part",
    "state",
    "record_id",
    "record__title",
    "record__author",
    "record__year",
    "record__language",
    "record__material",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One hold of a bundle: its title, and how it is."""

    hold_id: int
    number: int | None  # of a series, from 1 on
    state: Hold.State
    record_id: int
    title: str
    author: str
    year: int | None
    language: str
    material: str

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A wish for several titles, in the order in which they were chosen."""

    id: int
    kind: HoldBundle.Kind
    parts: tuple[Part, ...]

    @property
    def in_order(self) -> bool:
        return self.kind == Kind.SERIES

    @property
    def for_a_group(self) -> bool:
        return self.kind == Kind.GROUP

    def number(self, *states: Hold.State) -> int:
        return sum(part.state in states for part in self.parts)

    def part_of(self, hold_id: int) -> Part:
        return next(part for part in self.parts if part.hold_id == hold_id)


def rest_of(hold_ids: Collection[int]) -> QuerySet[Hold]:
    """The holds themselves and all others of their bundles, ended ones too."""
    bundles = HoldBundle.objects.filter(holds__in=hold_ids)
    return Hold.objects.filter(Q(pk__in=hold_ids) | Q(bundle__in=bundles))


def lock_bundles(hold_ids: Collection[int]) -> None:
    """Let nobody else change others of their bundles until the transaction ends.

    Called before the holds themselves are locked, and in the order of keys.
    """
    bundles = Hold.objects.filter(pk__in=hold_ids, bundle__isnull=False)
    locked = HoldBundle.objects.select_for_update(no_key=True).filter(
        pk__in=bundles.values("bundle")
    )
    list(locked.order_by("pk").values_list("pk"))


def leading(holds: QuerySet[Hold]) -> QuerySet[Hold]:
    """Open holds without those that another one of their bundle speaks for.

    Whatever is set aside speaks for itself, so that no copy on a shelf is passed over.
    The copies for a group are one row: the first that waits in its queue speaks, or the
    first of those set aside.
    """
    others = Hold.objects.filter(bundle=OuterRef("bundle")).exclude(pk=OuterRef("pk"))
    earlier = Q(pk__lt=OuterRef("pk"))
    speaks = (
        (Q(state__in=TRAPPED) & ~FOR_A_GROUP)
        | (Q(state=Hold.State.QUEUED) & earlier)
        | Q(state=Hold.State.FILLED, part=None)
    )
    in_group = Q(state=Hold.State.QUEUED) | (Q(state__in=TRAPPED) & earlier)
    spoken_for = (Q(state=Hold.State.QUEUED) & Exists(others.filter(speaks))) | (
        Q(state__in=TRAPPED) & FOR_A_GROUP & Exists(others.filter(in_group))
    )
    return holds.filter(Q(bundle=None) | ~spoken_for)


def bundles_of(hold_ids: Collection[int]) -> Mapping[int, Bundle]:
    """The bundle of each hold that has one: one statement for any number."""
    rows = (
        Hold.objects.filter(bundle__in=HoldBundle.objects.filter(holds__in=hold_ids))
        .order_by("pk")
        .values(*_COLUMNS)
    )
    parts: dict[tuple[int, str], list[Part]] = defaultdict(list)
    for row in rows:
        parts[row["bundle_id"], row["bundle__kind"]].append(_part(row))
    found = [
        Bundle(id=bundle_id, kind=Kind(kind), parts=tuple(members))
        for (bundle_id, kind), members in parts.items()
    ]
    wanted = set(hold_ids)
    return {
        part.hold_id: bundle
        for bundle in found
        for part in bundle.parts
        if part.hold_id in wanted
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupNow:
    """How the copies for a group are: they are told of together."""

    waiting: int
    coming: int  # in a queue, on the way, or not yet on the shelf

    @property
    def is_complete(self) -> bool:
        return self.waiting > 0 and not self.coming


def groups_now(bundle_ids: Collection[int]) -> Mapping[int, GroupNow]:
    """Of each group: one statement for any number."""
    coming = Q(state__in=OPEN) & ~Q(state=Hold.State.WAITING)
    rows = (
        Hold.objects.filter(FOR_A_GROUP, bundle__in=bundle_ids)
        .order_by()
        .values_list("bundle_id")
        .annotate(
            waiting=Count("pk", filter=Q(state=Hold.State.WAITING)),
            coming=Count("pk", filter=coming),
        )
    )
    return {pk: GroupNow(waiting=here, coming=more) for pk, here, more in rows}


def standing_back(hold_ids: Collection[int]) -> set[int]:
    """Those that are given no copy now since another one of their bundle is served."""
    queued = Hold.objects.filter(
        pk__in=hold_ids, bundle__isnull=False, state=Hold.State.QUEUED
    )
    return set(queued.filter(Exists(served_before())).values_list("pk", flat=True))


def best_place(
    hold_id: int, bundle: Bundle | None, places: Mapping[int, int]
) -> int | None:
    """The place of a hold, or of that other one which will do and stands best."""
    if bundle is None or bundle.in_order:
        return places.get(hold_id)
    found = (places.get(part.hold_id) for part in bundle.parts)
    return min((place for place in found if place is not None), default=None)


def bundle_of(hold_id: int) -> Bundle | None:
    return bundles_of([hold_id]).get(hold_id)


def _part(row: dict[str, Any]) -> Part:
    return Part(
        hold_id=row["pk"],
        number=row["part"],
        state=Hold.State(row["state"]),
        record_id=row["record_id"],
        title=row["record__title"],
        author=row["record__author"],
        year=row["record__year"],
        language=row["record__language"],
        material=row["record__material"],
    )
