"""Some titles with their copies, loans and holds, as rows: made by a worker."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from kortisto.domain.catalogue.rows import record_row
from kortisto.interfaces.cli.demo.bulk import Row
from kortisto.interfaces.cli.demo.facts import Fact
from kortisto.interfaces.cli.demo.lending import Lending, LoanMade
from kortisto.interfaces.cli.demo.marc_records import SOURCE, Made, record
from kortisto.interfaces.cli.demo.queues import HoldMade, queue_up
from kortisto.interfaces.cli.demo.scale import dice
from kortisto.interfaces.cli.demo.shelves import Copy, copies
from kortisto.interfaces.cli.demo.world import World

FIRST_YEAR: Final = 1985  # the oldest data
ALL_OUT: Final = 0.97  # of the copies of a title with a queue
TITLE_KEPT: Final = 200


@dataclass(slots=True)
class Chunk:
    """Rows in the order of the columns in ``tables``; loans lack their ids."""

    records: list[Row] = field(default_factory=list)
    identifiers: list[Row] = field(default_factory=list)
    items: list[Row] = field(default_factory=list)
    loans: list[Row] = field(default_factory=list)
    fines: list["FineRow"] = field(default_factory=list)
    holds: list[Row] = field(default_factory=list)
    transits: list[Row] = field(default_factory=list)
    news: list["News"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FineRow:
    """A fine of the loan with this place in the chunk."""

    loan: int
    patron: int
    library: int
    period: int
    item: int
    title: str
    trace: str
    made_at: str
    frozen_at: str | None
    cents: int
    paid_at: str | None


@dataclass(frozen=True, slots=True)
class News:
    """Something for the event log about the loan with this place in the chunk."""

    at: str
    kind: str
    loan: int
    body: dict[str, Any]
    actor: str
    library: int
    channel: str


class Maker:
    """Makes chunks; one in each worker."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.lending = Lending(world)
        told_days = world.scale.event_days
        self.told_since = f"{world.today - timedelta(days=told_days)}"

    def chunk(self, first: int, last: int) -> Chunk:
        """Titles from ``first`` up to and without ``last``, counted from 0."""
        made = Chunk()
        for number in range(first, last):
            self._title(made, number)
        return made

    def _title(self, made: Chunk, number: int) -> None:
        world = self.world
        rng = dice(world.seed, "copies", number)
        fact = world.titles.title(number)
        since = _catalogued(fact, world.today, rng)
        described = record(fact, number=number + 1, entered_on=since)
        since = max(since, _no_earlier(described, world.today))
        title = self._record(made, number, described, since)
        shelf = copies(world, number, fact, rng, since)
        holds, aside = queue_up(world, number, fact, shelf, rng)
        expected, out = self._demand(number, queued=bool(holds))
        for copy in shelf:
            here, copy.here = copy.here, copy.home
            loans = self.lending.loans(
                copy,
                fact,
                rng,
                expected=expected,
                out=out,
                aside=aside.get(copy.id),
            )
            copy.here = here
            for loan in loans:
                self._loan(made, loan, number + 1, title)
            made.items.append(_item_row(copy, number + 1))
        for hold in holds:
            _hold(made, hold)

    def _demand(self, number: int, *, queued: bool) -> tuple[float, float]:
        wanted = self.world.popularity
        return wanted.loans[number], ALL_OUT if queued else wanted.out[number]

    def _record(self, made: Chunk, number: int, described: Made, since: date) -> str:
        row = record_row(described.marc, own_source=SOURCE, bare_source=SOURCE)
        moment = f"{since} 10:00:00"
        made.records.append(
            (
                number + 1,
                row.control_number,
                row.control_source,
                row.marc,
                row.title,
                row.title_sort,
                row.responsibility,
                row.author,
                row.material,
                row.language,
                row.year,
                row.ykl,
                row.juvenile,
                row.fiction,
                row.age_limit,
                row.work_key,
                row.description_json,
                moment,
                moment,
                moment,
            )
        )
        made.identifiers += [
            (number + 1, kind, value) for kind, value in sorted(row.identifiers)
        ]
        return row.title[:TITLE_KEPT]

    def _loan(self, made: Chunk, loan: LoanMade, record_id: int, title: str) -> None:
        copy, place = loan.copy, len(made.loans)
        made.loans.append(
            (
                copy.id,
                record_id,
                loan.patron_id,
                loan.borrower.category_id,
                copy.type_id,
                loan.library,
                loan.library,
                title,
                copy.barcode,
                loan.lent_at,
                loan.by,
                loan.channel,
                loan.due.at,
                loan.renewals,
                loan.renewed_at,
                loan.version,
                loan.trace,
                loan.returned_at,
                loan.returned_by,
                loan.library if loan.returned_at else None,
                "returned" if loan.returned_at else "",
            )
        )
        if loan.fine:
            made.fines.append(_fine_row(loan, place, title))
        self._tell(made, loan, place, record_id)

    def _tell(self, made: Chunk, loan: LoanMade, place: int, record_id: int) -> None:
        about = {"item_id": loan.copy.id, "record_id": record_id}
        told: list[tuple[str | None, str, dict[str, Any], str]] = [
            (loan.lent_at, "LoanStarted", about, loan.by)
        ]
        if loan.renewals:
            due_at = loan.due.at.replace(" ", "T") + "+00:00"
            renewed = {"renewals": loan.renewals, "due_at": due_at, "overridden": []}
            told.append((loan.renewed_at, "LoanRenewed", about | renewed, loan.by))
        if loan.returned_at:
            overdue = {"overdue": loan.returned_at > loan.due.at}
            told.append((loan.returned_at, "LoanEnded", about | overdue, loan.by))
        for at, kind, body, by in told:
            if at is not None and at >= self.told_since:
                made.news.append(
                    News(at, kind, place, body, by, loan.library, loan.channel)
                )


