"""Follow the population register: take in what it tells of our patrons (S10).

The service tells of everybody whom a municipality's permit covers. Each code that it
names is looked for in the identity vault; nobody's key is ever resolved for it. What
is true now is then asked for our patrons alone, so the order in which changes come,
and whether one comes twice, makes no difference.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, Protocol

from django.db import transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.errands import NewErrand, ask
from kortisto.core.refusals import Refused
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.errands import ERRANDS, due_days
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.population import Change, Person, Topic
from kortisto.domain.patrons.population_changes import (
    News,
    PatronFacts,
    Task,
    Value,
    what_changes,
)
from kortisto.domain.patrons.population_position import PopulationPosition
from kortisto.domain.patrons.ports import PopulationRegister

AT_ONCE: Final = 50  # patrons in one transaction, so that no desk waits
MOST_PAGES: Final = 2000  # in one run; the next goes on from there


@dataclass(frozen=True, slots=True)
class Looked:
    """A patron's record, locked."""

    facts: PatronFacts
    home_library_id: int


class Records(Protocol):
    """The patron register as the feed needs it."""

    def find(
        self, codes: Collection[str], *, within: frozenset[int] | None
    ) -> Mapping[str, int]:
        """Patrons by their codes, through the vault; of these home libraries alone.

        Outside any transaction. Raises AdapterError.
        """

    def correct_code(
        self, patron_id: int, code: str, *, by: Actor, now: datetime
    ) -> bool:
        """Give a patron the key of a corrected code; False when another has it.

        Outside any transaction. Again and again is the same. Raises AdapterError, and
        ValueError or Refused for a code that cannot be taken.
        """

    def look(self, patron_id: int, *, now: datetime) -> Looked | None:
        """Lock and read a record; None when the patron has gone."""

    def write(
        self, patron_id: int, values: Sequence[Value], *, by: Actor, now: datetime
    ) -> None:
        """Write values that come from the register, with their history.

        Raises ValueError or Refused when one does not fit; nothing is written then.
        """


