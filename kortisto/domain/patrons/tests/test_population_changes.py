"""What follows from what the population register says: a table, no database."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kortisto.domain.patrons.population import (
    Address,
    AddressKind,
    Dated,
    Person,
    Precision,
    Protection,
    Topic,
)
from kortisto.domain.patrons.population_changes import (
    News,
    Outcome,
    PatronFacts,
    Task,
    after,
    spelled,
    what_changes,
)

TODAY = date(2027, 3, 1)
CODE = "170580-923N"
FACTS = PatronFacts(
    today=TODAY,
    surname="Virtanen",
    first_names="Aino Maria",
    called_name="Aino",
    born_on=date(1980, 5, 17),
    street="Vanhakatu 1",
    postal_code="50100",
    city="Mikkeli",
)
HOME = Address(
    kind=AddressKind.PERMANENT,
    street="Vanhakatu 1",
    street_sv="Gamlagatan 1",
    postal_code="50100",
    city="MIKKELI",
    city_sv="S:T MICHEL",
)
NEW_HOME = replace(HOME, street="Rantakatu 2 B 3", street_sv="Strandgatan 2 B 3")
ABROAD = Address(kind=AddressKind.FOREIGN, street="Storgatan 1", city="Stockholm")
PERSON = Person(
    code=CODE,
    surname="Virtanen",
    first_names="Aino Maria",
    called_name="Aino",
    born_on=date(1980, 5, 17),
    addresses=(HOME,),
    protection=Protection(active=False),
    language="fi",
)


def outcome(
    facts: PatronFacts = FACTS,
    *topics: Topic,
    guardians: frozenset[int] | None = None,
    new_code: bool = False,
    **told: object,
) -> Outcome:
    person = replace(PERSON, **told)  # type: ignore[arg-type]
    return what_changes(
        facts,
        News(
            person=person,
            topics=frozenset(topics),
            guardians=guardians,
            new_code=new_code,
        ),
    )


def new(found: Outcome) -> dict[str, object]:
    return {value.field: value.new for value in found.values}


def test_what_the_record_has_already_changes_nothing() -> None:
    assert outcome() == Outcome()
    assert outcome(FACTS, *Topic) == Outcome()


@pytest.mark.parametrize(
    ("told", "values"),
    [
        ({"surname": "Korhonen"}, {"surname": "Korhonen"}),
        ({"first_names": "Aino"}, {"first_names": "Aino"}),
        ({"called_name": "Maria"}, {"called_name": "Maria"}),
        ({"surname": ""}, {}),
        ({"addresses": (NEW_HOME,)}, {"street": "Rantakatu 2 B 3"}),
        ({"addresses": ()}, {}),
        ({"addresses": (replace(NEW_HOME, street=""),)}, {}),
        ({"addresses": (replace(NEW_HOME, withheld=True),)}, {}),
        ({"addresses": (replace(NEW_HOME, postal_code="50170", city=""),)},
         {"street": "Rantakatu 2 B 3", "postal_code": "50170"}),
        ({"addresses": (replace(HOME, postal_code="57100", city="SAVONLINNA"),)},
         {"postal_code": "57100", "city": "Savonlinna"}),
    ],
)  # fmt: skip
def test_names_and_addresses_are_taken_at_once(
    told: dict[str, object], values: dict[str, object]
) -> None:
    found = outcome(**told)  # type: ignore[arg-type]

    assert new(found) == values
    assert found.tasks == ()
    for value in found.values:
        assert value.old == getattr(FACTS, value.field)


def test_an_old_doubt_about_the_address_ends_with_a_new_address_alone() -> None:
    doubted = replace(FACTS, check_address=True)

    assert new(outcome(doubted, addresses=(NEW_HOME,)))["check_address"] is False
    assert outcome(doubted) == Outcome()


def test_a_patron_who_reads_swedish_gets_swedish_names_of_places() -> None:
    swedish = replace(FACTS, language="sv")

    found = new(outcome(swedish, addresses=(NEW_HOME,)))

    assert found == {"street": "Strandgatan 2 B 3", "city": "S:t Michel"}


def test_letters_go_to_the_postal_then_the_temporary_then_the_permanent_address() -> (
    None
):
    temporary = replace(NEW_HOME, kind=AddressKind.TEMPORARY, street="Tilapäiskatu 1")
    postal = replace(NEW_HOME, kind=AddressKind.POSTAL, street="PL 5")

    everything = outcome(addresses=(HOME, temporary, postal))
    without = outcome(addresses=(HOME, temporary))

    assert new(everything)["street"] == "PL 5"
    assert new(without)["street"] == "Tilapäiskatu 1"


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "taken"),
    [
        (None, None, True),
        (TODAY, TODAY, True),
        (date(2027, 3, 2), None, False),
        (None, date(2027, 2, 28), False),
    ],
)
def test_a_temporary_address_holds_from_its_first_to_its_last_day(
    starts_on: date | None,
    ends_on: date | None,
    taken: bool,  # noqa: FBT001
) -> None:
    temporary = replace(
        NEW_HOME, kind=AddressKind.TEMPORARY, starts_on=starts_on, ends_on=ends_on
    )

    assert bool(outcome(addresses=(HOME, temporary)).values) is taken


def test_of_two_temporary_addresses_the_later_one_counts() -> None:
    first = replace(NEW_HOME, kind=AddressKind.TEMPORARY, starts_on=date(2027, 1, 1))
    second = replace(first, street="Uusikatu 9", starts_on=date(2027, 2, 1))

    assert new(outcome(addresses=(second, first)))["street"] == "Uusikatu 9"


def test_a_protection_order_holds_at_once_and_no_address_is_taken() -> None:
    order = Protection(active=True, ends=Dated(date(2029, 1, 1), Precision.YEAR))

    found = outcome(protection=order, addresses=(NEW_HOME,))

    assert new(found) == {
        "is_protected": True,
        "protected_until_on": date(2029, 12, 31),
    }
    assert found.tasks == (Task.PROTECTION_BEGAN,)


def test_a_protected_patron_gets_no_address_even_when_one_is_told() -> None:
    protected = replace(FACTS, is_protected=True)

    for order in (None, Protection(active=False), Protection(active=True)):
        found = outcome(protected, protection=order, addresses=(NEW_HOME,))
        assert found == Outcome()
        abroad = outcome(protected, protection=order, addresses=(ABROAD,))
        assert abroad == Outcome()


def test_a_protection_is_never_lifted_by_the_register() -> None:
    protected = replace(FACTS, is_protected=True)

    ended = outcome(protected, Topic.PROTECTION, protection=Protection(active=False))
    silent = outcome(protected, Topic.PROTECTION, protection=None)

    assert ended == Outcome((), (Task.PROTECTION_ENDED,))
    assert silent == Outcome()


def test_the_end_of_a_protection_may_move() -> None:
    protected = replace(FACTS, is_protected=True, protected_until_on=date(2028, 1, 31))
    order = Protection(active=True, ends=Dated(date(2028, 2, 1), Precision.MONTH))

    found = outcome(protected, protection=order)

    assert new(found) == {"protected_until_on": date(2028, 2, 29)}
    assert found.tasks == ()


@pytest.mark.parametrize(
    ("death", "died_on"),
    [
        (Dated(date(2027, 2, 20)), date(2027, 2, 20)),
        (Dated(date(2026, 1, 1), Precision.YEAR), date(2026, 1, 1)),
        (Dated(None, Precision.UNKNOWN), TODAY),
    ],
)
def test_of_the_dead_only_the_death_counts(death: Dated, died_on: date) -> None:
    found = outcome(
        FACTS, *Topic, death=death, surname="Korhonen", addresses=(NEW_HOME,)
    )

    assert new(found) == {"died_on": died_on}
    assert found.tasks == (Task.DEATH,)
    again = replace(FACTS, died_on=died_on)
    assert outcome(again, *Topic, death=death, surname="Korhonen") == Outcome()


def test_a_death_that_was_a_mistake_is_for_a_person_to_undo() -> None:
    dead = replace(FACTS, died_on=date(2027, 2, 20))

    assert outcome(dead, Topic.DEATH) == Outcome((), (Task.DEATH_WITHDRAWN,))
    assert outcome(dead, Topic.ADDRESS, addresses=(NEW_HOME,)) == Outcome()


def test_who_moved_abroad_is_asked_for_an_address() -> None:
    found = outcome(addresses=(ABROAD,))

    assert new(found) == {"check_address": True}
    assert found.tasks == (Task.MOVED_ABROAD,)
    typed_in = replace(FACTS, street="STORGATAN 1", city="Stockholm", postal_code="")
    assert outcome(typed_in, addresses=(ABROAD,)) == Outcome()
    assert outcome(addresses=(HOME, ABROAD)) == Outcome()


@pytest.mark.parametrize(
    ("language", "chosen", "topics", "taken"),
    [
        ("sv", False, (Topic.LANGUAGE,), True),
        ("sv", True, (Topic.LANGUAGE,), False),
        ("sv", False, (Topic.NAME,), False),
        ("ru", False, (Topic.LANGUAGE,), False),
        ("", False, (Topic.LANGUAGE,), False),
        ("fi", False, (Topic.LANGUAGE,), False),
    ],
)
def test_a_mother_tongue_counts_only_when_nobody_chose(
    language: str,
    chosen: bool,  # noqa: FBT001
    topics: tuple[Topic, ...],
    taken: bool,  # noqa: FBT001
) -> None:
    facts = replace(FACTS, language_chosen=chosen)

    found = outcome(facts, *topics, language=language, addresses=())

    assert new(found) == ({"language": language} if taken else {})
    assert found.tasks == ()


def test_a_new_language_names_the_places_at_once() -> None:
    facts = replace(FACTS, language_chosen=False)

    found = new(outcome(facts, Topic.LANGUAGE, language="sv", addresses=(NEW_HOME,)))

    assert found["language"] == "sv"
    assert found["street"] == "Strandgatan 2 B 3"


def test_a_birth_date_changes_with_a_corrected_code_alone() -> None:
    other = date(1981, 5, 17)

    assert new(outcome(born_on=other, new_code=True)) == {"born_on": other}
    assert outcome(born_on=other) == Outcome((), (Task.BIRTH_DATE,))
    assert new(outcome(replace(FACTS, born_on=None))) == {"born_on": FACTS.born_on}
    assert outcome(born_on=None) == Outcome()


@pytest.mark.parametrize(
    ("linked", "told", "topics", "asks"),
    [
        ({1, 2}, {1, 2}, (Topic.GUARDIANS,), False),
        ({1}, {1, 2}, (Topic.GUARDIANS,), False),
        ({1, 2}, {1}, (Topic.GUARDIANS,), True),
        ({1}, set(), (Topic.GUARDIANS,), True),
        ({1}, None, (Topic.GUARDIANS,), False),
        ({1}, set(), (Topic.ADDRESS,), False),
    ],
)
def test_a_guarantor_who_is_no_guardian_any_more_is_asked_about(
    linked: set[int],
    told: set[int] | None,
    topics: tuple[Topic, ...],
    asks: bool,  # noqa: FBT001
) -> None:
    facts = replace(FACTS, guardians=frozenset(linked))
    known = None if told is None else frozenset(told)

    found = outcome(facts, *topics, guardians=known)

    assert found.tasks == ((Task.GUARDIANS,) if asks else ())
    assert found.values == ()


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("MIKKELI", "Mikkeli"),
        ("YLI-II", "Yli-Ii"),
        ("Mikkeli", "Mikkeli"),
        ("S:T MICHEL", "S:t Michel"),
    ],
)
def test_places_are_spelled_as_people_write_them(told: str, kept: str) -> None:
    assert spelled(told) == kept


def test_no_code_is_shown_by_a_person() -> None:
    assert CODE not in repr(PERSON)
    assert CODE not in repr(News(person=PERSON))


names = st.sampled_from(["", "Virtanen", "Korhonen"])
dates = st.none() | st.sampled_from([TODAY, date(2026, 1, 1), date(2028, 1, 1)])
addresses = st.lists(
    st.builds(
        Address,
        kind=st.sampled_from(AddressKind),
        street=st.sampled_from(["", "Vanhakatu 1", "Rantakatu 2"]),
        postal_code=st.sampled_from(["", "50100", "57100"]),
        street_sv=st.sampled_from(["", "Strandgatan 2"]),
        city=st.sampled_from(["", "MIKKELI"]),
        starts_on=dates,
        ends_on=dates,
        withheld=st.booleans(),
    ),
    max_size=3,
)
people = st.builds(
    Person,
    code=st.just(CODE),
    surname=names,
    first_names=names,
    called_name=names,
    born_on=dates,
    addresses=addresses,
    protection=st.none() | st.builds(Protection, st.booleans()),
    death=st.none() | st.builds(Dated, dates),
    language=st.sampled_from(["", "fi", "sv", "ru"]),
)


@given(
    person=people, topics=st.frozensets(st.sampled_from(Topic)), new_code=st.booleans()
)
def test_the_same_news_twice_changes_nothing_more(
    person: Person,
    topics: frozenset[Topic],
    new_code: bool,  # noqa: FBT001
) -> None:
    news = News(person=person, topics=topics, new_code=new_code)
    facts = replace(FACTS, language_chosen=False)

    once = after(facts, what_changes(facts, news))
    twice = what_changes(once, news)

    assert twice.values == ()
    assert after(once, twice) == once
    protected = once.is_protected
    if protected:
        assert (once.street, once.city) == (FACTS.street, FACTS.city)
