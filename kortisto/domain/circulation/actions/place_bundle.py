"""Put a patron in the queues for several titles that are one wish (HLD-1)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.refusals import Refusal, Refused, refuse
from kortisto.domain.circulation.actions.place_hold import (
    Placed,
    Wish,
    look_and_decide,
    require_placing,
    write_hold,
)
from kortisto.domain.circulation.hold_decisions import HoldDecision
from kortisto.domain.holds.models import HoldBundle

Kind = HoldBundle.Kind
MOST: Final = 30  # titles of one wish


class RefusedTitles(Refused):
    """Something stands against some of the titles: which, and what."""

    def __init__(self, by_record: Mapping[int, Sequence[Refusal]]) -> None:
        super().__init__(_each_once(by_record.values()))
        self.by_record = by_record


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """The titles of one wish; of a series in the order in which they are read.

    The rest of the wish (``Wish``) holds for each of them.
    """

    kind: HoldBundle.Kind
    record_ids: tuple[int, ...]

    def part(self, number: int) -> int | None:
        return number if self.kind == Kind.SERIES else None


@transaction.atomic
def place_bundle(
    patron_id: int,
    wish: Wish,
    several: Several,
    *,
    by: Actor,
    now: datetime,
    overriding: Collection[str] = (),
) -> Placed:
    """Place a hold on each title; they count as one.

    All or none, but for editions: one that cannot be held is left out when another
    can. ``Placed`` tells of the first. ``wish.record_id`` is not asked. Raises
    RefusedTitles with every reason, Refused, NotPermitted, and ValueError for fewer
    than two or more than ``MOST`` titles, or for one that comes twice.
    """
    _require_several(several, wish)
    require_placing(patron_id, wish, by=by, now=now)
    asked = [replace(wish, record_id=record_id) for record_id in several.record_ids]
    chosen, against = [], {}
    for one in asked:
        try:
            chosen.append(_choose(patron_id, one, by=by, now=now, over=overriding))
        except Refused as refused:
            against[one.record_id] = refused.refusals
    if against and not (chosen and several.kind == Kind.EDITIONS):
        raise RefusedTitles(against)
    bundle = HoldBundle.objects.create(kind=several.kind) if chosen[1:] else None
    holds = [
        write_hold(
            patron_id,
            one.wish,
            one.decision,
            by=by,
            now=now,
            overridden=one.overridden,
            bundle=bundle,
            part=several.part(number),
        )
        for number, one in enumerate(chosen, start=1)
    ]
    return Placed(
        hold_id=holds[0].pk,
        title=chosen[0].title,
        notices=_each_once(one.notices for one in chosen),
        overridden=_each_once(one.overridden for one in chosen),
    )


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A title that may be waited for."""

    wish: Wish
    title: str
    decision: HoldDecision
    overridden: tuple[Refusal, ...]

    @property
    def notices(self) -> list[Refusal]:
        return [refusal for refusal in self.decision.refusals if refusal.notice]


def _choose(
    patron_id: int, one: Wish, *, by: Actor, now: datetime, over: Collection[str]
) -> _Chosen:
    snapshot, decision = look_and_decide(patron_id, one, by=by, now=now)
    overridden = refuse(decision.refusals, by=by, overriding=over)
    return _Chosen(one, snapshot.title, decision, overridden)


def _require_several(several: Several, wish: Wish) -> None:
    titles = several.record_ids
    if not 1 < len(titles) <= MOST or len(set(titles)) < len(titles):
        message = "a bundle is of several titles, each once"
        raise ValueError(message)
    if wish.certain_copy or several.kind == Kind.GROUP:
        message = "a bundle is of titles, not of certain copies or of several of one"
        raise ValueError(message)


def _each_once(found: Iterable[Sequence[Refusal]]) -> tuple[Refusal, ...]:
    """Reasons that differ; what is said of the patron is said of every title alike."""
    return tuple({one.message: one for several in found for one in several}.values())