@dataclass
class Followed:
    """What one run has brought. ``unknown`` counts what this version does not know."""

    pages: int = 0
    changes: int = 0
    patrons: int = 0  # of ours, whom a change was about
    changed: int = 0  # whose record got another value
    errands: int = 0
    not_found: int = 0  # of whom the register then told nothing
    unknown: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a run is watched and stopped."""

    progress: Callable[[int], None] = lambda _changes: None
    stopped: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class _Ours:
    """A change about one of our patrons. ``doubled``: of two patrons at once."""

    patron_id: int
    change: Change
    doubled: bool


def follow(
    municipality_id: int,
    register: PopulationRegister,
    records: Records,
    *,
    by: Actor,
    now: datetime,
    manner: Manner | None = None,
) -> Followed:
    """Take in every page until the register has no more. Raises AdapterError.

    A municipality that begins to follow begins with the changes of the day before.
    Stopped or killed anywhere, the next run goes on with the page that was not done.
    """
    by.require(PatronPermission.EDIT)
    watch = manner or Manner()
    position = _position(municipality_id, register, now=now)
    told = Followed()
    run = _Run(register, records, organisation().descendants(municipality_id), by, now)
    for _ in range(MOST_PAGES):
        if watch.stopped() or run.page(position, told):
            break
        watch.progress(told.changes)
    return told


def _position(
    municipality_id: int, register: PopulationRegister, *, now: datetime
) -> PopulationPosition:
    found = PopulationPosition.objects.filter(pk=municipality_id).first()
    if found is not None:
        return found
    key = register.key_of(localdate(now) - timedelta(days=1))
    return PopulationPosition.objects.get_or_create(
        pk=municipality_id, defaults={"key": key, "moved_at": now}
    )[0]


@dataclass(frozen=True, slots=True)
class _Run:
    register: PopulationRegister
    records: Records
    units: frozenset[int]
    by: Actor
    now: datetime

    def page(self, position: PopulationPosition, told: Followed) -> bool:
        """Take in the next page; whether it was the last."""
        page = self.register.changes_since(position.key)
        told.pages += 1
        told.changes += len(page.changes)
        for change in page.changes:
            told.unknown.update(change.unknown)
        news = self._news(self._ours(page.changes), told)
        batches = _batches(news.items())
        for number, batch in enumerate(batches, start=1):
            with transaction.atomic():
                for patron_id, one in batch:
                    self._take(patron_id, one, told)
                if number == len(batches):
                    self._move(position, page.key)
        return page.up_to_date

    def _ours(self, changes: Sequence[Change]) -> list[_Ours]:
        """Whom of ours each change is about; the rest is dropped here."""
        codes = {code for change in changes for code in _codes(change)}
        whose = dict(self.records.find(codes, within=self.units)) if codes else {}
        for change in changes:  # a code that is new to the vault is known by its old
            known = [whose[code] for code in _codes(change) if code in whose]
            if known:
                whose = {**dict.fromkeys(_codes(change), known[0]), **whose}
        ours: dict[int, _Ours] = {}
        for change in changes:
            ids = [whose[code] for code in _codes(change) if code in whose]
            if ids:
                before = ours.get(ids[0])
                doubled = len(set(ids)) > 1
                ours[ids[0]] = _Ours(ids[0], _joined(before, change), doubled)
        return list(ours.values())

    def _news(self, ours: Sequence[_Ours], told: Followed) -> dict[int, "_News"]:
        """What is true now of each, and which of them have a corrected code."""
        told.patrons += len(ours)
        by_code = {code: one for one in ours for code in _codes(one.change)}
        wanted = [_codes(one.change)[0] for one in ours]
        persons = {
            by_code[code].patron_id: person
            for person in (self.register.persons(wanted) if wanted else ())
            for code in (person.code, *person.earlier_codes)
            if code in by_code
        }
        told.not_found += len(ours) - len(persons)
        guardians = self._guardians(persons.values())
        return {
            one.patron_id: self._one(one, persons.get(one.patron_id), guardians)
            for one in ours
        }

    def _guardians(self, persons: Collection[Person]) -> Mapping[str, int]:
        codes = {
            each.code
            for person in persons
            for each in person.guardians or ()
            if each.ends_on is None or each.ends_on >= localdate(self.now)
        }
        return self.records.find(codes, within=None) if codes else {}

    def _one(
        self, one: _Ours, person: Person | None, guardians: Mapping[str, int]
    ) -> "_News":
        new, same = one.change.new_code, one.doubled
        if person is not None and person.code not in _codes(one.change):
            new = person.code  # corrected, and told of on a later page
        tasks: list[Task] = [Task.SAME_PERSON] if same else []
        if new and not same:
            tasks += self._correct(one.patron_id, new)
        if person is None:
            return _News(None, tuple(tasks))
        known = None
        if person.guardians is not None:
            known = frozenset(
                guardians[each.code]
                for each in person.guardians
                if each.code in guardians
            )
        return _News(
            News(
                person=person,
                topics=one.change.topics,
                guardians=known,
                new_code=bool(new),
            ),
            tuple(tasks),
        )

    def _correct(self, patron_id: int, code: str) -> list[Task]:
        """What a person must see to when a corrected code cannot be taken."""
        try:
            given = self.records.correct_code(patron_id, code, by=self.by, now=self.now)
        except (ValueError, Refused):
            return [Task.NOT_TAKEN]
        return [] if given else [Task.SAME_PERSON]

    def _take(self, patron_id: int, one: "_News", told: Followed) -> None:
        looked = self.records.look(patron_id, now=self.now)
        if looked is None:
            return
        tasks, hidden = list(one.tasks), looked.facts.is_protected
        if one.news is not None:
            outcome = what_changes(looked.facts, one.news)
            tasks += outcome.tasks
            hidden |= any(value.field == "is_protected" for value in outcome.values)
            if outcome.values and not self._write(patron_id, outcome.values):
                tasks.append(Task.NOT_TAKEN)
            elif outcome.values:
                told.changed += 1
        for task in tasks:
            self._ask(patron_id, None if hidden else looked.home_library_id, task)
        told.errands += len(tasks)

    def _write(self, patron_id: int, values: Sequence[Value]) -> bool:
        """False when a value does not fit; then none of them is written."""
        try:
            with transaction.atomic():
                self.records.write(patron_id, values, by=self.by, now=self.now)
        except (ValueError, Refused):
            return False
        return True

    def _ask(self, patron_id: int, unit_id: int | None, task: Task) -> None:
        """Bound to no place when the home library is hidden (GDP-5)."""
        due_on = localdate(self.now) + timedelta(days=due_days(task))
        errand = NewErrand(
            kind=ERRANDS[task],
            subject_id=patron_id,
            unit_id=unit_id,
            due_on=due_on,
        )
        ask(errand, by=self.by, now=self.now)

    def _move(self, position: PopulationPosition, key: int) -> None:
        """Never back: another worker may have been here as well."""
        behind = PopulationPosition.objects.filter(pk=position.pk, key__lt=key)
        behind.update(key=key, moved_at=self.now)
        position.key = key


@dataclass(frozen=True, slots=True)
class _News:
    """``news`` is None when the register told nothing of the person."""

    news: News | None
    tasks: tuple[Task, ...] = ()


def _codes(change: Change) -> list[str]:
    """The code in force first, then those before it."""
    codes = (change.new_code, change.code, *change.earlier_codes)
    return list(dict.fromkeys(code for code in codes if code))


def _joined(before: _Ours | None, change: Change) -> Change:
    """Two changes of one person as one."""
    if before is None:
        return change
    earlier = (*_codes(before.change), *_codes(change))
    topics: frozenset[Topic] = before.change.topics | change.topics
    return Change(
        code=change.code,
        new_code=change.new_code or before.change.new_code,
        earlier_codes=tuple(dict.fromkeys(earlier)),
        topics=topics,
    )


def _batches(
    news: Collection[tuple[int, _News]],
) -> list[tuple[tuple[int, _News], ...]]:
    """At least one, perhaps empty: the position moves in the last. In order of ids."""

    def cut() -> Iterator[tuple[tuple[int, _News], ...]]:
        rest = iter(sorted(news, key=lambda one: one[0]))
        while batch := tuple(islice(rest, AT_ONCE)):
            yield batch

    return list(cut()) or [()]
