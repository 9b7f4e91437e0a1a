"""Which titles stay when a copy gets smaller, and which patrons with them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from kortisto.core.actors import job_actor
from kortisto.domain.catalogue.models import Record
from kortisto.domain.circulation.actions.leaving_out import (
    leave_patrons_out,
    leave_titles_out,
)
from kortisto.domain.circulation.queries import open_loans
from kortisto.domain.fees.models import Charge, Posting
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.queue import OPEN
from kortisto.domain.patrons.models import Guardianship, Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.cli.pseudonyms.invented import Inventor

AT_ONCE: Final = 500

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reduction:
    """What stays, and the keys of what goes."""

    titles: int
    patrons: int
    titles_out: Sequence[int]
    patrons_out: Sequence[int]

    @property
    def steps(self) -> int:
        return len(self.titles_out) + len(self.patrons_out)


def plan_reduction(titles: int, inventor: Inventor) -> Reduction:
    """Titles in use first, then any, as the seed has it.

    Patrons stay who have an open loan or hold of such a title, who stand in the ledger,
    and their families.
    """
    in_use = [
        *open_loans().values_list("patron_id", "item__record_id"),
        *Hold.objects.filter(state__in=OPEN).values_list("patron_id", "record_id"),
    ]
    every = set(Record.objects.values_list("pk", flat=True))
    wanted = {record for _patron, record in in_use}
    kept = set(
        [
            *_shuffled(wanted, inventor, "titles in use"),
            *_shuffled(every - wanted, inventor, "titles"),
        ][:titles]
    )
    bound = {patron for patron, record in in_use if record in kept and patron}
    stay = _with_families(bound | _in_the_ledger())
    patrons = set(Patron.objects.values_list("pk", flat=True))
    return Reduction(
        titles=len(kept),
        patrons=len(stay),
        titles_out=sorted(every - kept),
        patrons_out=sorted(patrons - stay),
    )


def reduce(
    plan: Reduction, *, told: Callable[[int], None] = lambda _rows: None
) -> None:
    """Remove what does not stay, some at a time. There is no way back."""
    job = job_actor(PatronPermission.EDIT)
    for leave_out, keys in (
        (leave_titles_out, plan.titles_out),
        (leave_patrons_out, plan.patrons_out),
    ):
        for page in _pages(keys):
            leave_out(page, by=job)
            told(len(page))


def _shuffled(keys: Iterable[int], inventor: Inventor, name: str) -> list[int]:
    ordered = sorted(keys)
    inventor.dice(name).shuffle(ordered)
    return ordered


def _in_the_ledger() -> set[int]:
    posted = Posting.objects.exclude(patron=None).values_list("patron_id", flat=True)
    charged = Charge.objects.values_list("patron_id", flat=True)
    return {one for one in (*posted.distinct(), *charged.distinct()) if one}


def _with_families(patrons: Iterable[int]) -> set[int]:
    """Them, and whoever is linked to them, however far."""
    beside: defaultdict[int, set[int]] = defaultdict(set)
    links = Guardianship.objects.exclude(guardian=None)
    for guardian, dependant in links.values_list("guardian_id", "dependant_id"):
        if guardian is not None:
            beside[guardian].add(dependant)
            beside[dependant].add(guardian)
    found: set[int] = set()
    coming = list(patrons)
    while coming:
        one = coming.pop()
        if one not in found:
            found.add(one)
            coming += beside[one]
    return found


def _pages(keys: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]
