"""Two years of loans of one copy: who, when, renewed how often, back how late."""

from dataclasses import dataclass
from random import Random
from typing import Final

from kortisto.interfaces.cli.demo.facts import Fact
from kortisto.interfaces.cli.demo.pool import Borrower
from kortisto.interfaces.cli.demo.shelves import Copy
from kortisto.interfaces.cli.demo.terms import DueDay, told
from kortisto.interfaces.cli.demo.world import SELF_CHECK, World

RENEWED: Final = 0.18  # of the loans
LATE: Final = 0.06
PAID: Final = 0.88  # of the fines of returned loans
GROWN_UP_LIMIT: Final = 12  # material from this age limit on goes to no child
SELF_SERVICE: Final = 0.45  # of the loans are made at a machine


@dataclass(slots=True)
class LoanMade:
    """A loan to be written. Times are text in UTC; ``fine`` in cents."""

    copy: Copy
    borrower: Borrower
    library: int
    lent_at: str
    by: str
    channel: str
    due: DueDay
    renewals: int
    renewed_at: str | None
    version: int
    trace: str
    returned_at: str | None = None
    returned_by: str = ""
    fine: int = 0
    fine_trace: str = "{}"
    paid_at: str | None = None

    @property
    def patron_id(self) -> int | None:
        """S35: a returned loan may have forgotten its patron."""
        forgotten = self.returned_at is not None and self.borrower.forgets
        return None if forgotten else self.borrower.id

    @property
    def fined_at(self) -> str:
        """When the first night's run charged it."""
        return f"{self.due.at[:10]} 22:05:00"


