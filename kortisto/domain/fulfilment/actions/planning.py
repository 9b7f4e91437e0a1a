"""Plan which copies are fetched for whom, title by title, at any moment."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils.timezone import localdate

from kortisto.domain.catalogue.models import Record
from kortisto.domain.distribution.queries import may_be_sent, transfer_limits
from kortisto.domain.distribution.rules import Kind
from kortisto.domain.fulfilment.facts import Title, titles
from kortisto.domain.fulfilment.journeys import journeys_from
from kortisto.domain.fulfilment.rules import (
    NOTHING,
    Assignment,
    Copy,
    Manner,
    NearestFirst,
    Waiting,
    assign,
    fits,
)
from kortisto.domain.fulfilment.settings import nearest_first
from kortisto.domain.holds.models import Hold, Pull
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.van_queries import van_network
from kortisto.domain.policies.queries import rules_in_force
from kortisto.domain.policies.rules import Terms

AT_ONCE: Final = 100  # titles of one transaction


def plan_titles(
    record_ids: Collection[int], *, now: datetime, arranged: Mapping[int, int] = NOTHING
) -> int:
    """Bring the plan of these titles up to what is true now; how many rows moved.

    The same facts give the same plan, so a second run changes nothing. A row keeps
    that it was asked for later, as long as it stays; its trace tells the days anew.
    ``arranged``: the item for each hold that the plan of the whole region has chosen.
    """
    wanted = sorted(set(record_ids))
    return sum(
        _plan(wanted[start : start + AT_ONCE], arranged, now=now)
        for start in range(0, len(wanted), AT_ONCE)
    )


def plan_everything(*, now: datetime) -> dict[str, int]:
    """Plan every title that somebody waits for, or that is in the plan."""
    titles = waited_for()
    return {"titles": len(titles), "changed": plan_titles(titles, now=now)}


def waited_for() -> set[int]:
    """Titles that somebody waits for, or that are in the plan."""
    return {
        *Hold.objects.filter(state=Hold.State.QUEUED).values_list("record", flat=True),
        *Pull.objects.values_list("item__record", flat=True),
    }


@transaction.atomic
def _plan(record_ids: list[int], arranged: Mapping[int, int], *, now: datetime) -> int:
    # Two plans of a title at once would both write: the second waits and looks again.
    locked = Record.objects.select_for_update(no_key=True).filter(pk__in=record_ids)
    list(locked.order_by("pk").values_list("pk"))
    today = localdate(now)
    planned = {
        pull.item_id: pull for pull in Pull.objects.filter(item__record__in=record_ids)
    }
    planner = Planner(planned, today, arranged=arranged)
    assigned = {
        each.item_id: each
        for title in planner.titles(record_ids).values()
        for each in planner.assignments(title)
    }
    return _write(planned, assigned, now=now)


class Planner:
    """What planning a title looks up, read once for many titles.

    ``planned``: the rows that there are, by item. What was arranged in them stays, or
    what is ``arranged`` now.
    """

    def __init__(
        self,
        planned: Mapping[int, Pull],
        today: date,
        *,
        arranged: Mapping[int, int] = NOTHING,
    ) -> None:
        self._planned = planned
        self._today = today
        self._served: set[int] = set()  # bundles: one copy is fetched for each
        self._tree = organisation()
        self._ways = transfer_limits()
        self._nearest_first = nearest_first()
        self._matrix = rules_in_force(today)
        self.journey = journeys_from(self._tree, van_network(), today)
        self._arranged = arranged or {
            pull.hold_id: pull.item_id
            for pull in planned.values()
            if pull.trace.get("arranged")
        }

    def titles(self, record_ids: Collection[int]) -> Mapping[int, Title]:
        passes = self._nearest_first is not None
        return titles(record_ids, today=self._today, with_passes=passes)

    def assignments(self, title: Title) -> list[Assignment]:
        holds = [each for each in title.holds if each.bundle_id not in self._served]
        found = assign(
            holds,
            title.copies,
            today=self._today,
            terms=self._terms,
            journey=self.journey,
            same_group=self._tree.same_picking_group,
            now_for=self._now_for,
            manner=Manner(
                nearest_first=self.nearest_first_for(title),
                lent=title.lent,
                arranged=self._arranged,
                may_go=self._may_go,
            ),
        )
        bundles = {each.hold_id: each.bundle_id for each in holds}
        given = {bundles[each.hold_id] for each in found}
        self._served |= {bundle for bundle in given if bundle is not None}
        return found

    def nearest_first_for(self, title: Title) -> NearestFirst | None:
        """The rule by which the queue is served when it is long enough."""
        rule = self._nearest_first
        if rule and rule.applies(holds=len(title.holds), copies=title.owned):
            return rule
        return None

    def fits(self, copy: Copy, hold: Waiting) -> bool:
        return fits(
            copy,
            hold,
            self._terms(copy, hold),
            same_group=self._tree.same_picking_group,
            may_go=self._may_go,
        )

    def _may_go(self, copy: Copy, library_id: int) -> bool:
        return may_be_sent(
            self._tree,
            Kind(item_type_id=copy.item_type_id, collection=copy.collection),
            origin=copy.library_id,
            destination=library_id,
            limits=self._ways,
        )

    def _terms(self, copy: Copy, hold: Waiting) -> Terms:
        return self._matrix.terms(
            copy.home_library_id, hold.category_id, copy.item_type_id
        )

    def _now_for(self, item_id: int) -> int | None:
        pull = self._planned.get(item_id)
        return None if pull is None else pull.hold_id


def _write(
    planned: Mapping[int, Pull], assigned: Mapping[int, Assignment], *, now: datetime
) -> int:
    gone = [
        pull.pk
        for item_id, pull in planned.items()
        if item_id not in assigned or not _same(pull, assigned[item_id])
    ]
    Pull.objects.filter(pk__in=gone).delete()
    kept = [pull for pull in planned.values() if pull.pk not in gone]
    _renew_traces(kept, assigned)
    stays = {pull.item_id for pull in kept}
    made = [
        Pull(
            hold_id=each.hold_id,
            item_id=each.item_id,
            library_id=each.library_id,
            planned_at=now,
            trace=each.trace,
        )
        for item_id, each in assigned.items()
        if item_id not in stays
    ]
    Pull.objects.bulk_create(made)
    return len(gone) + len(made)


def _renew_traces(kept: Iterable[Pull], assigned: Mapping[int, Assignment]) -> None:
    """Days pass and vans change: a row that stays tells when its copy comes now."""
    told_anew = []
    for pull in kept:
        trace = assigned[pull.item_id].trace
        if pull.trace != trace:
            pull.trace = trace
            told_anew.append(pull)
    Pull.objects.bulk_update(told_anew, ["trace"])


def _same(pull: Pull, each: Assignment) -> bool:
    return pull.hold_id == each.hold_id and pull.library_id == each.library_id
