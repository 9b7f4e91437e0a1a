"""Write the journal: the only code that moves money. Entries always balance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from kortisto.core.actors import Actor
from kortisto.domain.fees.models import JournalEntry, Posting


class Unbalanced(ValueError):
    """Debits and credits of an entry differ: a bug, nothing is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an entry; a debit is positive."""

    account: Posting.Account
    cents: int
    charge_id: int
    municipality_id: int
    patron_id: int | None = None
    law: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry to be written; ``key`` says what it tells, once."""

    kind: JournalEntry.Kind
    key: str
    library_id: int
    lines: tuple[Line, ...]
    note: str = ""
    reverses_id: int | None = None

    def __post_init__(self) -> None:
        if sum(line.cents for line in self.lines) != 0:
            raise Unbalanced(self.key)


def owed(
    cents: int, *, charge_id: int, patron_id: int, law: str, municipality_id: int
) -> tuple[Line, Line]:
    """The two lines of a charge: owed by the patron, earned by the municipality."""
    return (
        Line(
            account=Posting.Account.PATRONS,
            cents=cents,
            charge_id=charge_id,
            patron_id=patron_id,
            law=law,
            municipality_id=municipality_id,
        ),
        Line(
            account=Posting.Account.INCOME,
            cents=-cents,
            charge_id=charge_id,
            municipality_id=municipality_id,
        ),
    )


def write(entries: Sequence[Entry], *, by: Actor, at: datetime) -> list[JournalEntry]:
    """Write entries with their lines, inside the caller's transaction.

    Raises IntegrityError when a key has been used: the entry has been told already.
    """
    rows = JournalEntry.objects.bulk_create(
        JournalEntry(
            kind=entry.kind,
            key=entry.key,
            actor=by.label,
            library_id=entry.library_id,
            note=entry.note,
            reverses_id=entry.reverses_id,
            happened_at=at,
        )
        for entry in entries
    )
    Posting.objects.bulk_create(
        Posting(
            entry=row,
            account=line.account,
            cents=line.cents,
            charge_id=line.charge_id,
            patron_id=line.patron_id,
            law=line.law,
            municipality_id=line.municipality_id,
        )
        for entry, row in zip(entries, rows, strict=True)
        for line in entry.lines
        if line.cents
    )
    return rows


def write_once(entry: Entry, *, by: Actor, at: datetime) -> tuple[JournalEntry, bool]:
    """Write an entry, or find the one that its key told before: ``(row, is new)``."""
    told = JournalEntry.objects.filter(key=entry.key).first()
    if told is not None:
        return told, False
    try:
        with transaction.atomic():
            return write([entry], by=by, at=at)[0], True
    except IntegrityError:
        return JournalEntry.objects.get(key=entry.key), False