class Lending:
    """Lends copies, day by day, by the rules."""

    def __init__(self, world: World) -> None:
        self.world = world

    def loans(
        self,
        copy: Copy,
        fact: Fact,
        rng: Random,
        *,
        expected: float,
        out: float,
        aside: int | None,
    ) -> list[LoanMade]:
        """The past loans of a copy in order, and perhaps the one it is out on.

        ``aside``: the day since which it waits for somebody and is not lent.
        """
        if copy.not_for_loan or copy.lost:
            return []
        now = self.world.now_day
        open_loan = None
        if aside is None and rng.random() < out:
            open_loan = self._open(copy, fact, rng)
        until = aside or now if open_loan is None else open_loan[0]
        free = max(self.world.number(copy.acquired_on), 0)
        share = max(until - free, 0) / now
        made = []
        for day in self._days(fact, rng, expected * share):
            start = max(day, free) + (int(rng.random() * 4) if day < free else 0)
            loan = self._past(copy, fact, rng, start, until)
            if loan is None:
                continue
            made.append(loan[1])
            free = loan[0] + 1
        if open_loan is not None:
            made.append(open_loan[1])
        if made:
            last = made[-1]
            copy.last_borrowed = last.lent_at
            if aside is None:
                copy.last_seen = last.returned_at or last.lent_at
        return made

    def _days(self, fact: Fact, rng: Random, expected: float) -> list[int]:
        count = int(expected) + (rng.random() < expected % 1)
        some_day = self.world.rhythm.some_day
        return sorted(
            some_day(rng, juvenile=fact.is_juvenile) for _loan in range(count)
        )

    def _past(
        self, copy: Copy, fact: Fact, rng: Random, start: int, until: int
    ) -> tuple[int, LoanMade] | None:
        """A loan that is back before ``until``, and the day it came back."""
        calendar = self.world.calendars[copy.here]
        start = calendar.next_open(start)
        loan = self._started(copy, fact, rng, start)
        if loan is None:
            return None
        if rng.random() < RENEWED:
            self._renew(loan, copy, start, rng, times=1 + int(rng.random() * 2.2))
        back = calendar.next_open(_back(start, loan.due.number, rng))
        if back >= until:
            return None
        loan.returned_at = calendar.moment(back, rng)
        if loan.returned_at <= (loan.renewed_at or loan.lent_at):
            return None
        loan.returned_by = loan.by if rng.random() < 0.7 else self.world.desk
        if back > loan.due.number:
            self._fine(loan, copy, until=back)
            if loan.fine and rng.random() < PAID:
                paid = calendar.next_open(min(back + int(rng.random() * 40), until))
                if paid < self.world.now_day and paid > back:
                    loan.paid_at = calendar.moment(paid, rng)
        return back, loan

    def _open(self, copy: Copy, fact: Fact, rng: Random) -> tuple[int, LoanMade] | None:
        """A loan that is not back yet: mostly new or renewed, some overdue."""
        now = self.world.now_day
        calendar = self.world.calendars[copy.here]
        ago = 1 + int(26 * rng.random())
        if rng.random() < 0.2:
            ago += int(60 * rng.random())
        start = calendar.next_open(now - ago)
        if start >= now or start < self.world.number(copy.acquired_on):
            return None
        loan = self._started(copy, fact, rng, start)
        if loan is None:
            return None
        while loan.due.number < now and rng.random() < 0.85:
            if not self._renew(loan, copy, start, rng, times=1):
                break
        if loan.due.number < now - 1:
            self._fine(loan, copy, until=now - 1)
        return start, loan

    def _started(
        self, copy: Copy, fact: Fact, rng: Random, start: int
    ) -> LoanMade | None:
        world = self.world
        library = copy.here
        borrower = world.pool.one(
            library,
            rng,
            day=start,
            juvenile=fact.is_juvenile,
            adult=int(fact.age[1:] or 0) >= GROWN_UP_LIMIT,
        )
        if borrower is None:
            return None
        matrix = world.terms.matrix(start)
        place = (library, borrower.category_id, copy.type_id)
        terms = matrix.terms(*place)
        due = world.terms.due(terms, library, start, renewal=False)
        machine = rng.random() < SELF_SERVICE and library not in world.mobile
        return LoanMade(
            copy=copy,
            borrower=borrower,
            library=library,
            lent_at=world.calendars[library].moment(start, rng),
            by=SELF_CHECK if machine else world.desk,
            channel="self-check" if machine else "staff",
            due=due,
            renewals=0,
            renewed_at=None,
            version=matrix.version,
            trace=f"{world.terms.trace(matrix, terms, place)}{due.steps}}}",
        )

    def _renew(
        self, loan: LoanMade, copy: Copy, start: int, rng: Random, *, times: int
    ) -> bool:
        """Renew a few days before the due date. False when the rules allow no more."""
        world = self.world
        place = (loan.library, loan.borrower.category_id, copy.type_id)
        since = start
        for _time in range(times):
            day = max(loan.due.number - int(rng.random() * 4), since + 1)
            if day >= world.now_day:
                return False
            matrix = world.terms.matrix(day)
            terms = matrix.terms(*place)
            allowed = terms.renewals_allowed
            due = world.terms.due(terms, loan.library, day, renewal=True)
            full = allowed is not None and loan.renewals >= allowed
            if full or due.number <= loan.due.number:
                return False
            loan.due, loan.renewals = due, loan.renewals + 1
            hour = 8 + int(rng.random() * 12)
            on = world.day(day)
            loan.renewed_at = f"{on} {hour:02d}:{int(rng.random() * 60):02d}:00"
            loan.version = matrix.version
            loan.trace = f"{world.terms.trace(matrix, terms, place)}{due.steps}}}"
            since = day
        return True

    def _fine(self, loan: LoanMade, copy: Copy, *, until: int) -> None:
        place = (loan.library, loan.borrower.category_id, copy.type_id)
        fine = self.world.terms.fine(
            place, loan.due, until=until, price=copy.price_cents
        )
        loan.fine, loan.fine_trace = fine.cents, told(fine.trace)


def _back(start: int, due: int, rng: Random) -> int:
    """The day of return: before the due date mostly, late sometimes."""
    roll = rng.random()
    if roll < LATE:
        return due + 1 + int(rng.expovariate(0.12))
    if roll < LATE + 0.06:
        return due
    return min(due, start + 1 + int((due - start) * rng.random() ** 0.8))