def _catalogued(fact: Fact, today: date, rng: Random) -> date:
    """In the year of publication or soon after; never before the oldest data."""
    year = min(max(fact.year or 2004, FIRST_YEAR), today.year)
    if fact.material == "LEHTI":
        year = max(year, 2010)
    first = date(year, 1, 7)
    last = min(first + timedelta(days=540), today - timedelta(days=6))
    days = max((last - first).days, 1)
    return min(first + timedelta(days=rng.randrange(days)), last)


def _no_earlier(described: Made, today: date) -> date:
    """A later edition of an old work came in its own year."""
    year = min(described.year or 0, today.year - 1)
    return date(max(year, FIRST_YEAR), 1, 8)


def _item_row(copy: Copy, record_id: int) -> Row:
    moment = f"{copy.acquired_on} 11:00:00"
    return (
        copy.id,
        record_id,
        copy.barcode,
        copy.home,
        copy.here,
        copy.type_id,
        copy.location,
        copy.sub_location,
        copy.collection,
        copy.shelf_class,
        copy.heading,
        copy.call_number,
        copy.call_number_sort,
        copy.enumchron,
        str(copy.acquired_on),
        copy.price_cents,
        copy.price_cents,
        copy.not_for_loan,
        moment if copy.not_for_loan else None,
        copy.lost,
        copy.last_seen or moment if copy.lost else None,
        copy.last_seen or moment,
        copy.last_borrowed,
        moment,
        moment,
    )


def _fine_row(loan: LoanMade, place: int, title: str) -> FineRow:
    return FineRow(
        loan=place,
        patron=loan.borrower.id,
        library=loan.library,
        period=loan.renewals,
        item=loan.copy.id,
        title=title,
        trace=loan.fine_trace,
        made_at=loan.fined_at,
        frozen_at=loan.returned_at,
        cents=loan.fine,
        paid_at=loan.paid_at,
    )


def _hold(made: Chunk, hold: HoldMade) -> None:
    until = hold.pickup_until
    made.holds.append(
        (
            hold.borrower.id,
            hold.record,
            hold.item,
            hold.pickup,
            hold.state,
            hold.placed_at,
            hold.placed_at,
            str(until) if until else None,
        )
    )
    if hold.origin is not None:
        made.transits.append((hold.item, hold.origin, hold.pickup, hold.sent_at))
