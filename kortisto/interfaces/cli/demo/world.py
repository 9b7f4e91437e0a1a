"""What every part of the build knows; built once, then shared with the workers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from kortisto.domain.catalogue.models import ItemType
from kortisto.domain.fees.models import ChargeType
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.models import PatronCategory
from kortisto.domain.policies.queries import rules_in_force
from kortisto.interfaces.cli.demo.days import AHEAD, Calendar, Rhythm
from kortisto.interfaces.cli.demo.editions import Titles
from kortisto.interfaces.cli.demo.places import IN_USE
from kortisto.interfaces.cli.demo.pool import Pool
from kortisto.interfaces.cli.demo.popularity import Popularity, popularity
from kortisto.interfaces.cli.demo.scale import HISTORY_DAYS, Scale
from kortisto.interfaces.cli.demo.terms import LendingTerms

SELF_CHECK: Final = "device:1"


@dataclass(frozen=True, slots=True)
class World:
    """Ids by code, calendars, rules, titles. Day 0 is the first day of the history."""

    scale: Scale
    seed: int
    today: date
    first: date
    libraries: Sequence[int]  # ids of those in use
    sizes: Sequence[int]
    codes: Mapping[int, str]
    towns: Mapping[int, int]  # library id -> municipality id
    mobile: frozenset[int]
    categories: Mapping[str, int]
    item_types: Mapping[str, int]
    charge_types: Mapping[str, int]
    calendars: Mapping[int, Calendar]
    terms: LendingTerms
    rhythm: Rhythm
    titles: Titles
    popularity: Popularity
    pool: Pool
    desk: str  # the label of the librarian who lends

    @property
    def now_day(self) -> int:
        """The number of today: the history ends the day before."""
        return (self.today - self.first).days

    def day(self, number: int) -> date:
        return self.first + timedelta(days=number)

    def number(self, day: date) -> int:
        return (day - self.first).days


def gather(scale: Scale, seed: int, today: date, *, desk: str) -> World:
    """Read what the consortium is; the pool of borrowers is filled later."""
    tree = organisation()
    first = today - timedelta(days=HISTORY_DAYS)
    ids = [tree.by_code(library.code).id for library in IN_USE]
    towns = {library_id: tree.municipality_of(library_id) for library_id in ids}
    starts = sorted({first, max(first, date(today.year, 1, 1))})
    titles = Titles(seed, scale.titles)
    return World(
        scale=scale,
        seed=seed,
        today=today,
        first=first,
        libraries=ids,
        sizes=[library.size for library in IN_USE],
        codes={library_id: tree.unit(library_id).code for library_id in ids},
        towns=towns,
        mobile=frozenset(one for one in ids if tree.unit(one).mobile),
        categories=dict(PatronCategory.objects.values_list("code", "pk")),
        item_types=dict(ItemType.objects.values_list("code", "pk")),
        charge_types=dict(ChargeType.objects.values_list("code", "pk")),
        calendars={
            one: Calendar(first, tree.calendar(one), HISTORY_DAYS + AHEAD)
            for one in ids
        },
        terms=LendingTerms(
            first,
            [((start - first).days, rules_in_force(start)) for start in starts],
            {one: tree.calendar(one) for one in ids},
        ),
        rhythm=Rhythm(first, HISTORY_DAYS),
        titles=titles,
        popularity=popularity(titles, scale, seed),
        pool=Pool(towns),
        desk=desk,
    )
