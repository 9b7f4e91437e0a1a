"""The client against the simulator, on real sockets, well and badly behaved."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from kortisto.adapters.population_register.connection import Connection, SignIn
from kortisto.adapters.population_register.register import DvvRegister
from kortisto.adapters.population_register.sending import LONGEST_WAIT, Sender
from kortisto.core.failures import AdapterError
from kortisto.domain.patrons.population import (
    AddressKind,
    Dated,
    Person,
    Protection,
    Topic,
)
from kortisto.simulators.population_register.people import Somebody
from kortisto.simulators.population_register.server import PASSWORD, Simulator

DAY = date(2027, 2, 1)


def somebody(simulator: Simulator) -> Somebody:
    """An adult who lives an ordinary life."""
    return next(
        one
        for one in simulator.register.people.values()
        if one.dependants and not one.protected and one.died_on is None
    )


def feed(register: DvvRegister) -> list[tuple[str, frozenset[Topic]]]:
    """Every page until the end."""
    key, told = register.key_of(DAY), []
    while True:
        page = register.changes_since(key)
        told += [(one.code, one.topics) for one in page.changes]
        key = page.key
        if page.up_to_date:
            return told


def asked_once(register: DvvRegister, code: str) -> Person:
    (person,) = register.persons([code])
    return person


@pytest.mark.parametrize("sign_in", list(SignIn))
def test_changes_come_page_by_page_to_the_end(
    connection: Connection, simulator: Simulator, sign_in: SignIn
) -> None:
    simulator.register.page = 2
    people = list(simulator.register.people)[:5]
    for code in people:
        simulator.register.happen("moved", code, {})

    told = feed(DvvRegister(replace(connection, sign_in=sign_in)))

    assert [code for code, _ in told] == people
    assert told[0][1] == {Topic.ADDRESS, Topic.OTHER}
    assert simulator.asked.count("POST /api/v1/muutokset") == 3


def test_an_empty_feed_is_at_its_end_at_once(connection: Connection) -> None:
    assert feed(DvvRegister(connection)) == []


def test_base_data_tells_all_of_a_person(
    connection: Connection, simulator: Simulator
) -> None:
    one = somebody(simulator)

    person = asked_once(DvvRegister(connection), one.code)

    assert (person.code, person.surname) == (one.code, one.surname)
    assert person.first_names == one.first_names
    assert person.called_name == one.called_name
    assert person.language == one.language
    assert person.protection == Protection(active=False)
    assert person.death is None
    assert one.home is not None
    assert person.home_municipality == one.home.municipality
    (home,) = person.addresses
    flat = one.home.flat.lstrip("0")
    assert (
        home.street == f"{one.home.street} {one.home.house} {one.home.staircase} {flat}"
    )
    assert home.city == one.home.city
    assert not home.withheld
    assert person.dependants is not None
    assert [each.code for each in person.dependants] == one.dependants
    assert person.guardians is None
    assert person.unknown == ("SUKUPUOLI",)
    assert person.born_on is not None
    assert f"{person.born_on:%d%m%y}" == one.code[:6]


def test_the_single_query_tells_the_same_person(
    connection: Connection, simulator: Simulator
) -> None:
    one = somebody(simulator)
    register = DvvRegister(connection)

    asked = register.person(one.code, asked_by="staff:12")

    told = asked_once(register, one.code)
    assert asked is not None
    for name in ("code", "surname", "first_names", "called_name", "born_on",
                 "protection", "death", "home_municipality", "language",
                 "dependants", "guardians"):  # fmt: skip
        assert getattr(asked, name) == getattr(told, name), name
    (home,), (same,) = asked.addresses, told.addresses
    assert (home.street, home.street_sv) == (same.street, same.street_sv)
    assert (home.postal_code, home.city) == (same.postal_code, same.city)
    assert simulator.end_users == ["staff:12"]


def test_the_single_query_knows_nobody_and_somebody_with_another_code(
    connection: Connection, simulator: Simulator
) -> None:
    one = somebody(simulator)
    before = one.code
    simulator.register.happen("new-code", before, {})
    register = DvvRegister(connection)

    assert register.person("010190-999X", asked_by="staff:12") is None
    found = register.person(before, asked_by="x" * 80)

    assert found is not None
    assert found.code == one.code != before
    assert simulator.end_users[-1] == "x" * 50


def test_a_protected_person_has_no_address_anywhere(
    connection: Connection, simulator: Simulator
) -> None:
    one = somebody(simulator)
    simulator.register.happen("protected", one.code, {"until": "2029-06-30"})
    register = DvvRegister(connection)

    told = asked_once(register, one.code)
    asked = register.person(one.code, asked_by="staff:12")

    order = Protection(active=True, ends=Dated(date(2029, 6, 30)))
    assert told.protection == order
    (withheld,) = told.addresses
    assert withheld.withheld
    assert withheld.street == ""
    assert asked is not None
    assert asked.protection == order
    assert asked.addresses == ()
    assert told.home_municipality == asked.home_municipality == ""


def test_a_death_a_temporary_and_a_foreign_home_are_told(
    connection: Connection, simulator: Simulator
) -> None:
    one = somebody(simulator)
    register = DvvRegister(connection)
    simulator.register.happen("moved-for-now", one.code, {})
    kinds = [each.kind for each in asked_once(register, one.code).addresses]
    assert kinds == [AddressKind.PERMANENT, AddressKind.TEMPORARY]

    simulator.register.happen("moved-abroad", one.code, {"street": "Sveavägen 3"})
    simulator.register.happen("died", one.code, {})

    person = asked_once(register, one.code)
    (abroad,) = person.addresses
    assert (abroad.kind, abroad.street) == (AddressKind.FOREIGN, "Sveavägen 3")
    assert (abroad.city, abroad.country) == ("Stockholm", "752")
    assert person.death == Dated(simulator.register.today)


def test_a_corrected_code_is_told_with_both_codes(
    connection: Connection, simulator: Simulator
) -> None:
    one = somebody(simulator)
    before = one.code
    simulator.register.happen("new-code", before, {})
    register = DvvRegister(connection)

    (change,) = register.changes_since(register.key_of(DAY)).changes

    assert change.code == before
    assert change.new_code == one.code
    assert change.earlier_codes == (before,)
    assert before not in repr(change)
    assert one.code not in repr(change)


def test_what_is_unknown_is_named_and_spoils_nothing(
    connection: Connection, simulator: Simulator
) -> None:
    one, other = list(simulator.register.people)[:2]
    simulator.register.happen("unknown-group", one, {})
    simulator.register.happen("moved", other, {})
    register = DvvRegister(connection)

    first, second = register.changes_since(register.key_of(DAY)).changes

    assert first.unknown == ("UUSI_TIETO", "muutosattribuutti UUSI_TAPA")
    assert first.topics == {Topic.OTHER}
    assert second.unknown == ()


def test_the_same_change_may_come_twice(
    connection: Connection, simulator: Simulator
) -> None:
    code = next(iter(simulator.register.people))
    simulator.register.repeats = True
    simulator.register.happen("moved", code, {})

    assert [one for one, _ in feed(DvvRegister(connection))] == [code, code]


def test_it_waits_as_long_as_it_is_told_and_then_goes_on(
    connection: Connection, simulator: Simulator
) -> None:
    simulator.mood.become("busy", 2, 7)
    waits: list[float] = []
    register = DvvRegister(connection, Sender(connection, wait=waits.append))

    assert register.key_of(DAY) > 0
    assert waits == [7, 7]


def test_it_does_not_wait_for_ever(
    connection: Connection, simulator: Simulator
) -> None:
    simulator.mood.become("busy", -1, 50)
    waits: list[float] = []
    register = DvvRegister(connection, Sender(connection, wait=waits.append))

    with pytest.raises(AdapterError, match="come later") as told:
        register.key_of(DAY)

    assert not told.value.permanent
    assert told.value.retry_after == 50
    assert sum(waits) <= LONGEST_WAIT
    assert waits


@pytest.mark.parametrize(
    ("how", "permanent", "words"),
    [
        ("broken", False, "answered 500"),
        ("malformed", False, "cannot be read"),
        ("wrong-password", True, "user name or password"),
    ],
)
@pytest.mark.parametrize("call", ["key", "changes", "persons"])
def test_each_trouble_has_its_words_and_tells_whether_to_try_again(
    connection: Connection,
    simulator: Simulator,
    how: str,
    permanent: bool,  # noqa: FBT001
    words: str,
    call: str,
) -> None:
    register = DvvRegister(connection)
    code = next(iter(simulator.register.people))
    simulator.mood.become(how, 1, 0)
    calls: dict[str, Callable[[], object]] = {
        "key": lambda: register.key_of(DAY),
        "changes": lambda: register.changes_since(1),
        "persons": lambda: register.persons([code]),
    }

    with pytest.raises(AdapterError, match=words) as told:
        calls[call]()

    assert told.value.permanent is permanent
    register.key_of(DAY)  # and the next time all is well


@pytest.mark.parametrize("how", ["broken", "malformed", "wrong-password"])
def test_the_single_query_fails_in_words_without_a_code_or_a_password(
    connection: Connection,
    simulator: Simulator,
    how: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    code = next(iter(simulator.register.people))
    simulator.mood.become(how, 1, 0)

    with pytest.raises(AdapterError) as told:
        DvvRegister(connection).person(code, asked_by="staff:12")

    for text in (str(told.value), repr(told.value), caplog.text):
        assert code not in text
        assert PASSWORD not in text


def test_a_wrong_password_of_the_single_query_is_told_as_a_fault(
    connection: Connection, simulator: Simulator
) -> None:
    code = next(iter(simulator.register.people))
    register = DvvRegister(replace(connection, query_password="other"))

    with pytest.raises(AdapterError, match="does not accept") as told:
        register.person(code, asked_by="staff:12")

    assert told.value.permanent
    assert "salasana" not in str(told.value)


def test_a_wrong_password_of_the_change_service_is_permanent(
    connection: Connection,
) -> None:
    register = DvvRegister(replace(connection, password="other"))

    with pytest.raises(AdapterError, match="user name or password") as told:
        register.key_of(DAY)

    assert told.value.permanent


def test_a_slow_answer_is_given_up(
    connection: Connection, simulator: Simulator
) -> None:
    simulator.mood.become("slow", 1, 1.0)

    with pytest.raises(AdapterError, match="in time") as told:
        DvvRegister(replace(connection, timeout=0.2)).key_of(DAY)

    assert not told.value.permanent


def test_an_answer_that_drips_is_given_up_as_well(
    connection: Connection, simulator: Simulator
) -> None:
    simulator.mood.become("dripping", 1, 0.05)

    with pytest.raises(AdapterError, match="in time") as told:
        DvvRegister(replace(connection, patience=0.3)).key_of(DAY)

    assert not told.value.permanent


def test_nobody_at_the_address_is_told_and_tried_again(
    connection: Connection,
) -> None:
    register = DvvRegister(replace(connection, url="http://127.0.0.1:9/api/v1"))

    with pytest.raises(AdapterError, match="cannot be reached") as told:
        register.key_of(DAY)

    assert not told.value.permanent


@pytest.mark.parametrize("url", ["ftp://x/api/v1", "register", "http:///api"])
def test_an_address_that_is_none_is_permanent(connection: Connection, url: str) -> None:
    with pytest.raises(AdapterError, match="not an address") as told:
        DvvRegister(replace(connection, url=url)).key_of(DAY)

    assert told.value.permanent


def test_without_addresses_each_service_says_what_is_missing() -> None:
    register = DvvRegister(Connection())

    with pytest.raises(AdapterError, match="KORTISTO_POPULATION_REGISTER_URL"):
        register.key_of(DAY)
    with pytest.raises(AdapterError, match="KORTISTO_POPULATION_REGISTER_QUERY_URL"):
        register.person("010190-999X", asked_by="staff:1")


def test_no_password_is_shown_by_a_connection(connection: Connection) -> None:
    basic = b64encode(f"{connection.user}:{PASSWORD}".encode()).decode()

    assert PASSWORD not in repr(connection)
    assert basic not in repr(connection)
