"""Floating against the returns that were: before anybody switches it on (HLD-50).

Each return is made again twice: by the rules of its day, and as if its item floated
among the chosen libraries. The copies of both worlds are followed from loan to loan.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.timezone import localdate

from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.simulation import Progress, Window
from kortisto.domain.distribution.rules import neediest
from kortisto.domain.org.queries import Organisation, organisation
from kortisto.domain.org.settings import FLOAT
from kortisto.domain.org.tree import FLOATING
from kortisto.domain.policies.queries import rules_in_force

PAGE: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class FloatTrial:
    """What is tried: these item types (none: all) float among these libraries.

    ``most``: at most so many items of others in each of them; None: no limit.
    """

    libraries: frozenset[int]
    item_types: frozenset[int] = frozenset()
    most: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "libraries": sorted(self.libraries),
            "item_types": sorted(self.item_types),
            "most": self.most,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "FloatTrial":
        return cls(
            libraries=frozenset(kept["libraries"]),
            item_types=frozenset(kept["item_types"]),
            most=kept["most"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PastReturn:
    """A loan that came back, as far as journeys ask."""

    item_id: int
    home_id: int
    lent_at_id: int
    returned_at_id: int
    on: date
    rules_library_id: int
    category_id: int
    item_type_id: int


@dataclass(slots=True)
class Side:
    """One library in one of the two worlds."""

    sent: int = 0  # items returned here that went elsewhere
    fetched: int = 0  # lent here while the copy stood at another library
    come: int = 0  # others' items here when the days are over
    gone: int = 0  # its own items elsewhere then

    @property
    def journeys(self) -> int:
        return self.sent + self.fetched

    @property
    def balance(self) -> int:
        return self.come - self.gone


@dataclass(slots=True)
class Sums:
    """A library in both worlds; ``returns`` are those that were made there."""

    returns: int = 0
    then: Side = field(default_factory=Side)
    tried: Side = field(default_factory=Side)


class _World:
    """Where every copy stands, as time goes on."""

    def __init__(self) -> None:
        self.at: dict[int, int] = {}  # item: library
        self.home: dict[int, int] = {}
        self.come: Counter[int] = Counter()
        self.gone: Counter[int] = Counter()

    def leave(self, item_id: int) -> int | None:
        """Where the copy was; it is lent now."""
        place = self.at.pop(item_id, None)
        self._count(item_id, place, -1)
        return place

    def stand(self, past: PastReturn, place: int) -> None:
        self.home[past.item_id] = past.home_id
        self.at[past.item_id] = place
        self._count(past.item_id, place, 1)

    def _count(self, item_id: int, place: int | None, one: int) -> None:
        if place is not None and place != self.home[item_id]:
            self.come[place] += one
            self.gone[self.home[item_id]] += one


class FloatReplay:
    """Both worlds, return by return."""

    def __init__(self, trial: FloatTrial, tree: Organisation) -> None:
        self.trial, self.tree = trial, tree
        self.then, self.tried = _World(), _World()
        self.sums: dict[int, Sums] = defaultdict(Sums)

    def take_back(self, past: PastReturn) -> None:
        """One more return, in the order of time."""
        here = self.sums[past.returned_at_id]
        here.returns += 1
        there = self.sums[past.lent_at_id]
        for world, side, other, rule in (
            (self.then, here.then, there.then, self._by_the_rules),
            (self.tried, here.tried, there.tried, self._by_the_trial),
        ):
            stood = world.leave(past.item_id)
            other.fetched += stood is not None and stood != past.lent_at_id
            goes = rule(past)
            side.sent += goes != past.returned_at_id
            world.stand(past, goes)

    def finish(self) -> dict[int, Sums]:
        """The sums of each library, with what has drifted by then."""
        for world, name in ((self.then, "then"), (self.tried, "tried")):
            for library in {*world.come, *world.gone}:
                side: Side = getattr(self.sums[library], name)
                side.come, side.gone = world.come[library], world.gone[library]
        return dict(self.sums)

    def _by_the_rules(self, past: PastReturn) -> int:
        at, home = past.returned_at_id, past.home_id
        terms = rules_in_force(past.on).terms(
            past.rules_library_id, past.category_id, past.item_type_id
        )
        rule = terms.return_rule
        if rule == "lending":
            home = past.lent_at_id
        grouped = rule == "float-group" and self.tree.share_group(
            at, past.home_id, FLOATING
        )
        floats = rule == "float" or grouped or self.tree.setting(FLOAT, at).value
        return at if floats else home

    def _by_the_trial(self, past: PastReturn) -> int:
        at, home, among = past.returned_at_id, past.home_id, self.trial.libraries
        if at not in among or home not in among or at == home:
            return self._by_the_rules(past)
        most, world = self.trial.most, self.tried
        if most is None or world.come[at] < most:
            return at
        lacks = {one: world.gone[one] - world.come[one] for one in among if one != at}
        full = frozenset(one for one in lacks if world.come[one] >= most)
        return neediest(lacks, full=full - {home}) or home


def simulate_floating(
    trial: FloatTrial,
    window: Window,
    *,
    progress: Progress | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> dict[int, Sums]:
    """Sums by library. Reads; writes nothing. Stopped early, it gives what it has."""
    replay = FloatReplay(trial, organisation())
    returned = _returned(trial, window)
    total = returned.count()
    for seen, past in enumerate(_past(returned), start=1):
        replay.take_back(past)
        if seen % PAGE == 0:
            if progress is not None:
                progress(seen, total)
            if stopping():
                break
    if progress is not None:
        progress(total, total)
    return replay.finish()


def _returned(trial: FloatTrial, window: Window) -> "QuerySet[Loan]":
    found = Loan.objects.filter(
        returned_at__range=window.moments,
        ending=Loan.Ending.RETURNED,
        returned_library__isnull=False,
    )
    if trial.item_types:
        found = found.filter(item_type__in=trial.item_types)
    return found


def _past(returned: "QuerySet[Loan]") -> Iterator[PastReturn]:
    rows = returned.order_by("returned_at", "pk").values_list(
        "item_id",
        "item__home_library_id",
        "library_id",
        "returned_library_id",
        "returned_at",
        "rules_library_id",
        "category_id",
        "item_type_id",
    )
    for item, home, lent, back, at, rules, category, kind in rows.iterator(PAGE):
        assert back is not None  # noqa: S101 - asked for those that know it
        assert at is not None  # noqa: S101
        yield PastReturn(
            item_id=item,
            home_id=home,
            lent_at_id=lent,
            returned_at_id=back,
            on=localdate(at),
            rules_library_id=rules,
            category_id=category,
            item_type_id=kind,
        )


def result_of(found: dict[int, Sums]) -> dict[str, Any]:
    """As a job keeps it: by the id of the library."""
    return {str(place): asdict(sums) for place, sums in found.items()}


def from_result(kept: dict[str, Any]) -> dict[int, Sums]:
    """What ``result_of`` made."""
    return {
        int(place): Sums(
            returns=one["returns"], then=Side(**one["then"]), tried=Side(**one["tried"])
        )
        for place, one in kept.items()
    }


def altogether(found: dict[int, Sums]) -> Sums:
    """All libraries together."""
    total = Sums()
    for sums in found.values():
        total.returns += sums.returns
        for mine, theirs in ((total.then, sums.then), (total.tried, sums.tried)):
            for name, value in asdict(theirs).items():
                setattr(mine, name, getattr(mine, name) + value)
    return total
