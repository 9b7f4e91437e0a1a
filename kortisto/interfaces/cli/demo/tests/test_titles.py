"""Facts and what is made of them, without a database."""

from datetime import date

import pytest

from kortisto.domain.catalogue.describe import describe
from kortisto.domain.catalogue.marc.accept import Severity, problems
from kortisto.interfaces.cli.demo.editions import EDITION_NOTE, INVENTED_NOTE, Titles
from kortisto.interfaces.cli.demo.facts import read_facts
from kortisto.interfaces.cli.demo.forms import FORMS
from kortisto.interfaces.cli.demo.marc_records import isbn, record

DAY = date(2024, 5, 6)


@pytest.fixture(scope="module")
def titles() -> Titles:
    return Titles(1985, 30_000)


def test_every_fact_is_of_a_known_kind_and_has_a_title() -> None:
    facts = read_facts()

    assert len(facts) > 4_500
    assert {fact.material for fact in facts} <= set(FORMS)
    assert [fact for fact in facts if not fact.title] == []


def test_every_record_says_what_its_fact_says(titles: Titles) -> None:
    for number in [*range(0, 4_700, 3), *range(4_700, 30_000, 97)]:
        fact = titles.title(number)
        marc = record(fact, number=number + 1, entered_on=DAY).marc
        found = describe(marc)

        assert len(marc.leader) == 24
        assert len(marc.value("008")) == 40
        assert [p for p in problems(marc) if p.severity is Severity.REJECT] == []
        assert found.material.value == fact.material
        assert found.ykl == fact.ykl
        assert (found.main_author.name if found.main_author else "") == fact.author
        assert found.age_limit == (int(fact.age[1:]) if fact.age else None)


def test_a_carrier_is_never_older_than_its_invention(titles: Titles) -> None:
    for number, fact in enumerate(titles.facts, 1):
        if fact.material in {"DVD", "BLURAY", "CD"}:
            year = record(fact, number=number, entered_on=DAY).year
            assert year is None or year >= FORMS[fact.material].first_year


def test_what_is_made_up_says_so(titles: Titles) -> None:
    real = len(titles.facts)

    assert titles.title(real - 1).note == ""
    assert titles.title(real).note == EDITION_NOTE
    assert titles.title(29_999).note == INVENTED_NOTE


def test_numbers_of_books_are_valid_and_belong_to_nobody() -> None:
    assert isbn(1) == "9789999900010"
    assert len({isbn(number) for number in range(1, 10_001)}) == 10_000


def test_a_title_is_the_same_in_every_process() -> None:
    assert Titles(3, 20_000).title(15_000) == Titles(3, 20_000).title(15_000)
