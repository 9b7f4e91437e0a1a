"""What a patron can choose when they place a hold: where, and which volume."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Q

from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.hold_decisions import is_picked_up_at
from kortisto.domain.circulation.hold_facts import HoldSnapshot
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.tree import Node
from kortisto.domain.policies.queries import rules_in_force

CAN_FILL_A_HOLD: Final = Q(
    withdrawn="",
    lost="",
    damaged="",
    restricted="",
    not_for_loan__in=("", "-1", "-2"),
)
"""Copies in order, and ordered ones before they have come (HLD-7)."""


@dataclass(frozen=True, slots=True)
class Volumes:
    """Volumes or issues that a patron may wait for by name.

    ``required``: every copy is of some volume, so that any copy would not do.
    """

    names: tuple[str, ...] = ()
    required: bool = False

    def __bool__(self) -> bool:
        return bool(self.names)


NO_VOLUMES: Final = Volumes()


def volumes_of(record_id: int, category_id: int, *, today: date) -> Volumes:
    """The volumes of a title, as far as the rules let the patron choose.

    Nothing when there is one only: then any copy is of it. In the order of their
    numbers.
    """
    kinds = (
        Item.objects.filter(CAN_FILL_A_HOLD, record_id=record_id)
        .order_by()
        .values_list("enumchron", "home_library_id", "item_type_id")
        .distinct()
    )
    matrix = rules_in_force(today)
    found, choosable = set(), set()
    for volume, home, kind in kinds:
        found.add(volume)
        terms = matrix.terms(home, category_id, kind)
        if volume and terms.item_holds_online and terms.holdable and terms.for_loan:
            choosable.add(volume)
    if len(found) == 1 or not choosable:
        return NO_VOLUMES
    return Volumes(tuple(sorted(choosable, key=_by_number)), required="" not in found)


def pickup_choices(
    snapshot: HoldSnapshot, libraries: Sequence[Node], *, today: date
) -> list[Node]:
    """Those of the libraries to which the rules let some copy be sent."""
    matrix = rules_in_force(today, snapshot.configuration)
    tree = organisation(snapshot.configuration)
    kinds = [
        (
            copies,
            matrix.terms(
                copies.home_library_id,
                snapshot.patron.category_id,
                copies.item_type_id,
            ),
        )
        for copies in snapshot.copies
    ]
    return [
        library
        for library in libraries
        if any(
            is_picked_up_at(library.id, copies, terms, tree) for copies, terms in kinds
        )
    ]


def _by_number(volume: str) -> list[tuple[int, str]]:
    """Volume 10 after volume 2."""
    return [
        (int(part), "") if part.isdigit() else (0, part.casefold())
        for part in re.split(r"([0-9]+)", volume)
        if part
    ]
