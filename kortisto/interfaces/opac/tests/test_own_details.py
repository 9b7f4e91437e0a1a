"""My details on the web: what is held is shown, what is mine can change (S9, S11)."""

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.domain.patrons.actions.change import change
from kortisto.domain.patrons.actions.notes import write_note
from kortisto.domain.patrons.models import FieldChange, Patron, PatronNote, Source
from kortisto.interfaces.opac.tests.shelf import log_in, somebody
from kortisto.testing.builders import card_of, chief
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db

PAGE = "/account/details/"
CONTACT = f"{PAGE}contact/"
IDENTIFIER = f"{PAGE}hold-identifier/"


def text(client: Client, page: str = PAGE) -> str:
    answer = client.get(page)
    assert answer.status_code == 200
    return answer.content.decode()


def sent(patron: Patron, **values: str) -> dict[str, str]:
    """The contact form as the page holds it, with some of it typed over."""
    patron.refresh_from_db()
    names = ("called_name", "phone", "second_phone", "email", "second_email")
    held = {name: getattr(patron, name) for name in names}
    return {**held, "edition": str(patron.edition), **values}


def test_everything_of_mine_is_there_and_where_it_came_from(visitor: Client) -> None:
    patron = somebody(
        surname="Virtanen",
        street="Kirkkokatu 5",
        postal_code="50100",
        city="Mikkeli",
        phone="+358451234567",
        hold_identifier="12345678",
    )
    change(
        patron.pk,
        {"street": "Hallituskatu 1"},
        by=chief(),
        now=timezone.now(),
        source=Source.POPULATION_REGISTER,
    )
    public, staff = PatronNote.Audience.PUBLIC, PatronNote.Audience.STAFF
    for audience, words in ((public, "Kortti löytyi"), (staff, "SALAINEN")):
        write_note(patron.pk, words, audience=audience, by=chief(), now=timezone.now())
    log_in(visitor, patron)

    found = text(visitor)

    for words in (
        "Virtanen",
        "Hallituskatu 1, 50100 Mikkeli",
        "the population register",
        "045 1234567",
        "1234 5678",
        "Kortti löytyi",
        f"•••• {card_of(patron)[-4:]}",
    ):
        assert words in found, words
    assert "SALAINEN" not in found
    assert f'"code">{card_of(patron)}' not in found


def test_the_page_asks_the_same_for_many_notes_and_cards(visitor: Client) -> None:
    patron = somebody()
    log_in(visitor, patron)

    def note() -> None:
        write_note(
            patron.pk,
            "Kortti löytyi",
            audience=PatronNote.Audience.PUBLIC,
            by=chief(),
            now=timezone.now(),
        )

    assert_same_queries_with_more_rows(lambda: visitor.get(PAGE), add_rows=note)


def test_contact_details_are_changed_as_by_the_patron(visitor: Client) -> None:
    patron = somebody(phone="+358451234567", check_phone=True)
    log_in(visitor, patron)
    assert "045 1234567" in text(visitor, CONTACT)

    told = sent(patron, email="Aino@Posti.Example", phone="045 1234567")
    answer = visitor.post(CONTACT, told)

    assert answer.status_code == 302
    patron.refresh_from_db()
    assert patron.email == "Aino@posti.example"
    assert not patron.check_phone
    row = FieldChange.objects.get(field="email")
    assert (row.source, row.actor) == (Source.ONLINE, f"patron:{patron.pk}")
    assert not FieldChange.objects.filter(field="phone").exists()


def test_what_cannot_be_taken_is_told_beside_it_and_nothing_is_lost(
    visitor: Client,
) -> None:
    patron = somebody()
    log_in(visitor, patron)

    told = sent(patron, email="aino@posti.example", phone="äiti 045")
    answer = visitor.post(CONTACT, told)

    found = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_phone"' in found
    assert "A phone number has digits only" in found
    assert 'value="aino@posti.example"' in found
    patron.refresh_from_db()
    assert patron.email == ""


def test_what_staff_changed_meanwhile_is_told_and_then_overwritten(
    visitor: Client,
) -> None:
    patron = somebody(phone="+358451234567")
    log_in(visitor, patron)
    old = sent(patron, phone="045 7654321")
    change(patron.pk, {"phone": "0459999999"}, by=chief(), now=timezone.now())

    first = visitor.post(CONTACT, old)
    patron.refresh_from_db()
    assert first.status_code == 422
    assert "Somebody else has changed this meanwhile" in first.content.decode()
    assert patron.phone == "+358459999999"

    edition = first.context["form"]["edition"].value()
    visitor.post(CONTACT, {**old, "edition": str(edition)})
    patron.refresh_from_db()
    assert patron.phone == "+358457654321"


def test_names_and_addresses_cannot_be_slipped_in(visitor: Client) -> None:
    patron = somebody(surname="Virtanen")
    log_in(visitor, patron)

    visitor.post(CONTACT, sent(patron, surname="Muu", street="Muu", card_lost="1"))

    patron.refresh_from_db()
    assert (patron.surname, patron.street, patron.card_lost) == ("Virtanen", "", False)


def test_a_hold_identifier_that_is_free_is_taken(visitor: Client) -> None:
    patron = somebody()
    log_in(visitor, patron)

    assert "Kuukkeli 7 is free." in text(
        visitor, f"{IDENTIFIER}check/?hold_identifier=Kuukkeli+7"
    )
    visitor.post(IDENTIFIER, {"hold_identifier": "  Kuukkeli 7 "})

    patron.refresh_from_db()
    assert patron.hold_identifier == "Kuukkeli 7"
    assert "Your hold identifier is now Kuukkeli 7." in text(visitor)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("kuukkeli7", "Somebody else has this hold identifier"),
        ("é", "may have digits, letters from A to Ö"),
        ("{card}", "A card number or a log-in name cannot be a hold identifier"),
    ],
)
def test_a_hold_identifier_that_will_not_do_keeps_what_was_typed(
    visitor: Client, typed: str, words: str
) -> None:
    somebody(hold_identifier="Kuukkeli 7")
    patron = somebody(hold_identifier="omani")
    log_in(visitor, patron)
    typed = typed.format(card=card_of(patron))

    live = text(visitor, f"{IDENTIFIER}check/?hold_identifier={typed}")
    answer = visitor.post(IDENTIFIER, {"hold_identifier": typed})

    assert words in live
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert f'value="{typed}"' in answer.content.decode()
    patron.refresh_from_db()
    assert patron.hold_identifier == "omani"


def test_nobody_tries_out_the_identifiers_of_all_others(visitor: Client) -> None:
    somebody(hold_identifier="Kuukkeli 7")
    patron = somebody()
    log_in(visitor, patron)
    for _try in range(20):
        visitor.get(f"{IDENTIFIER}check/?hold_identifier=kuukkeli7")

    assert "You have tried many" in text(
        visitor, f"{IDENTIFIER}check/?hold_identifier=vapaa"
    )
    answer = visitor.post(IDENTIFIER, {"hold_identifier": "vapaa"})
    assert answer.status_code == 422
