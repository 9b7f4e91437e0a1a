"""The whole night: simulator, sockets, vault, register, history and tasks."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.utils import timezone

from kortisto.core.models import Errand, Job, LoggedEvent
from kortisto.core.schedules import run_now, sync_schedules
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.patrons.actions.identity import give_identity
from kortisto.domain.patrons.models import FieldChange, Patron, Restriction
from kortisto.domain.patrons.population_changes import Task
from kortisto.domain.patrons.population_position import PopulationPosition
from kortisto.domain.patrons.settings import FOLLOW_CHANGES
from kortisto.domain.patrons.vault import vault
from kortisto.simulators.population_register.people import Somebody
from kortisto.simulators.population_register.register import FIRST_KEY
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_library,
    make_patron,
)
from kortisto.testing.jobs import work
from tests.test_population_feed import World, ordinary, world
from tests.test_population_night import decide, municipality

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def it(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    vault.cache_clear()
    unit = municipality("MLI", "491")
    decide(FOLLOW_CHANGES.key, unit, value=True)
    with world(make_library()) as made:
        for name in ("URL", "USER", "PASSWORD"):
            value = getattr(made.connection, name.lower())
            monkeypatch.setenv(f"KORTISTO_POPULATION_REGISTER_{name}", value)
        yield made
    vault.cache_clear()


def ours(it: World, number: int = 0, **fields: object) -> tuple[Patron, Somebody]:
    """A patron of ours who is in the register, with a key in the vault."""
    one = ordinary(it.simulator.register)[number]
    given: dict[str, object] = {
        "surname": one.surname,
        "first_names": one.first_names,
        "called_name": one.called_name,
        "born_on": None,
        **fields,
    }
    patron = make_patron(**given)  # type: ignore[arg-type]
    give_identity(patron.pk, one.code, by=desk(), now=MONDAY_NOON)
    return patron, one


def night() -> Job:
    """Run the nightly job as a worker does."""
    now = timezone.now()
    sync_schedules(now)
    run_now("population-register", by=chief(), needs=OrgPermission.RUN_JOBS, now=now)
    return work()


def counts_of(done: Job) -> dict[str, object]:
    assert isinstance(done.result, dict), done.last_error
    return done.result


def test_a_move_is_written_with_where_it_came_from(it: World) -> None:
    patron, one = ours(it, street="Vanhakatu 1", check_address=True)
    it.happen("moved", one)

    done = night()

    assert done.state == Job.State.DONE, done.last_error
    assert counts_of(done)["changed"] == 1
    patron.refresh_from_db()
    assert one.home is not None
    assert patron.street.startswith(f"{one.home.street} {one.home.house}")
    assert patron.postal_code == one.home.postal_code
    assert not patron.check_address
    rows = FieldChange.objects.filter(patron=patron, field="street")
    assert [(row.source, row.actor) for row in rows] == [("population-register", "job")]


def test_who_died_can_borrow_no_more_and_nothing_is_deleted(it: World) -> None:
    patron, one = ours(it)
    it.happen("died", one)

    night()

    patron.refresh_from_db()
    assert patron.died_on == it.simulator.register.today
    assert Restriction.objects.get(patron=patron).type.code == "deceased"
    assert patron.notes.get().audience == "staff"
    assert patron.cards.filter(active=True).exists()
    assert Errand.objects.get().kind == Task.DEATH.value
    PopulationPosition.objects.update(key=FIRST_KEY)
    again = night()
    assert counts_of(again)["changed"] == 0
    assert Restriction.objects.count() == patron.notes.count() == 1
    assert Errand.objects.count() == 1


def test_a_protected_patron_keeps_no_new_address(it: World) -> None:
    patron, one = ours(it, street="Vanhakatu 1")
    it.happen("moved", one)
    it.happen("protected", one, until="2029-06-30")

    night()

    patron.refresh_from_db()
    assert patron.is_protected
    assert patron.protected_until_on == date(2029, 6, 30)
    assert patron.street == "Vanhakatu 1"
    assert Errand.objects.get().kind == Task.PROTECTION_BEGAN.value


def test_a_corrected_code_takes_the_place_of_the_old_one_in_the_vault(
    it: World,
) -> None:
    patron, one = ours(it)
    old = one.code
    it.happen("new-code", one)

    done = night()

    assert done.state == Job.State.DONE, done.last_error
    patron.refresh_from_db()
    assert patron.identity_key == vault().find(one.code)
    assert patron.born_on is not None
    assert f"{patron.born_on:%d%m%y}" == one.code[:6]
    for code in (old, one.code):
        assert code not in str(done.result)
        assert code not in str(list(LoggedEvent.objects.values()))
    assert not Errand.objects.exists()


def test_a_code_of_two_patrons_is_for_a_person(it: World) -> None:
    patron, one = ours(it)
    other = make_patron(born_on=None)
    it.happen("new-code", one)
    give_identity(other.pk, one.code, by=desk(), now=MONDAY_NOON)
    patron.refresh_from_db()
    before = patron.identity_key

    night()

    patron.refresh_from_db()
    assert patron.identity_key == before is not None
    assert Errand.objects.get().kind == Task.SAME_PERSON.value


def test_a_language_that_somebody_chose_stays(it: World) -> None:
    chose, one = ours(it, 0)
    moved_over, other = ours(it, 1, source="migration")
    it.happen("language", one, language="sv")
    it.happen("language", other, language="sv")

    night()

    chose.refresh_from_db()
    moved_over.refresh_from_db()
    assert chose.language == "fi"
    assert moved_over.language == "sv"


def test_no_key_is_resolved_and_no_patron_of_another_place_is_touched(
    it: World,
) -> None:
    patron, one = ours(it, home_library=make_library("SVL"))
    patron.refresh_from_db()
    edition = patron.edition
    it.happen("died", one)

    done = night()

    patron.refresh_from_db()
    assert patron.died_on is None
    assert patron.edition == edition
    assert counts_of(done)["patrons"] == 0
    assert not [row for row in vault().log if row[0] == "resolve"]  # type: ignore[attr-defined]


@pytest.mark.usefixtures("it")
def test_a_wrong_password_ends_the_job_for_good(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KORTISTO_POPULATION_REGISTER_PASSWORD", "other")

    done = night()

    assert done.state == Job.State.FAILED
    assert "user name or password" in done.last_error
    assert "other" not in done.last_error
