"""My details on the web: what is held is shown, what is mine can change (S9, S11)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.core.actors import NotPermitted
from kortisto.core.versions import configuration_changed
from kortisto.domain.patrons.actions.change import change
from kortisto.domain.patrons.actions.change_requests import Answer, answer_changes
from kortisto.domain.patrons.actions.home_library import choose_home_library
from kortisto.domain.patrons.actions.notes import write_note
from kortisto.domain.patrons.frozen import FROZEN
from kortisto.domain.patrons.models import (
    FieldChange,
    PatronNote,
    RequestedChange,
    Source,
)
from kortisto.interfaces.opac.tests.shelf import log_in, somebody
from kortisto.testing.builders import (
    card_of,
    chief,
    make_library,
    make_restriction,
    themself,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db

PAGE = "/account/details/"
CONTACT = f"{PAGE}contact/"
IDENTIFIER = f"{PAGE}hold-identifier/"


def text(client: Client, page: str = PAGE) -> str:
    answer = client.get(page)
    assert answer.status_code == 200
    return answer.content.decode()


def sent(client: Client, **values: str) -> dict[str, str]:
    """The contact form as the page holds it, with some of it typed over."""
    form = client.get(CONTACT).context["form"]
    shown = {bound.name: bound.value() for bound in form}
    initial = {bound.html_initial_name: bound.value() for bound in form}
    return {**shown, **initial, **values}


def test_while_the_processing_is_restricted_each_page_says_why_nothing_is_saved(
    visitor: Client,
) -> None:
    patron = somebody(phone="+358451234567")
    log_in(visitor, patron)
    typed = sent(visitor, phone="040 7654321")
    make_restriction(patron, kind=FROZEN)
    why = "nothing is changed until the library lifts that"

    for address, values, status in (
        (CONTACT, typed, 422),
        ("/account/messages/", {"where": "phone"}, 422),
        (IDENTIFIER, {"hold_identifier": "Uusi"}, 422),
        ("/account/history/choice/", {"history": "never"}, 409),
    ):
        answer = visitor.post(address, values)
        assert (answer.status_code, why in answer.content.decode()) == (status, True)
    patron.refresh_from_db()
    assert (patron.phone, patron.history) == ("+358451234567", "default")


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

    answer = visitor.post(CONTACT, sent(visitor, email="Aino@Posti.Example"))

    assert answer.status_code == 302
    patron.refresh_from_db()
    assert patron.email == "Aino@posti.example"
    assert not patron.check_phone
    row = FieldChange.objects.get(field="email")
    assert (row.source, row.actor) == (Source.ONLINE, f"patron:{patron.pk}")
    assert not FieldChange.objects.filter(field="phone").exists()
    assert "The details are saved." in text(visitor)


def test_what_the_settings_do_not_let_through_waits_for_the_library(
    visitor: Client,
) -> None:
    patron = somebody(surname="Virtanen", street="Kirkkokatu 5", city="Mikkeli")
    log_in(visitor, patron)

    told = sent(visitor, surname="Meri", street="Hallituskatu 1", phone="0457654321")
    visitor.post(CONTACT, told)

    patron.refresh_from_db()
    assert (patron.surname, patron.street) == ("Virtanen", "Kirkkokatu 5")
    assert patron.phone == "+358457654321"
    page = text(visitor)
    assert "The library looks at what you asked to be changed" in page
    assert "<strong>Hallituskatu 1</strong>" in page
    assert "Waiting for the library" in page
    assert "You have asked for a change of this already." in text(visitor, CONTACT)


def test_what_the_library_answered_is_told(visitor: Client) -> None:
    patron = somebody(street="Kirkkokatu 5", city="Mikkeli")
    log_in(visitor, patron)
    visitor.post(CONTACT, sent(visitor, street="Hallituskatu 1"))
    row = RequestedChange.objects.get()

    answers = {row.pk: Answer.DENY}
    note = "Tarkista numero"
    now = timezone.now()
    answer_changes(patron.pk, answers, by=chief(), now=now, note=note)

    page = text(visitor)
    assert "Not accepted" in page
    assert "Tarkista numero" in page
    assert "Take back" not in page


def test_a_request_is_taken_back_by_its_own_patron_only(visitor: Client) -> None:
    patron, other = somebody(street="Kirkkokatu 5"), Client()
    log_in(visitor, patron)
    log_in(other, somebody())
    visitor.post(CONTACT, sent(visitor, street="Hallituskatu 1"))
    address = f"{PAGE}requests/{RequestedChange.objects.get().pk}/withdraw/"

    assert other.post(address).status_code == 404
    assert RequestedChange.objects.get().state == "waiting"
    visitor.post(address)

    assert RequestedChange.objects.get().state == "withdrawn"
    assert "Hallituskatu" not in text(visitor)


def test_what_cannot_be_taken_is_told_beside_it_and_nothing_is_lost(
    visitor: Client,
) -> None:
    patron = somebody()
    log_in(visitor, patron)

    told = sent(visitor, email="aino@posti.example", phone="äiti 045")
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
    old = sent(visitor, phone="045 7654321")
    change(patron.pk, {"phone": "0459999999"}, by=chief(), now=timezone.now())

    first = visitor.post(CONTACT, old)
    patron.refresh_from_db()
    assert first.status_code == 422
    assert "Somebody else has changed this meanwhile" in first.content.decode()
    assert patron.phone == "+358459999999"

    visitor.post(CONTACT, dict(first.context["form"].data))
    patron.refresh_from_db()
    assert patron.phone == "+358457654321"


def test_what_staff_changed_elsewhere_in_the_form_stays(visitor: Client) -> None:
    patron = somebody(phone="+358451234567")
    log_in(visitor, patron)
    told = sent(visitor, email="aino@posti.example")
    change(patron.pk, {"phone": "0459999999"}, by=chief(), now=timezone.now())

    visitor.post(CONTACT, told)

    patron.refresh_from_db()
    assert (patron.phone, patron.email) == ("+358459999999", "aino@posti.example")


def test_a_protected_address_is_not_in_the_form_and_not_taken(
    visitor: Client,
) -> None:
    patron = somebody(street="Salakatu 1", city="Mikkeli", is_protected=True)
    log_in(visitor, patron)

    page = text(visitor, CONTACT)
    told = {**sent(visitor), "street": "Muu 2", "initial-street": "Salakatu 1"}
    visitor.post(CONTACT, told)

    assert "A protected address is changed at the library only." in page
    assert "Salakatu" not in page
    assert "Salakatu" not in text(visitor)
    assert "not shown on the web, to protect you" in text(visitor)
    assert not RequestedChange.objects.exists()


def test_what_is_not_in_the_form_cannot_be_slipped_in(visitor: Client) -> None:
    patron = somebody(surname="Virtanen")
    log_in(visitor, patron)

    visitor.post(CONTACT, sent(visitor, card_lost="1", born_on="2000-01-01"))

    patron.refresh_from_db()
    assert (patron.card_lost, str(patron.born_on)) == (False, "1980-05-17")
    assert not RequestedChange.objects.exists()


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


# --- the home library -------------------------------------------------------------

HOME = f"{PAGE}home/"


def test_another_home_library_is_chosen_and_takes_effect_at_once(
    visitor: Client,
) -> None:
    patron, other = somebody(), make_library("SVL")
    log_in(visitor, patron)
    assert f'value="{other.pk}">' in text(visitor)

    answer = visitor.post(HOME, {"library": str(other.pk)})

    assert answer.headers["Location"] == PAGE
    patron.refresh_from_db()
    assert patron.home_library_id == other.pk
    assert f'value="{other.pk}" selected' in text(visitor)
    row = FieldChange.objects.get(field="home_library")
    assert (row.source, row.actor) == (Source.ONLINE, f"patron:{patron.pk}")


@pytest.mark.parametrize("library", ["", "x", "0", "987654", "-1", "\u0661"])
def test_what_is_no_library_is_told_and_changes_nothing(
    visitor: Client, library: str
) -> None:
    patron = somebody()
    home = patron.home_library_id
    log_in(visitor, patron)

    visitor.post(HOME, {"library": library})

    assert "There is no such library" in text(visitor)
    patron.refresh_from_db()
    assert patron.home_library_id == home


def test_a_library_that_has_closed_is_not_offered_and_not_taken(
    visitor: Client,
) -> None:
    patron, gone = somebody(), make_library("OLD")
    gone.closed_on = timezone.localdate() - timedelta(days=1)
    gone.save()
    configuration_changed()
    log_in(visitor, patron)

    assert f'value="{gone.pk}"' not in text(visitor)
    visitor.post(HOME, {"library": str(gone.pk)})

    patron.refresh_from_db()
    assert patron.home_library_id != gone.pk


def test_the_home_library_of_a_protected_person_is_not_told_and_not_changed(
    visitor: Client,
) -> None:
    patron, other = somebody(is_protected=True), make_library("SVL")
    home = patron.home_library_id
    log_in(visitor, patron)
    assert 'name="library"' not in text(visitor)

    visitor.post(HOME, {"library": str(other.pk)})

    patron.refresh_from_db()
    assert patron.home_library_id == home


def test_nobody_chooses_the_home_library_of_another() -> None:
    patron, other = somebody(), somebody()
    library = make_library("SVL")

    for by in (themself(other), chief()):
        with pytest.raises(NotPermitted):
            choose_home_library(patron.pk, library.pk, by=by, now=timezone.now())
