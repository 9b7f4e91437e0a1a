"""Registering on the web, with a provider of identification on a real socket."""

from collections.abc import Iterator
from datetime import date
from http.client import HTTPConnection
from threading import Thread
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.test import Client

from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.patrons.actions.choices import ticks_of
from kortisto.domain.patrons.identification import strong_identification
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.rules import Tick
from kortisto.domain.patrons.settings import REGISTER_ONLINE
from kortisto.domain.patrons.vault import vault
from kortisto.interfaces.opac.sealed import COOKIE
from kortisto.simulators.identification.provider import CLIENT, SECRET, Provider
from kortisto.simulators.identification.server import Server
from kortisto.simulators.population_register.people import invent
from kortisto.testing.builders import MONDAY_NOON, chief, make_category, make_library

pytestmark = pytest.mark.django_db(transaction=True)

PAGE, FORM = "/register/", "/register/form/"
GROWN_UP = next(one for one in invent(9, seed=3, today=date(2008, 1, 1)) if one.home)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    made = Provider([GROWN_UP])
    server = Server(("127.0.0.1", 0), made)
    listening = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    listening.start()
    monkeypatch.setenv("KORTISTO_IDENTIFICATION_ISSUER", made.issuer)
    monkeypatch.setenv("KORTISTO_IDENTIFICATION_CLIENT_ID", CLIENT)
    monkeypatch.setenv("KORTISTO_IDENTIFICATION_CLIENT_SECRET", SECRET)
    strong_identification.cache_clear()
    yield made
    strong_identification.cache_clear()
    server.shutdown()
    server.server_close()
    listening.join()


@pytest.fixture(autouse=True)
def library() -> Iterator[int]:
    """One that lets patrons register themselves."""
    vault.cache_clear()
    make_category("HAKEMUS", kind="provisional", min_age=18, card_required=False)
    unit = make_library()
    by = chief()
    set_setting(unit.pk, REGISTER_ONLINE, value=True, by=by, now=MONDAY_NOON)
    yield unit.pk
    vault.cache_clear()


def identify(visitor: Client, *, choose: str = GROWN_UP.code) -> str:
    """As a browser does; the address to which the service sends it back."""
    begun = visitor.get(f"{PAGE}identify/")
    assert begun.status_code == 302
    parts = urlsplit(begun.headers["Location"])
    asked = dict(parse_qsl(parts.query))
    names = ("redirect_uri", "state", "nonce", "code_challenge")
    sent = urlencode({**{name: asked[name] for name in names}, "code": choose})
    line = HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    line.request("POST", "/choose", body=sent, headers=headers)
    back = urlsplit(line.getresponse().headers["Location"])
    line.close()
    return f"{back.path}?{back.query}"


def filled(library: int, **values: str) -> dict[str, str]:
    return {
        "home_library": str(library),
        "email": "anna@posti.example",
        "phone": "045 765 4321",
        "street": "Rantakatu 1",
        "postal_code": "50100",
        "city": "Mikkeli",
        "language": "sv",
        "by_email": "on",
        "new": "8264",
        "again": "8264",
        "terms": "on",
        **values,
    }


def test_who_is_identified_tells_the_rest_and_fetches_the_card(
    visitor: Client, provider: Provider, library: int
) -> None:
    assert "Identify yourself" in visitor.get(PAGE).content.decode()
    visitor.get(identify(visitor))
    page = visitor.get(FORM).content.decode()
    assert GROWN_UP.surname in page
    assert GROWN_UP.code not in page

    answer = visitor.post(FORM, filled(library), follow=True)

    assert "You are registered" in answer.content.decode()
    patron = Patron.objects.get()
    assert patron.category.code == "HAKEMUS"
    assert (patron.surname, patron.source) == (GROWN_UP.surname, "online")
    assert (patron.language, patron.phone) == ("sv", "+358457654321")
    assert patron.terms_accepted_on is not None
    assert patron.identity_key
    assert Tick("advance", "email", 3) in ticks_of(patron.pk)
    assert visitor.get(FORM).content.decode().count("Identify yourself") > 0
    del provider


def test_the_identity_code_lies_nowhere_on_the_way(
    visitor: Client, provider: Provider
) -> None:
    visitor.get(identify(visitor))

    sealed = visitor.cookies[COOKIE]
    assert sealed["httponly"]
    assert sealed["path"] == PAGE
    assert GROWN_UP.code not in sealed.value
    assert GROWN_UP.code not in str(dict(visitor.session))
    stolen = Client(headers={"accept-language": "en"})
    stolen.cookies[COOKIE] = sealed.value
    assert GROWN_UP.surname not in stolen.get(FORM).content.decode()
    del provider


def test_what_is_wrong_is_told_and_nothing_is_lost(
    visitor: Client, provider: Provider, library: int
) -> None:
    visitor.get(identify(visitor))

    sent = filled(library, phone="ei", email="", new="1234", again="1234")
    del sent["terms"]
    first = visitor.post(FORM, sent)
    second = visitor.post(FORM, {**sent, "terms": "on", "email": "a@posti.example"})

    page = first.content.decode()
    assert first.status_code == second.status_code == 422
    assert "Accept the terms to go on." in page
    assert "Type your e-mail address, or untick e-mail." in page
    assert 'value="Rantakatu 1"' in page
    assert "has digits only" in second.content.decode()
    assert not Patron.objects.exists()
    assert visitor.post(FORM, filled(library)).status_code == 302
    del provider


def test_who_is_a_patron_already_is_told_to_log_in(
    visitor: Client, provider: Provider, library: int
) -> None:
    visitor.get(identify(visitor))
    first = visitor.post(FORM, filled(library))
    visitor.get(identify(visitor))
    answer = visitor.post(FORM, filled(library))

    assert (first.status_code, answer.status_code) == (302, 422)
    assert "You are a patron already." in answer.content.decode()
    assert Patron.objects.count() == 1
    del provider


def test_who_turns_back_can_try_again(visitor: Client, provider: Provider) -> None:
    answer = visitor.get(identify(visitor, choose=""))

    assert "You were not identified." in answer.content.decode()
    assert COOKIE not in visitor.cookies
    del provider


def test_an_answer_to_another_browser_is_not_taken(
    visitor: Client, provider: Provider
) -> None:
    """Somebody else's address, sent to a victim, identifies nobody."""
    victim = Client(headers={"accept-language": "en"})
    back = identify(visitor)

    answer = victim.get(back)

    assert answer.status_code == 503
    assert COOKIE not in victim.cookies
    assert visitor.get(back).status_code == 302
    assert visitor.get(back).status_code == 503, "it is good once"
    del provider


def test_a_service_that_is_away_is_told(
    visitor: Client, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KORTISTO_IDENTIFICATION_ISSUER", "http://127.0.0.1:1")
    strong_identification.cache_clear()

    answer = visitor.get(f"{PAGE}identify/")

    assert answer.status_code == 503
    assert "does not work just now" in answer.content.decode()
    del provider


def test_where_it_is_not_open_the_page_tells_to_come(
    visitor: Client, provider: Provider, library: int
) -> None:
    set_setting(library, REGISTER_ONLINE, value=False, by=chief(), now=MONDAY_NOON)

    page = visitor.get(PAGE).content.decode()

    assert "You get a library card at any library" in page
    assert "Identify yourself" not in page
    for step in ("identify/", "back/", "form/", "done/"):
        assert visitor.get(f"{PAGE}{step}").headers["Location"] == PAGE
    del provider
