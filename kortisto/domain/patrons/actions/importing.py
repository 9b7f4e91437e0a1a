"""Bring patrons of an earlier system in, many at once (S12)."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from secrets import randbelow
from typing import Any, Final

from django.db import transaction
from django.db.models.functions import Upper
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from kortisto.core.actors import Actor
from kortisto.core.bulk import insert_rows, refresh_statistics, reserve_ids
from kortisto.core.events import publish_many
from kortisto.domain.org.models import Staff
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.events import PatronRegistered
from kortisto.domain.patrons.fields import EDITABLE
from kortisto.domain.patrons.hold_identifiers import hold_key, rarest, tries
from kortisto.domain.patrons.incoming import Incoming, read_row
from kortisto.domain.patrons.models import (
    Card,
    Guardianship,
    Patron,
    PatronCategory,
    PatronNote,
    PatronWord,
    Source,
)
from kortisto.domain.patrons.name_keys import search_keys
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.queries import months_of_validity
from kortisto.domain.patrons.rules import expiry

BATCH: Final = 2_000
CANDIDATES: Final = 4
COLUMNS: Final = tuple(name for name in EDITABLE if name != "expires_on")
OWN: Final = (
    "id",
    "category_id",
    "home_library_id",
    "registered_on",
    "registered_by",
    "source",
    "expires_on",
)

Row = Mapping[str, str]
Reject = Callable[[int, Row, str], None]


@dataclass(slots=True)
class Report:
    """What became of the rows of a file."""

    read: int = 0
    added: int = 0
    known: int = 0  # their card was there already: left alone
    rejected: int = 0
    linked: int = 0  # guardians


@dataclass(slots=True)
class _Taken:
    """What is taken, kept in memory for the length of an import."""

    keys: set[str]
    endings: Counter[tuple[int, str]]

    def new_one(self, library_id: int) -> str:
        while True:
            some = tries(CANDIDATES, below=randbelow)
            here = {one[-4:]: self.endings[library_id, one[-4:]] for one in some}
            for one in rarest(some, here):
                if one not in self.keys:
                    return one

    def take(self, identifier: str, library_id: int) -> None:
        self.keys.add(hold_key(identifier))
        self.endings[library_id, identifier[-4:]] += 1


@dataclass(slots=True)
class _Import:
    by: Actor
    now: datetime
    reject: Reject
    taken: _Taken
    categories: Mapping[str, PatronCategory]
    report: Report = field(default_factory=Report)
    families: list[tuple[int, Row, Incoming]] = field(default_factory=list)
    months: dict[tuple[int, int], int] = field(default_factory=dict)

    def turn_away(self, number: int, row: Row, why: str) -> None:
        self.report.rejected += 1
        self.reject(number, row, why)


def import_patrons(
    rows: Iterable[Row],
    *,
    by: Actor,
    now: datetime,
    reject: Reject,
    progress: Callable[[int], None] = lambda _done: None,
    dry_run: bool = False,
) -> Report:
    """Add the patrons of rows with the columns of ``incoming.COLUMNS``.

    Somebody whose card number is there already is left alone, so that a file may be
    read again. Each batch is a transaction. What cannot be written goes to ``reject``
    with its number in the file (the first row is 2) and a reason in words.

    A dry run does all of it in one transaction, which is then rolled back.
    """
    by.require(PatronPermission.EDIT)
    work = _Import(by, now, reject, _all_taken(), _categories())
    with transaction.atomic() if dry_run else nullcontext():
        for batch in _batches(enumerate(rows, 2)):
            with transaction.atomic():
                _add(work, batch)
            progress(work.report.read)
        _link(work)
        if dry_run:
            transaction.set_rollback(True)
            return work.report
    refresh_statistics(Patron, Card, PatronWord, Guardianship)
    return work.report


def _batches(rows: Iterator[tuple[int, Row]]) -> Iterator[list[tuple[int, Row]]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _categories() -> dict[str, PatronCategory]:
    return {one.code: one for one in PatronCategory.objects.all()}


def _all_taken() -> _Taken:
    keys, endings = set(), Counter[tuple[int, str]]()
    rows = Patron.objects.values_list("hold_identifier", "home_library_id")
    for identifier, library_id in rows.iterator():
        keys.add(hold_key(identifier))
        endings[library_id, identifier[-4:]] += 1
    keys |= set(Card.objects.values_list(Upper("number"), flat=True))
    keys |= {name.upper() for name in Staff.objects.values_list("username", flat=True)}
    return _Taken(keys, endings)


def _add(work: _Import, batch: Sequence[tuple[int, Row]]) -> None:
    read = [(number, row, _read(row)) for number, row in batch]
    numbers = [one.card_number for _n, _row, one in read if isinstance(one, Incoming)]
    known = set(
        Card.objects.alias(code=Upper("number"))
        .filter(code__in=numbers)
        .values_list(Upper("number"), flat=True)
    )
    fresh = []
    for number, row, one in read:
        work.report.read += 1
        if isinstance(one, str):
            work.turn_away(number, row, one)
            continue
        if one.guardian_cards:
            work.families.append((number, row, one))
        if one.card_number in known:
            work.report.known += 1
            continue
        if one.card_number in work.taken.keys:
            work.turn_away(number, row, _("This card number is in use already."))
            continue
        known.add(one.card_number)
        if written := _written(work, number, row, one):
            work.taken.keys.add(one.card_number)
            fresh.append((one, written))
    _insert(work, fresh)


def _read(row: Row) -> Incoming | str:
    """The row as it can be written, or why it cannot."""
    try:
        return read_row(row)
    except ValueError as wrong:
        return str(wrong)


def _written(
    work: _Import, number: int, row: Row, one: Incoming
) -> dict[str, Any] | None:
    """The columns of a patron; None when they were turned away."""
    category = work.categories.get(one.category)
    if category is None:
        work.turn_away(number, row, _("There is no such patron category."))
        return None
    try:
        library_id = organisation().by_code(one.home_library.replace("_", "-")).id
    except KeyError:
        work.turn_away(number, row, _("There is no such library."))
        return None
    values = dict(one.values)
    identifier = values.get("hold_identifier") or work.taken.new_one(library_id)
    if hold_key(identifier) in work.taken.keys:
        identifier = work.taken.new_one(library_id)
    work.taken.take(identifier, library_id)
    first = one.registered_on or localdate(work.now)
    return {
        "history": category.history,
        "language": "fi",
        **values,
        "hold_identifier": identifier,
        "category_id": category.pk,
        "home_library_id": library_id,
        "registered_on": one.registered_on,
        "registered_by": work.by.label,
        "source": Source.MIGRATION.value,
        "expires_on": one.expires_on or _expiry(work, category, library_id, first),
    }


def _expiry(
    work: _Import, category: PatronCategory, library_id: int, first: date
) -> date:
    key = (category.pk, library_id)
    if key not in work.months:
        work.months[key] = months_of_validity(category, library_id)
    return expiry(first, work.months[key])


def _insert(work: _Import, fresh: Sequence[tuple[Incoming, dict[str, Any]]]) -> None:
    ids = reserve_ids(Patron, len(fresh))
    people = list(zip(ids, fresh, strict=True))
    unset = {
        field.name: field.get_default()
        for field in Patron._meta.concrete_fields  # noqa: SLF001
        if field.name in COLUMNS
    }
    insert_rows(
        Patron,
        [*OWN, *COLUMNS],
        (
            [*({**unset, **row, "id": pk}[name] for name in (*OWN, *COLUMNS))]
            for pk, (_one, row) in people
        ),
    )
    insert_rows(
        Card,
        ["patron_id", "number", "since_on", "given_by"],
        (
            (pk, one.card_number, one.registered_on, work.by.label)
            for pk, (one, _row) in people
        ),
    )
    insert_rows(
        PatronWord,
        ["patron_id", "key"],
        (
            (pk, key)
            for pk, (_one, row) in people
            for key in search_keys(
                row["surname"],
                row.get("first_names", ""),
                row.get("street", ""),
                row.get("postal_code", ""),
            )
        ),
    )
    insert_rows(
        PatronNote,
        ["patron_id", "audience", "text", "author", "written_at"],
        (
            (pk, audience, text, work.by.label, work.now)
            for pk, (one, _row) in people
            for audience, text in one.notes.items()
        ),
    )
    publish_many(
        [PatronRegistered(patron_id=pk) for pk in ids], by=work.by, at=work.now
    )
    work.report.added += len(ids)


def _link(work: _Import) -> None:
    """Guardians, once everybody is there; links that are there already stay."""
    for start in range(0, len(work.families), BATCH):
        with transaction.atomic():
            _link_some(work, work.families[start : start + BATCH])


def _link_some(work: _Import, families: Sequence[tuple[int, Row, Incoming]]) -> None:
    numbers = {
        card
        for _n, _row, one in families
        for card in (one.card_number, *one.guardian_cards)
    }
    cards = Card.objects.alias(code=Upper("number")).filter(code__in=numbers)
    ids = dict(cards.values_list(Upper("number"), "patron_id"))
    children = [ids[c] for _n, _row, one in families if (c := one.card_number) in ids]
    linked = set(
        Guardianship.objects.filter(dependant_id__in=children).values_list(
            "dependant_id", flat=True
        )
    )
    made = []
    for number, row, one in families:
        child = ids.get(one.card_number)
        if child is None or child in linked:
            continue
        linked.add(child)
        guardians = [ids.get(card) for card in dict.fromkeys(one.guardian_cards)]
        if None in guardians or child in guardians:
            work.turn_away(number, row, _("There is no such card of a guardian."))
            continue
        made += [
            Guardianship(
                guardian_id=guardian,
                dependant_id=child,
                order=order,
                gets_bills=order == 1,
                starts_on=one.registered_on,
            )
            for order, guardian in enumerate(guardians, 1)
        ]
    Guardianship.objects.bulk_create(made)
    work.report.linked += len(made)
