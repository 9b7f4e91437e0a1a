"""What registering refuses in words, before a database refuses it with an error."""

from datetime import date
from typing import Any

import pytest

from kortisto.core.actors import NotPermitted, job_actor
from kortisto.core.models import LoggedEvent
from kortisto.domain.patrons.actions.cards import replace_card
from kortisto.domain.patrons.actions.register import register
from kortisto.domain.patrons.actions.restrictions import restrict
from kortisto.domain.patrons.models import Card, Patron, Restriction
from kortisto.domain.patrons.new_patron import NewPatron
from kortisto.domain.patrons.queries import cards_numbered, patron_by_card
from kortisto.domain.patrons.reasons import CardInUse
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    make_category,
    make_library,
    make_patron,
)

pytestmark = pytest.mark.django_db


def new(**values: Any) -> Patron:
    make_category()
    told: dict[str, Any] = {
        "card_number": "P1",
        "surname": "Virtanen",
        "category": "HENKILO",
        "born_on": date(1984, 5, 17),
    }
    library = make_library().pk
    wanted = NewPatron(**{**told, "home_library_id": library, **values})
    return register(wanted, by=chief(), now=MONDAY_NOON)


def test_a_patron_is_found_by_the_card_and_told_in_the_log() -> None:
    patron = new(card_number=" p 1 ", first_names="  Aino   Maria ")
    assert patron_by_card("P1") == patron.pk
    assert patron.first_names == "Aino Maria"
    assert LoggedEvent.objects.get().patron_id == patron.pk


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("surname", "x" * 101, "at most 100"),
        ("first_names", "x" * 101, "at most 100"),
        ("surname", "a\0b", "cannot be seen"),
        ("surname", " ", "needs a name"),
        ("phone", "9" * 21, "cannot be a phone number"),
        ("phone", "äiti 050", "digits only"),
        ("email", "x" * 255, "cannot be an e-mail address"),
        ("language", "ru", "no such language"),
        ("category", "nobody", "no such patron category"),
        ("card_number", "9" * 21, "at most 20"),
        ("card_number", "1\N{RIGHT-TO-LEFT OVERRIDE}2", "cannot be seen"),
    ],
)
def test_what_no_column_holds_is_refused_in_words(
    field: str, value: str, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        new(**{field: value})
    assert not Patron.objects.exists()
    assert not LoggedEvent.objects.exists()


def test_nobody_registers_without_the_permission() -> None:
    make_category()
    told = NewPatron(
        card_number="P1",
        surname="A",
        category="HENKILO",
        home_library_id=make_library().pk,
    )
    with pytest.raises(NotPermitted):
        register(told, by=job_actor(), now=MONDAY_NOON)
    assert not Patron.objects.exists()


def test_a_new_card_that_will_not_do_leaves_the_old_one_active() -> None:
    patron, other = make_patron(), make_patron()
    before = card_of(patron)
    for number in (card_of(other), "9" * 21):
        with pytest.raises(ValueError, match=r"in use|too long") as refused:
            replace_card(patron.pk, number, by=chief(), now=MONDAY_NOON)
        assert isinstance(refused.value, CardInUse) == (number == card_of(other))
    assert card_of(patron) == before
    assert Card.objects.count() == 2


def test_a_note_that_is_too_long_restricts_nobody() -> None:
    patron = make_patron()
    with pytest.raises(ValueError, match="at most 500"):
        restrict(patron.pk, "x" * 501, by=chief(), now=MONDAY_NOON)
    assert not Restriction.objects.exists()


@pytest.mark.parametrize("number", ["\0", "P1\0", "\N{RIGHT-TO-LEFT OVERRIDE}P1"])
def test_characters_that_cannot_be_seen_find_no_card(number: str) -> None:
    new(card_number="P1")
    assert not cards_numbered(number).exists()
