"""Patrons are found by words of their names."""

import pytest
from django.db import connection

from kortisto.domain.patrons.actions.writing import keep_words
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.name_keys import ADDRESS, search_keys
from kortisto.domain.patrons.queries import MOST, Match, find_patrons, ids_by_words
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
    assert ids_by_words("ahti", match=Match.CONTAINS) == [patron.pk]
    assert ids_by_words("irta", match=Match.CONTAINS) == []


def test_what_begins_so_comes_before_what_only_goes_on_so() -> None:
    inside = named("Mattila", "Aino")
    begins = named("Tilanen", "Eino")
    assert ids_by_words("tila", match=Match.CONTAINS) == [begins.pk, inside.pk]
    assert ids_by_words("la", match=Match.CONTAINS) == [inside.pk, begins.pk]
    assert ids_by_words("a", match=Match.CONTAINS) == []


def test_a_number_is_found_by_its_beginning_or_beside_a_word() -> None:
    patron = make_patron(street="Kujalikatu 123", postal_code="50100")
    keep_words(patron)

    def inside(text: str) -> list[int]:
        return ids_by_words(text, of=ADDRESS, match=Match.CONTAINS)

    assert inside("0100") == []
    assert inside("501") == inside("0100 likatu") == inside("23 kuja") == [patron.pk]


def test_letters_that_unfold_into_many_make_no_key_that_an_index_refuses() -> None:
    named("\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 100, "Kai")
    long = "\N{LATIN SMALL LIGATURE FFI}" * 100
    assert all(len(key) < 1000 for key in search_keys(long, "", long, ""))
    assert len(found("kai")) == 1


@pytest.mark.parametrize("beginning", [b"ma", b"\x01ma", b"\x02ma", b"\x02\x01ma"])
def test_no_search_reads_every_patron(beginning: bytes) -> None:
    """On SQLite the plan says SCAN when it does; PostgreSQL plans by size."""
    if connection.vendor != "sqlite":
        pytest.skip("SQLite only")
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN QUERY PLAN SELECT patron_id FROM patron_word"
            " WHERE key >= %s AND key < %s ORDER BY key, patron_id LIMIT 20",
            [beginning, beginning + b"\xff"],
        )
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "patron_word_key" in plan
    assert "TEMP B-TREE" not in plan
