"""The population register followed to the end: simulator, sockets, client, feed.

The records are kept in memory here; the positions and the tasks are real.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typing_extensions import override

from kortisto.adapters.population_register.connection import Connection
from kortisto.adapters.population_register.register import DvvRegister
from kortisto.adapters.population_register.sending import Sender
from kortisto.core.actors import Actor, NotPermitted, job_actor
from kortisto.core.failures import AdapterError
from kortisto.core.models import Errand
from kortisto.domain.org.models import Unit
from kortisto.domain.patrons.actions import population_feed
from kortisto.domain.patrons.actions.population_feed import (
    Followed,
    Looked,
    Manner,
    Records,
    follow,
)
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.population_changes import PatronFacts, Task, Value
from kortisto.domain.patrons.population_position import PopulationPosition
from kortisto.simulators.population_register.people import Somebody
from kortisto.simulators.population_register.register import FIRST_KEY, Register
from kortisto.simulators.population_register.server import (
    PASSWORD,
    USER,
    Server,
    Simulator,
)
from kortisto.testing.builders import MONDAY_NOON, make_library

pytestmark = pytest.mark.django_db

BY = job_actor(PatronPermission.EDIT)
TODAY = MONDAY_NOON.date()


@dataclass
class MemoryRecords(Records):
    """Patrons by id, and a vault: which patron has which code."""

    facts: dict[int, PatronFacts] = field(default_factory=dict)
    homes: dict[int, int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    written: int = 0
    breaks_at: int = 0  # the patron at whom the machine fails
    unfit: frozenset[int] = frozenset()  # whose fields hold nothing new

    def add(self, one: Somebody, home: Unit) -> int:
        patron_id = len(self.facts) + 1
        self.facts[patron_id] = PatronFacts(
            today=TODAY,
            surname=one.surname,
            first_names=one.first_names,
            called_name=one.called_name,
            language=one.language,
            language_chosen=False,
        )
        self.homes[patron_id], self.codes[one.code] = home.pk, patron_id
        return patron_id

    @override
    def find(
        self, codes: Collection[str], *, within: frozenset[int] | None
    ) -> Mapping[str, int]:
        return {
            code: patron_id
            for code in codes
            if (patron_id := self.codes.get(code)) is not None
            and (within is None or self.homes[patron_id] in within)
        }

    @override
    def correct_code(
        self, patron_id: int, code: str, *, by: Actor, now: datetime
    ) -> bool:
        assert by.may(PatronPermission.EDIT)
        assert now == MONDAY_NOON
        if self.codes.get(code, patron_id) != patron_id:
            return False
        self.codes = {c: p for c, p in self.codes.items() if p != patron_id}
        self.codes[code] = patron_id
        return True

    @override
    def look(self, patron_id: int, *, now: datetime) -> Looked | None:
        assert now == MONDAY_NOON
        if patron_id == self.breaks_at:
            raise ConnectionResetError
        facts = self.facts.get(patron_id)
        return None if facts is None else Looked(facts, self.homes[patron_id])

    @override
    def write(
        self, patron_id: int, values: Sequence[Value], *, by: Actor, now: datetime
    ) -> None:
        assert by.may(PatronPermission.EDIT)
        assert now == MONDAY_NOON
        if patron_id in self.unfit:
            raise ValueError
        new = {value.field: value.new for value in values}
        self.facts[patron_id] = replace(self.facts[patron_id], **new)  # type: ignore[arg-type]
        self.written += len(values)


@dataclass
class World:
    """A register with a simulator in front, and our patrons behind."""

    simulator: Simulator
    connection: Connection
    library: Unit
    records: MemoryRecords = field(default_factory=MemoryRecords)
    waits: list[float] = field(default_factory=list)

    @property
    def municipality(self) -> int:
        assert self.library.parent_id is not None
        return self.library.parent_id

    @property
    def position(self) -> int:
        return PopulationPosition.objects.get().key

    def patron(self, number: int = 0) -> tuple[int, Somebody]:
        one = ordinary(self.simulator.register)[number]
        return self.records.add(one, self.library), one

    def happen(self, what: str, one: Somebody, **given: object) -> None:
        self.simulator.register.happen(what, one.code, given)

    def follow(self, manner: Manner | None = None) -> Followed:
        sender = Sender(self.connection, wait=self.waits.append)
        register = DvvRegister(self.connection, sender)
        return follow(
            self.municipality,
            register,
            self.records,
            by=BY,
            now=MONDAY_NOON,
            manner=manner,
        )


def ordinary(register: Register) -> list[Somebody]:
    """People without anything special, each of another family."""
    found: dict[tuple[str, ...], Somebody] = {}
    for one in register.people.values():
        if not one.protected and one.died_on is None and one.dependants:
            found.setdefault(tuple(one.dependants), one)
    return list(found.values())


@contextmanager
def world(library: Unit) -> Iterator[World]:
    simulator = Simulator(Register.invented(120, seed=11, today=TODAY))
    server = Server(("127.0.0.1", 0), simulator)
    listening = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    listening.start()
    try:
        where = f"http://127.0.0.1:{server.server_address[1]}/api/v1"
        given = Connection(url=where, user=USER, password=PASSWORD)
        yield World(simulator, given, library)
    finally:
        server.shutdown()
        server.server_close()
        listening.join()


@pytest.fixture
def it() -> Iterator[World]:
    with world(make_library()) as made:
        yield made


def tasks() -> set[tuple[str, int]]:
    return set(Errand.objects.values_list("kind", "subject_id"))


def test_what_happened_to_our_patrons_is_taken_in_and_nothing_else(it: World) -> None:
    moved, one = it.patron(0)
    still, other = it.patron(1)
    stranger = ordinary(it.simulator.register)[2]
    before = it.records.facts[still]
    it.happen("moved", one)
    it.happen("moved", stranger)

    told = it.follow()

    assert (told.pages, told.changes, told.patrons, told.changed) == (1, 2, 1, 1)
    assert it.records.facts[still] == before
    facts = it.records.facts[moved]
    assert one.home is not None
    assert facts.street.startswith(f"{one.home.street} {one.home.house}")
    assert facts.city == one.home.city.capitalize()
    assert tasks() == set()
    assert it.position == it.simulator.register.newest_key
    assert other.code not in str(it.simulator.asked)


def test_only_codes_that_the_register_named_are_ever_sent(it: World) -> None:
    it.patron(0)
    _, moved = it.patron(1)
    it.happen("moved", moved)

    it.follow()

    named = {one.code for one in it.simulator.register.log}
    assert set(it.simulator.codes_asked) == {moved.code} == named


def test_every_kind_of_news_has_its_effect(it: World) -> None:
    register = ordinary(it.simulator.register)
    things = ["died", "protected", "moved-abroad", "renamed", "language"]
    ids = {}
    for number, what in enumerate(things):
        ids[what], one = it.patron(number)
        it.happen(what, one, language="sv")
    facts = it.records.facts

    it.follow()

    assert facts[ids["died"]].died_on == TODAY
    assert facts[ids["protected"]].is_protected
    assert facts[ids["protected"]].street == ""
    assert facts[ids["moved-abroad"]].check_address
    assert facts[ids["renamed"]].surname == register[3].surname
    assert facts[ids["language"]].language == "sv"
    assert tasks() == {
        (Task.DEATH.value, ids["died"]),
        (Task.PROTECTION_BEGAN.value, ids["protected"]),
        (Task.MOVED_ABROAD.value, ids["moved-abroad"]),
    }
    places = dict(Errand.objects.values_list("subject_id", "unit_id"))
    assert places == {
        ids["died"]: it.library.pk,
        ids["protected"]: None,  # the task must not tell what the record hides
        ids["moved-abroad"]: it.library.pk,
    }


def test_a_patron_of_another_municipality_is_left_alone(it: World) -> None:
    one = ordinary(it.simulator.register)[0]
    patron_id = it.records.add(one, make_library("SVL"))
    it.happen("died", one)

    told = it.follow()

    assert told.patrons == 0
    assert it.records.facts[patron_id].died_on is None
    assert tasks() == set()


def test_the_same_feed_again_writes_nothing(it: World) -> None:
    patron_id, one = it.patron()
    it.simulator.register.repeats = True
    for what in ("moved", "renamed", "protected"):
        it.happen(what, one)
    it.follow()
    facts, written = it.records.facts[patron_id], it.records.written
    found = tasks()
    PopulationPosition.objects.update(key=FIRST_KEY)

    told = it.follow()

    assert told.changes == 6
    assert told.changed == 0
    assert it.records.facts[patron_id] == facts
    assert it.records.written == written
    assert tasks() == found


def test_a_run_that_breaks_down_is_gone_on_with_where_it_was(
    it: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(population_feed, "AT_ONCE", 1)
    it.simulator.register.page = 2
    ids = []
    for number in range(4):
        patron_id, one = it.patron(number)
        ids.append(patron_id)
        it.happen("died", one)
    it.records.breaks_at = ids[3]

    with pytest.raises(ConnectionResetError):
        it.follow()

    assert it.position == FIRST_KEY + 2  # the second page is not done
    it.records.breaks_at = 0
    told = it.follow()
    assert it.position == FIRST_KEY + 4
    assert told.changed == 1
    assert tasks() == {(Task.DEATH.value, patron_id) for patron_id in ids}


def test_a_position_never_goes_back(it: World) -> None:
    _, one = it.patron()
    it.happen("moved", one)
    it.follow()

    PopulationPosition.objects.update(key=FIRST_KEY + 50)
    it.follow()

    assert it.position == FIRST_KEY + 50


def test_it_stops_between_pages_when_it_is_told_to(it: World) -> None:
    it.simulator.register.page = 1
    for number in range(3):
        it.happen("moved", it.patron(number)[1])
    seen: list[int] = []

    it.follow(Manner(progress=seen.append, stopped=lambda: len(seen) >= 2))

    assert seen == [1, 2]
    assert it.position == FIRST_KEY + 2


def test_a_corrected_code_is_put_in_the_place_of_the_old_one(it: World) -> None:
    patron_id, one = it.patron()
    old = one.code
    it.happen("new-code", one)

    it.follow()

    assert it.records.codes == {one.code: patron_id}
    assert old != one.code
    assert it.records.facts[patron_id].born_on is not None
    assert tasks() == set()
    it.happen("moved", one)
    assert it.follow().changed == 1


def test_a_corrected_code_and_what_is_told_under_it_may_be_on_one_page(
    it: World,
) -> None:
    patron_id, one = it.patron()
    it.happen("moved", one)
    it.happen("new-code", one)
    it.happen("language", one, language="sv")

    told = it.follow()

    assert (told.patrons, told.changed, told.not_found) == (1, 1, 0)
    assert it.records.facts[patron_id].language == "sv"


def test_a_code_that_is_corrected_on_a_later_page_is_known_at_once(it: World) -> None:
    patron_id, one = it.patron()
    it.simulator.register.page = 1
    it.happen("moved", one)
    it.happen("new-code", one)

    told = it.follow(Manner(progress=lambda _: None, stopped=lambda: False))

    assert told.not_found == 0
    assert it.records.codes == {one.code: patron_id}


def test_a_corrected_code_that_another_patron_has_is_for_a_person(it: World) -> None:
    patron_id, one = it.patron()
    old = one.code
    other = it.records.add(ordinary(it.simulator.register)[1], it.library)
    it.happen("new-code", one)
    it.records.codes[one.code] = other

    it.follow()

    assert it.records.codes[old] == patron_id
    assert it.records.codes[one.code] == other
    assert {kind for kind, _ in tasks()} == {Task.SAME_PERSON.value}


def test_a_value_that_does_not_fit_stops_nobody_else(it: World) -> None:
    odd, one = it.patron(0)
    fine, other = it.patron(1)
    it.records.unfit = frozenset({odd})
    it.happen("renamed", one)
    it.happen("renamed", other)

    told = it.follow()

    assert told.changed == 1
    assert it.records.facts[fine].surname == other.surname
    assert tasks() == {(Task.NOT_TAKEN.value, odd)}
    assert it.position == FIRST_KEY + 2


def test_guardians_are_compared_through_the_vault(it: World) -> None:
    register = it.simulator.register
    child = next(one for one in register.people.values() if len(one.guardians) == 2)
    first, second = (register.people[code] for code in child.guardians)
    child_id = it.records.add(child, it.library)
    linked = [it.records.add(one, make_library("SVL")) for one in (first, second)]
    it.records.facts[child_id] = replace(
        it.records.facts[child_id], guardians=frozenset(linked)
    )
    it.happen("guardians", child, guardians=list(child.guardians))
    it.follow()
    assert tasks() == set()

    it.happen("guardians", child, guardians=[first.code])
    it.follow()

    assert tasks() == {(Task.GUARDIANS.value, child_id)}


def test_what_is_unknown_is_counted(it: World) -> None:
    patron_id, one = it.patron()
    before = it.records.facts[patron_id]
    it.happen("unknown-group", one)

    told = it.follow()

    assert told.unknown["UUSI_TIETO"] == 1
    assert told.unknown["muutosattribuutti UUSI_TAPA"] == 1
    assert it.records.facts[patron_id].surname == before.surname


@pytest.mark.parametrize("how", ["broken", "malformed", "wrong-password"])
def test_trouble_moves_nothing_and_the_next_run_is_whole(it: World, how: str) -> None:
    patron_id, one = it.patron()
    it.follow()
    it.happen("died", one)
    it.simulator.mood.become(how, 1, 0)

    with pytest.raises(AdapterError):
        it.follow()

    assert it.position == FIRST_KEY
    assert it.records.facts[patron_id].died_on is None
    it.follow()
    assert it.records.facts[patron_id].died_on == TODAY


def test_it_waits_when_the_register_is_busy(it: World) -> None:
    it.simulator.mood.become("busy", 2, 3)

    it.follow()

    assert it.waits == [3, 3]


def test_only_who_may_change_patrons_follows(it: World) -> None:
    with pytest.raises(NotPermitted):
        follow(
            it.municipality,
            DvvRegister(it.connection),
            it.records,
            by=job_actor(),
            now=MONDAY_NOON,
        )

    assert not PopulationPosition.objects.exists()
    assert it.simulator.asked == []


def test_a_municipality_begins_with_the_day_before(it: World) -> None:
    it.follow()

    yesterday = (TODAY - timedelta(days=1)).isoformat()
    assert it.simulator.asked[0] == f"GET /api/v1/kirjausavain/{yesterday}"


HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(
            ["moved", "moved-for-now", "moved-abroad", "renamed", "died", "protected",
             "unprotected", "lives-after-all", "language", "new-code"]
        ),
        st.integers(0, 3),
    ),
    max_size=12,
)  # fmt: skip


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(happenings=HAPPENINGS, page=st.integers(1, 5), cut=st.integers(0, 4))
def test_a_feed_twice_or_in_two_halves_gives_the_same_rows(
    happenings: list[tuple[str, int]], page: int, cut: int
) -> None:
    once = _end_of(happenings, page)
    twice = _end_of(happenings, page, again=True)
    halves = _end_of(happenings, page, cut=cut)

    assert once == twice == halves


def _end_of(
    happenings: list[tuple[str, int]],
    page: int,
    *,
    again: bool = False,
    cut: int | None = None,
) -> tuple[dict[int, PatronFacts], dict[str, int], set[tuple[str, int]]]:
    """Records, codes and tasks after the feed; ``cut``: stopped after so many pages."""
    Errand.objects.all().delete()
    PopulationPosition.objects.all().delete()
    with world(make_library()) as it:
        it.simulator.register.page = page
        people = [it.patron(number)[1] for number in range(4)]
        for what, number in happenings:
            it.happen(what, people[number])
        if cut is not None:
            seen: list[int] = []
            it.follow(Manner(progress=seen.append, stopped=lambda: len(seen) >= cut))
        it.follow()
        if again:
            PopulationPosition.objects.update(key=FIRST_KEY)
            it.follow()
        return it.records.facts, it.records.codes, tasks()
