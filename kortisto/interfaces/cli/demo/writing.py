"""Number what the workers made and write it: the only part that sees the database."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from itertools import islice
from typing import Any, Final

from kortisto.domain.circulation.due import HELSINKI
from kortisto.domain.fees.models import JournalEntry, Posting
from kortisto.domain.fees.types import OVERDUE
from kortisto.domain.patrons.actions.restriction_types import row_of_type
from kortisto.domain.patrons.name_keys import search_keys
from kortisto.interfaces.cli.demo.bulk import Row, one_transaction
from kortisto.interfaces.cli.demo.chunk import Chunk, FineRow
from kortisto.interfaces.cli.demo.days import written
from kortisto.interfaces.cli.demo.people import Person
from kortisto.interfaces.cli.demo.pool import Borrower
from kortisto.interfaces.cli.demo.tables import Tables
from kortisto.interfaces.cli.demo.terms import as_json
from kortisto.interfaces.cli.demo.world import World

JOB: Final = "job"
BATCH: Final = 5_000


class Writer:
    """Gives ids in the order of writing, so that the same seed gives the same ids."""

    def __init__(self, world: World, tables: Tables) -> None:
        self.world = world
        self.tables = tables
        self.loans = self._charges = self._entries = 0
        self.news: list[Row] = []

    def people(self, everybody: Iterable[Person], *, since: str) -> Iterator[int]:
        """Write patrons in batches and put them into the pool; says how many."""
        source = iter(everybody)
        while batch := list(islice(source, BATCH)):
            with one_transaction():
                self._people(batch, since=since)
            yield len(batch)

    def _people(self, batch: list[Person], *, since: str) -> None:
        ids = {code: one for one, code in self.world.codes.items()}
        categories, tables = self.world.categories, self.tables
        tables.patrons.write(
            (
                one.id,
                one.surname,
                one.first_names,
                _day(one.born_on),
                categories[one.category],
                ids[one.library],
                one.language,
                one.street,
                one.postal_code,
                one.city,
                one.phone,
                one.email,
                str(one.registered_on),
                str(one.expires_on),
                one.check_address,
                one.card_lost,
                one.history,
                f"{one.registered_on} 09:00:00",
                one.hold_identifier,
            )
            for one in batch
        )
        tables.words.write(
            (one.id, key)
            for one in batch
            for key in search_keys(
                one.surname, one.first_names, one.street, one.postal_code
            )
        )
        tables.cards.write((one.id, one.card, str(one.registered_on)) for one in batch)
        tables.guardianships.write(
            (guardian, "", one.id, "parent", order, order == 1, str(one.registered_on))
            for one in batch
            for order, guardian in enumerate(one.guardians, 1)
        )
        tables.guardianships.write(
            (None, one.contact, one.id, "contact", 9, False, str(one.registered_on))
            for one in batch
            if one.contact
        )
        tables.choices.write(
            (one.id, tick.kind, tick.transport, tick.days)
            for one in batch
            for tick in one.ticks
        )
        tables.notes.write(
            (one.id, audience, text, self.world.desk, f"{since} 09:40:00")
            for one in batch
            for audience, text in one.notes
        )
        barred = row_of_type("overdue").pk
        tables.restrictions.write(
            (
                one.id,
                barred,
                one.restricted,
                since,
                self.world.desk,
                f"{since} 09:30:00",
            )
            for one in batch
            if one.restricted
        )
        for one in batch:
            borrower = Borrower(
                id=one.id,
                category_id=categories[one.category],
                library_id=ids[one.library],
                since=self.world.number(one.registered_on),
                forgets=one.history == "never",
                is_child=one.is_child,
            )
            idle = one.card_lost or bool(one.restricted)
            self.world.pool.add(borrower, 0.0 if idle else one.activity)

    def chunk(self, made: Chunk) -> None:
        tables, base = self.tables, self.loans
        with one_transaction():
            tables.records.write(made.records)
            tables.identifiers.write(made.identifiers)
            tables.items.write(made.items)
            tables.loans.write(
                (n, *loan) for n, loan in enumerate(made.loans, base + 1)
            )
            tables.holds.write(made.holds)
            tables.transits.write(made.transits)
            self._fines(made.fines, base)
        self.news += (
            (
                one.kind,
                as_json({"loan_id": base + 1 + one.loan, **one.body}),
                one.actor,
                one.library,
                one.channel,
                None,
                one.at,
            )
            for one in made.news
        )
        self.loans += len(made.loans)

    def _fines(self, fines: list[FineRow], base: int) -> None:
        """A charge for each, with the journal entries that it and its payment make."""
        kind = self.world.charge_types[OVERDUE]
        charges: list[Row] = []
        entries: list[Row] = []
        postings: list[Row] = []
        for fine in fines:
            self._charges += 1
            town = self.world.towns[fine.library]
            charges.append(
                (
                    self._charges,
                    fine.patron,
                    kind,
                    fine.library,
                    town,
                    base + 1 + fine.loan,
                    fine.period,
                    fine.item,
                    fine.title,
                    fine.trace,
                    JOB,
                    fine.made_at,
                    fine.frozen_at,
                )
            )
            accrued = fine.frozen_at or self._last_night
            self._entry(
                entries,
                postings,
                fine,
                town,
                kind=JournalEntry.Kind.ACCRUAL,
                key=f"fine:{self._charges}:0",
                actor=JOB,
                at=accrued,
                against=Posting.Account.INCOME,
                cents=fine.cents,
            )
            if fine.paid_at is not None:
                self._entry(
                    entries,
                    postings,
                    fine,
                    town,
                    kind=JournalEntry.Kind.PAYMENT,
                    key=f"pay:demo-{self._charges}",
                    actor=self.world.desk,
                    at=fine.paid_at,
                    against=Posting.Account.CARD,
                    cents=-fine.cents,
                )
        self.tables.charges.write(charges)
        self.tables.entries.write(entries)
        self.tables.postings.write(postings)

    @property
    def _last_night(self) -> str:
        midnight = datetime.combine(self.world.today, time(0, 5), tzinfo=HELSINKI)
        return written(midnight)

    def _entry(  # noqa: PLR0913 - one row of each table
        self,
        entries: list[Row],
        postings: list[Row],
        fine: FineRow,
        town: int,
        *,
        kind: str,
        key: str,
        actor: str,
        at: str,
        against: str,
        cents: int,
    ) -> None:
        """``cents`` is what the patron owes more (or less) by it."""
        self._entries += 1
        entries.append((self._entries, str(kind), key, actor, fine.library, at))
        charge = self._charges
        patrons = Posting.Account.PATRONS.value
        owed = (self._entries, patrons, cents, charge, fine.patron, "public", town)
        other = (self._entries, str(against), -cents, charge, None, "", town)
        postings += [owed, other] if cents > 0 else [other, owed]

    def events(self) -> int:
        """Write what has gathered for the event log, in the order of time."""
        self.news.sort(key=_when)
        with one_transaction():
            self.tables.events.write(self.news)
        written_now, self.news = len(self.news), []
        return written_now


def _when(row: Row) -> Any:
    return row[-1]


def _day(day: date | None) -> str | None:
    return None if day is None else str(day)
