"""Have several copies set aside for a group: a class, a club, a reading circle."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.refusals import Refusal, Refused, refuse
from kortisto.domain.circulation.actions.place_bundle import MOST, RefusedTitles
from kortisto.domain.circulation.actions.place_hold import (
    Placed,
    Wish,
    look_and_decide,
    require_placing,
    write_hold,
)
from kortisto.domain.holds.models import OF_A_GROUP, HoldBundle
from kortisto.domain.holds.permissions import HoldPermission

MOST_COPIES: Final = 99  # of each title


@dataclass(frozen=True, slots=True, kw_only=True)
class ForAGroup:
    """So many copies of each title, until ``Wish.expires_on`` at the latest."""

    record_ids: tuple[int, ...]
    copies: int


@transaction.atomic
def place_group(
    patron_id: int,
    wish: Wish,
    group: ForAGroup,
    *,
    by: Actor,
    now: datetime,
    overriding: Collection[str] = (),
) -> Placed:
    """Place a hold for each copy, all or none; each counts against the limits.

    Staff do this for whoever collects them. ``Placed`` tells of the first.
    ``wish.record_id`` is not asked. Raises RefusedTitles with every reason, Refused,
    NotPermitted, and ValueError for too many copies or titles, or without a last day.
    """
    by.require(HoldPermission.PLACE)
    _require_possible(group, wish)
    require_placing(patron_id, wish, by=by, now=now)
    bundle = HoldBundle.objects.create(kind=HoldBundle.Kind.GROUP)
    first: Placed | None = None
    against: dict[int, tuple[Refusal, ...]] = {}
    for record_id in group.record_ids:
        one = replace(wish, record_id=record_id)
        try:
            placed = _place(
                patron_id, one, group.copies, bundle, by=by, now=now, over=overriding
            )
        except Refused as refused:
            against[record_id] = refused.refusals
        else:
            first = first or placed
    if against or first is None:
        raise RefusedTitles(against)  # nothing of it is kept
    return first


def _place(
    patron_id: int,
    wish: Wish,
    copies: int,
    bundle: HoldBundle,
    *,
    by: Actor,
    now: datetime,
    over: Collection[str],
) -> Placed:
    """The copies of one title; the next one is decided with these counted in."""
    snapshot, decision = look_and_decide(
        patron_id, wish, by=by, now=now, group_of=copies
    )
    overridden = refuse(decision.refusals, by=by, overriding=over)
    holds = [
        write_hold(
            patron_id,
            wish,
            decision,
            by=by,
            now=now,
            overridden=overridden,
            bundle=bundle,
            part=OF_A_GROUP,
        )
        for _copy in range(copies)
    ]
    return Placed(
        hold_id=holds[0].pk,
        title=snapshot.title,
        notices=tuple(refusal for refusal in decision.refusals if refusal.notice),
        overridden=overridden,
    )


def _require_possible(group: ForAGroup, wish: Wish) -> None:
    titles = group.record_ids
    if not 1 <= len(titles) <= MOST or len(set(titles)) < len(titles):
        message = "a group has one title or several, each once"
        raise ValueError(message)
    if not 1 <= group.copies <= MOST_COPIES or wish.certain_copy:
        message = "a group wants some copies, and any of the title"
        raise ValueError(message)
    if wish.expires_on is None:
        message = "a group needs its copies by a day"
        raise ValueError(message)
