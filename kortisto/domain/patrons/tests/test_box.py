"""One box finds a patron by whatever is typed into it (PAT-1, PAT-2)."""

from datetime import date

import pytest

from kortisto.core.models import LoggedEvent
from kortisto.domain.patrons.actions.cards import replace_card
from kortisto.domain.patrons.actions.pin import LogInFailed, log_in, set_pin
from kortisto.domain.patrons.actions.viewing import view_found
from kortisto.domain.patrons.actions.writing import keep_words
from kortisto.domain.patrons.finding import By, search_patrons
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.queries import MOST, Match, find_patrons, patron_by_card
from kortisto.domain.patrons.reasons import Unfit
from kortisto.testing.builders import MONDAY_NOON, card_of, desk, make_patron
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def aino() -> Patron:
    patron = make_patron(
        card="491A0001",
        surname="Mäki-Ylä",
        first_names="Aino Maria",
        born_on=date(1980, 5, 7),
        hold_identifier="12345678",
        phone="+358501234567",
        second_phone="+358153211",
        email="Aino.M@posti.example",
        street="Porrassalmenkatu 12",
        postal_code="50100",
    )
    keep_words(patron)
    make_patron(surname="Virtanen", first_names="Eino", born_on=date(1981, 6, 8))
    return patron


@pytest.mark.parametrize(
    ("typed", "by"),
    [
        ("491a 0001", By.CARD),
        ("1234 5678", By.HOLD_IDENTIFIER),
        (" 12345678", By.HOLD_IDENTIFIER),
        ("aino.m@POSTI.example", By.EMAIL),
        ("050-123 4567", By.PHONE),
        ("+358 50 1234567", By.PHONE),
        ("015 3211", By.PHONE),
        ("7.5.1980", By.BIRTH_DATE),
        ("07.05.1980", By.BIRTH_DATE),
        ("1980-05-07", By.BIRTH_DATE),
        ("aino 7.5.1980", By.BIRTH_DATE),
        ("maria ylä", By.NAME),
        ("YLÄ aino", By.NAME),
        ("porrassalmen", By.ADDRESS),
        ("12 porrassalmenkatu", By.ADDRESS),
        ("50100 porras", By.ADDRESS),
    ],
)
def test_the_box_understands(aino: Patron, typed: str, by: By) -> None:
    found = search_patrons(typed)
    assert [one.id for one in found.candidates] == [aino.pk]
    assert found.by is by
    assert (found.opens == aino.pk) == (by in {By.CARD, By.HOLD_IDENTIFIER})


def test_an_internal_id_opens_and_a_card_comes_before_it(aino: Patron) -> None:
    assert search_patrons(str(aino.pk)).opens == aino.pk
    other = make_patron(card=str(aino.pk))
    assert search_patrons(str(aino.pk)).opens == other.pk


def test_an_organisation_is_found_by_its_business_id() -> None:
    school = make_patron(surname="Koulu", first_names="", business_id="0116297-6")
    for typed in ("0116297-6", "01162976"):
        found = search_patrons(typed)
        assert [one.id for one in found.candidates] == [school.pk]
        assert found.opens is None


def test_an_old_card_finds_its_patron_and_opens_nothing(aino: Patron) -> None:
    replace_card(aino.pk, "491A0002", by=desk(), now=MONDAY_NOON)
    found = search_patrons("491A0001")
    assert (found.by, found.opens) == (By.OLD_CARD, None)
    assert search_patrons("491A0002").opens == aino.pk


@pytest.mark.parametrize("typed", ["eino 7.5.1980", "30.2.1980", "x@y", "ei ketään"])
def test_what_nobody_has_finds_nobody(aino: Patron, typed: str) -> None:
    found = search_patrons(typed)
    assert found.candidates == ()
    assert aino.pk not in {found.opens}


@pytest.mark.parametrize("typed", ["%", "\0", "9" * 40, "'; --", "1.1.99999", "²²²²²²"])
def test_odd_text_finds_nobody_and_breaks_nothing(aino: Patron, typed: str) -> None:
    assert search_patrons(typed).candidates == ()
    assert aino.pk


def test_an_empty_search_is_refused_in_words() -> None:
    for typed in ("", "   ", "\n"):
        with pytest.raises(Unfit, match="Type what to look for"):
            search_patrons(typed)


def test_who_is_in_the_bin_is_found_by_nothing_and_may_nothing(aino: Patron) -> None:
    set_pin(aino.pk, "2749", by=desk(), now=MONDAY_NOON)
    Patron.objects.filter(pk=aino.pk).update(
        binned_at=MONDAY_NOON, bin_reason="Moved away"
    )
    for typed in ("491A0001", "12345678", "aino", "7.5.1980", "0501234567", "porras"):
        assert search_patrons(typed).candidates == ()
    assert search_patrons(str(aino.pk)).opens is None
    assert patron_by_card(card_of(aino)) is None
    assert find_patrons("aino") == []
    with pytest.raises(LogInFailed):
        log_in(card_of(aino), "2749", by=desk(), now=MONDAY_NOON)


def test_no_more_than_a_page_comes_back_and_it_is_told() -> None:
    for number in range(MOST + 2):
        make_patron(surname="Korhonen", first_names=f"Kai {number}")
    found = search_patrons("korhonen")
    assert len(found.candidates) == MOST
    assert found.more
    assert not search_patrons("korhonen kai 10").more


def test_only_who_is_listed_has_been_looked_at(aino: Patron) -> None:
    view_found("maria", by=desk(), now=MONDAY_NOON)
    assert LoggedEvent.objects.get().patron_id == aino.pk
    view_found("491A0001", by=desk(), now=MONDAY_NOON)
    assert LoggedEvent.objects.count() == 1, "the page that opens logs it"


def test_a_search_asks_no_more_when_more_are_found() -> None:
    assert_same_queries_with_more_rows(
        lambda: search_patrons("virtanen"), add_rows=make_patron
    )


@pytest.mark.parametrize(
    ("typed", "match", "found"),
    [
        ("virta", Match.STARTS, "Virtanen, Eino"),
        ("virta", Match.EXACT, ""),
        ("virtanen", Match.EXACT, "Virtanen, Eino"),
        ("eino virtanen", Match.EXACT, "Virtanen, Eino"),
        ("aino virtanen", Match.EXACT, ""),
        ("rtane", Match.STARTS, ""),
        ("rtane", Match.CONTAINS, "Virtanen, Eino"),
        ("ein rtane", Match.CONTAINS, "Virtanen, Eino"),
        ("alikatu", Match.CONTAINS, "Virtanen, Eino"),
        ("alikatu", Match.STARTS, ""),
        ("alikatu 3 likat", Match.CONTAINS, "Virtanen, Eino"),
        ("alikatu rtane", Match.CONTAINS, ""),
        ("kujalikatu", Match.EXACT, "Virtanen, Eino"),
        ("%", Match.CONTAINS, ""),
        ("__", Match.CONTAINS, ""),
    ],
)
def test_words_are_found_whole_by_beginning_or_anywhere(
    typed: str, match: Match, found: str
) -> None:
    make_patron(surname="Virtanen", first_names="Eino", street="Kujalikatu 3")
    make_patron(surname="Muu", first_names="Matti")

    names = [one.name for one in search_patrons(typed, match=match).candidates]

    assert names == [found] * bool(found)


def test_the_key_of_the_identity_vault_opens_its_patron() -> None:
    patron = make_patron(identity_key="k" * 32)

    assert search_patrons("k" * 32).opens == patron.pk
    assert search_patrons("k" * 31).candidates == ()
