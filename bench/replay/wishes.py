"""Read what was lent in two years, and draw what nobody can know: the wishes."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from django.db.models import Count, QuerySet
from django.utils.timezone import localdate

from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.models import Loan
from kortisto.domain.fulfilment.rules import Copy, Waiting

A_DAY: Final = timedelta(days=1)
SEED: Final = 6
TITLES: Final = 60
SET_ASIDE: Final = 60  # titles; with seed 5 our rule was chosen on them
LEAST_COPIES: Final = 10
LOAD: Final = 0.95  # of their time copies are on loan or between two loans
BETWEEN_DAYS: Final = 5  # from a return to the next loan, about
RUSH: Final = 1.6  # 1: as many wish at the end as on the day that a title comes out
FROM_HOME: Final = 0.6  # of those who wish reserve; the others look on the shelf first
ELSEWHERE: Final = 0.1  # of the copies are returned to another library
COLLECTED_AFTER: Final = (0, 1, 1, 2, 2, 3, 4, 5, 6, 7)  # days, each as likely


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Somebody's wish for a title, and what they do with the copy."""

    record: int
    hold: Waiting
    days: int  # of the loan
    collected_after: int
    returned_to: int
    from_home: bool


@dataclass(frozen=True, slots=True)
class Past:
    """What was read: the copies of each title, and the wishes of each day."""

    copies: Mapping[int, Sequence[Copy]]
    wishes: Mapping[date, Sequence[Wish]]
    first: date
    last: date


class Lent(NamedTuple):
    """A loan that has ended."""

    loan: int
    record: int
    category: int
    home: int
    library: int
    lent_at: datetime
    returned_at: datetime | None

    @property
    def days(self) -> int:
        return ((self.returned_at or self.lent_at) - self.lent_at).days


def read() -> Past:
    """The titles that were lent most for each copy, with what is drawn for them."""
    chance = random.Random(SEED)
    lendable = Item.objects.filter(lost="", withdrawn="", not_for_loan="", damaged="")
    chosen, loans = _most_lent(lendable)
    first, last = localdate(loans[0].lent_at), localdate(loans[-1].lent_at)
    span = (last - first).days
    came_out = {record: chance.randrange(span // 2) for record in chosen}
    offered = {record: span - came_out[record] for record in chosen}  # days
    copies = _as_many_as_were_busy(lendable, loans, offered, chance)
    libraries = [copy.home_library_id for each in copies.values() for copy in each]
    wishes: dict[date, list[Wish]] = defaultdict(list)
    for loan in loans:
        share = ((localdate(loan.lent_at) - first).days / span) ** RUSH
        after = came_out[loan.record] + offered[loan.record] * share
        wishes[first + A_DAY * int(after)].append(_wish(loan, libraries, chance))
    return Past(copies, wishes, first, last)


def _most_lent(lendable: "QuerySet[Item]") -> tuple[list[int], list[Lent]]:
    """Those after the titles set aside, and their loans, the first first."""
    owned = dict(
        lendable.values_list("record")
        .annotate(copies=Count("pk"))
        .filter(copies__gte=LEAST_COPIES)
        .order_by("-copies", "record")[: TITLES * 3]
    )
    past = Loan.objects.filter(record__in=owned, patron__isnull=False).exclude(
        returned_at=None
    )
    lent = dict(past.order_by().values_list("record").annotate(loans=Count("pk")))
    by_loans = sorted(owned, key=lambda r: (-lent.get(r, 0) / owned[r], r))
    chosen = by_loans[SET_ASIDE : SET_ASIDE + TITLES]
    rows = (
        past.filter(record__in=chosen)
        .order_by("lent_at", "pk")
        .values_list(
            "pk",
            "record",
            "category",
            "patron__home_library",
            "library",
            "lent_at",
            "returned_at",
        )
    )
    return chosen, [Lent(*row) for row in rows]


def _as_many_as_were_busy(
    lendable: "QuerySet[Item]",
    loans: Iterable[Lent],
    offered: Mapping[int, int],
    chance: random.Random,
) -> dict[int, list[Copy]]:
    """So few copies of each title that its loans would keep them busy."""
    busy: Counter[int] = Counter()
    for loan in loans:
        busy[loan.record] += loan.days + BETWEEN_DAYS
    copies: dict[int, list[Copy]] = defaultdict(list)
    for record, pk, home, kind in (
        lendable.filter(record__in=list(offered))
        .order_by("pk")
        .values_list("record", "pk", "home_library", "item_type")
    ):
        copies[record].append(
            Copy(item_id=pk, home_library_id=home, library_id=home, item_type_id=kind)
        )
    for record, each in copies.items():
        enough = max(2, round(busy[record] / (LOAD * offered[record])))
        copies[record] = chance.sample(each, min(enough, len(each)))
    return copies


def _wish(loan: Lent, libraries: Sequence[int], chance: random.Random) -> Wish:
    elsewhere = chance.random() < ELSEWHERE
    return Wish(
        record=loan.record,
        hold=Waiting(
            hold_id=loan.loan,
            category_id=loan.category,
            patron_home_id=loan.home,
            pickup_library_id=loan.library,
        ),
        days=loan.days,
        collected_after=chance.choice(COLLECTED_AFTER),
        returned_to=chance.choice(libraries) if elsewhere else loan.library,
        from_home=chance.random() < FROM_HOME,
    )
