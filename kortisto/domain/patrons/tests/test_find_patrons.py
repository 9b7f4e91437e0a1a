"""Patrons are found by words of their names."""

import pytest
from django.db import connection

from kortisto.domain.patrons.actions.writing import keep_words
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.name_keys import name_keys
from kortisto.domain.patrons.queries import MOST, find_patrons
from kortisto.testing.builders import make_patron

pytestmark = pytest.mark.django_db


def named(surname: str, first_names: str = "") -> Patron:
    return make_patron(surname=surname, first_names=first_names)


def found(text: str) -> list[str]:
    return [one.name for one in find_patrons(text)]


def test_each_word_of_the_search_is_the_beginning_of_a_word_of_the_name() -> None:
    named("Virtanen", "Aino Maria")
    named("Virtanen", "Eino")
    assert found("mar virt") == ["Virtanen, Aino Maria"]
    assert found("VIRTANEN, aino".replace(",", "")) == ["Virtanen, Aino Maria"]
    assert found("tanen") == []
    assert found("virta xx") == []


def test_the_parts_of_a_double_name_are_words_too() -> None:
    named("Mäki-Ylä", "Anna-Liisa")
    assert found("liisa ylä") == ["Mäki-Ylä, Anna-Liisa"]
    assert found("anna-liisa") == ["Mäki-Ylä, Anna-Liisa"]


def test_swedish_letters_are_letters_and_accents_are_not() -> None:
    named("Björk", "Élise")
    assert found("bjork") == []
    assert found("elise björk") == ["Björk, Élise"]


def test_somebody_with_two_such_words_is_listed_once() -> None:
    named("Marttila", "Maria Marjatta")
    assert found("mar") == ["Marttila, Maria Marjatta"]


def test_exactly_that_name_comes_before_longer_ones_and_names_are_in_order() -> None:
    named("Virtanen", "Bo")
    named("Virta", "Cia")
    named("Virta", "Åke")
    named("Virtanen", "Aino")
    assert found("virta") == [
        "Virta, Cia",
        "Virta, Åke",
        "Virtanen, Aino",
        "Virtanen, Bo",
    ]


def test_only_so_many_come_back_and_an_empty_search_finds_nobody() -> None:
    for n in range(MOST + 1):
        named("Korhonen", f"Kai {n}")
    assert len(found("korhonen")) == MOST
    assert found("") == found(" k ") == []


@pytest.mark.parametrize(
    "text", ["%", "__", "ko%", "a\\b", "'; --", "\x00\x00", "x" * 9999]
)
def test_odd_text_finds_nobody_and_breaks_nothing(text: str) -> None:
    named("Korhonen", "Kai")
    assert found(text) == []


def test_a_new_name_replaces_the_old_one() -> None:
    patron = named("Virtanen", "Aino")
    patron.surname = "Lahti"
    patron.save()
    keep_words(patron)
    assert found("lahti") == ["Lahti, Aino"]
    assert found("virtanen") == []


def test_letters_that_unfold_into_many_make_no_key_that_an_index_refuses() -> None:
    named("\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 100, "Kai")
    assert all(
        len(key) < 1000 for key in name_keys("\N{LATIN SMALL LIGATURE FFI}" * 100, "")
    )
    assert len(found("kai")) == 1


def test_no_search_reads_every_patron() -> None:
    """On SQLite the plan says SCAN when it does; PostgreSQL plans by size."""
    if connection.vendor != "sqlite":
        pytest.skip("SQLite only")
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN QUERY PLAN SELECT patron_id FROM patron_word"
            " WHERE key >= %s AND key < %s ORDER BY key, patron_id LIMIT 20",
            [b"ma", b"ma\xff"],
        )
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "patron_word_key" in plan
    assert "TEMP B-TREE" not in plan
