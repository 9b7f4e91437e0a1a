"""Staff answer what patrons ask for on the web, and hand over cards."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from kortisto.core.actors import Actor, ActorKind, Channel
from kortisto.core.models import LoggedEvent
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.patrons.actions.change import change
from kortisto.domain.patrons.actions.change_requests import request_changes
from kortisto.domain.patrons.actions.online_registration import (
    OnlineContact,
    register_online,
)
from kortisto.domain.patrons.identified import IdentifiedPerson
from kortisto.domain.patrons.models import Guardianship, Patron, RequestedChange
from kortisto.domain.patrons.permissions import PatronPermission as May
from kortisto.domain.patrons.settings import REGISTER_ONLINE
from kortisto.domain.patrons.vault import vault
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    card_of,
    chief,
    make_category,
    make_library,
    make_patron,
    themself,
)
from kortisto.testing.identity_codes import new_code
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db(transaction=True)

QUEUE = "/change-requests/"
CARDS = "/online-registrations/"
WEB = Actor(kind=ActorKind.PATRON, channel=Channel.WEB)


@pytest.fixture(autouse=True)
def _own_vault() -> Iterator[None]:
    vault.cache_clear()
    yield
    vault.cache_clear()


def ask(
    patron: Patron, *, by: Patron | None = None, **changes: object
) -> dict[str, RequestedChange]:
    asker = themself(by or patron)
    request_changes(patron.pk, changes, by=asker, now=timezone.now())
    rows = RequestedChange.objects.filter(patron=patron, state="waiting")
    return {row.field: row for row in rows}


def come_in(**contact: object) -> Patron:
    make_category("HAKEMUS", kind="provisional", min_age=18, card_required=False)
    make_category("HENKILO")
    library = make_library()
    now = timezone.now()
    set_setting(library.pk, REGISTER_ONLINE, value=True, by=chief(), now=now)
    person = IdentifiedPerson(code=new_code(), surname="Meri", first_names="Anna")
    told = OnlineContact(home_library_id=library.pk, **contact)  # type: ignore[arg-type]
    return register_online(person, told, by=WEB, now=now)


def words(answer: object, status: int = 200) -> str:
    assert isinstance(answer, HttpResponse)
    assert answer.status_code == status
    return answer.content.decode()


def test_queues_of_a_library_do_not_tell_that_a_protected_patron_is_at_home_there() -> (
    None
):
    hidden = make_patron(surname="Piilo", is_protected=True)
    ask(hidden, surname="Piilonen")
    ask(make_patron(surname="Avoin"), city="Mikkeli")
    there = make_library("SVL")
    away = at_work(make_staff("away", library=there), library=there)
    home = at_work(make_staff(), library=make_library())

    assert "Piilo" in words(away.get(QUEUE))
    assert "Piilo" in words(home.get(QUEUE))
    assert "Avoin" not in words(away.get(QUEUE))


def front_of(client: Client) -> str:
    return words(client.get("/"))


# --- change requests ----------------------------------------------------------------


def test_the_front_page_counts_patrons_who_wait_here_and_leads_to_them() -> None:
    ask(make_patron(), street="Uusikatu 1", city="Mikkeli")
    ask(make_patron(home_library=make_library("SVL")), city="Savonlinna")
    client = at_work(make_staff(library=make_library()), library=make_library())

    assert client.get("/").context["change_requests"] == 1
    assert f'href="{QUEUE}"' in front_of(client)
    queue = words(client.get(QUEUE))
    assert queue.count("Virtanen, Aino") == 1
    assert "Street address, Town" in queue
    assert "Uusikatu" not in queue
    reader = at_work(make_staff("reader", may=(May.SEE,)))
    assert QUEUE not in front_of(reader)
    assert reader.get(QUEUE).status_code == 403


def test_old_and_new_stand_side_by_side_and_are_accepted_by_default() -> None:
    patron = make_patron(street="Vanhakatu 1")
    rows = ask(patron, street="Uusikatu 1", surname="Pekkanen")
    client = at_work()
    address = f"{QUEUE}{patron.pk}/"

    page = words(client.get(address))
    assert "Vanhakatu 1" in page
    assert "Uusikatu 1" in page
    assert page.count('value="accept" checked') == 2

    answer = client.post(
        address,
        {
            f"answer-{rows['street'].pk}": "accept",
            f"answer-{rows['surname'].pk}": "deny",
            "note": "Tuo henkilötodistus",
            "edition": patron.edition,
        },
    )
    assert answer.headers["Location"] == QUEUE
    patron.refresh_from_db()
    assert (patron.street, patron.surname) == ("Uusikatu 1", "Virtanen")
    rows["surname"].refresh_from_db()
    assert rows["surname"].note == "Tuo henkilötodistus"
    assert "Nobody waits" in words(client.get(QUEUE))
    assert "waits for no answer" in words(client.get(address))


def test_what_is_left_for_later_stays_and_nonsense_changes_nothing() -> None:
    patron = make_patron()
    rows = ask(patron, city="Turku")
    name = f"answer-{rows['city'].pk}"
    client = at_work()
    for sent in ({name: "later"}, {name: "nonsense"}, {"answer-99999": "accept"}, {}):
        client.post(f"{QUEUE}{patron.pk}/", sent)
    patron.refresh_from_db()
    assert patron.city == ""
    assert client.get("/").context["change_requests"] == 1
    assert client.get(f"{QUEUE}99999/").status_code == 404


def test_a_colleagues_change_meanwhile_is_told_and_the_answers_stay() -> None:
    patron = make_patron(city="Mikkeli")
    rows = ask(patron, city="Turku")
    client = at_work()
    opened = patron.edition
    change(patron.pk, {"city": "Espoo"}, by=chief(), now=timezone.now())

    sent = {f"answer-{rows['city'].pk}": "accept", "edition": opened, "note": "hei"}
    page = words(client.post(f"{QUEUE}{patron.pk}/", sent), 422)

    assert "changed this meanwhile" in page
    assert "When it was asked: Mikkeli" in page
    assert 'value="hei"' in page
    patron.refresh_from_db()
    assert patron.city == "Espoo"


def test_an_answer_without_a_good_edition_is_taken_as_it_is() -> None:
    patron = make_patron(city="Mikkeli")
    rows = ask(patron, city="Turku")
    sent = {f"answer-{rows['city'].pk}": "accept", "edition": "²"}

    words(at_work().post(f"{QUEUE}{patron.pk}/", sent), 302)

    patron.refresh_from_db()
    assert patron.city == "Turku"


def test_an_address_under_protection_is_shown_to_nobody_here() -> None:
    patron = make_patron(street="Vanhakatu 1")
    ask(patron, street="Salakatu 7", first_names="Aino Maria")
    Patron.objects.filter(pk=patron.pk).update(is_protected=True)

    page = words(at_work().get(f"{QUEUE}{patron.pk}/"))
    assert "Salakatu" not in page
    assert "Vanhakatu" not in page
    assert "Aino Maria" in page


def test_the_queue_asks_the_same_number_of_queries_for_many() -> None:
    client = at_work()

    def add() -> None:
        ask(make_patron(), city="Turku")

    add()
    assert_same_queries_with_more_rows(lambda: client.get(QUEUE), add_rows=add)


def test_a_guardian_who_asks_is_named_as_long_as_the_link_lasts() -> None:
    make_category("LAPSI", guardian_sees_until_age=14)
    child = make_patron(category="LAPSI", born_on=date(2020, 5, 1))
    guardian = make_patron(surname="Huoltaja")
    link = Guardianship.objects.create(guardian=guardian, dependant=child)
    ask(child, by=guardian, street="Uusikatu 1")
    client = at_work()
    address = f"{QUEUE}{child.pk}/"

    assert "a guardian asks" in words(client.get(QUEUE))
    assert "Guardian: Huoltaja, Aino" in words(client.get(address))

    link.delete()
    found = words(client.get(address))
    assert "A guardian who is not linked to the patron any more" in found
    assert "Huoltaja, Aino" not in found


# --- online registrations -----------------------------------------------------------


def hand_over(client: Client, patron: Patron, **fields: object) -> HttpResponse:
    sent = {"card_number": "P900", "category": "HENKILO", "seen": "on", **fields}
    answer = client.post(f"{CARDS}{patron.pk}/", sent)
    assert isinstance(answer, HttpResponse)
    return answer


def test_who_registered_on_the_web_waits_for_the_card_and_gets_it() -> None:
    patron, client = come_in(email="anna@meri.example"), at_work()
    assert client.get("/").context["online_registrations"] == 1
    assert "Meri, Anna" in words(client.get(CARDS))
    assert "anna@meri.example" in words(client.get(f"{CARDS}{patron.pk}/"))

    answer = hand_over(client, patron, pin="4826")

    assert answer.headers["Location"] == f"/patrons/{patron.pk}/"
    patron.refresh_from_db()
    assert (patron.category.code, card_of(patron)) == ("HENKILO", "P900")
    assert "Nobody waits" in words(client.get(CARDS))
    assert client.get(f"{CARDS}{patron.pk}/").status_code == 404


def test_without_an_identity_document_or_with_a_wrong_card_nothing_is_given() -> None:
    make_patron(card="TAKEN")
    patron, client = come_in(), at_work()

    page = words(hand_over(client, patron, seen=""), 422)
    assert 'id="id_seen-error"' in page
    page = words(hand_over(client, patron, card_number="taken", pin="1111"), 422)
    assert 'id="id_pin-error"' in page
    page = words(hand_over(client, patron, card_number="taken"), 422)
    assert 'id="id_card_number-error"' in page
    patron.refresh_from_db()
    assert patron.category.code == "HAKEMUS"


def test_a_namesake_is_pointed_at() -> None:
    twin = make_patron(surname="Meri", first_names="Anna", born_on=date(1980, 5, 17))
    page = words(at_work().get(f"{CARDS}{come_in().pk}/"))
    assert f'href="/patrons/{twin.pk}/"' in page


def test_a_registration_is_forgotten_with_a_reason() -> None:
    patron, client = come_in(), at_work()
    address = f"{CARDS}{patron.pk}/drop/"

    assert words(client.post(address, {"reason": " "}), 422)
    assert Patron.objects.filter(pk=patron.pk).exists()
    client.post(address, {"reason": "Asiakas jo ennestään"})

    assert not Patron.objects.filter(pk=patron.pk).exists()
    assert LoggedEvent.objects.filter(kind="RegistrationForgotten").count() == 1
    assert client.post(address, {"reason": "uudelleen"}).status_code == 404
