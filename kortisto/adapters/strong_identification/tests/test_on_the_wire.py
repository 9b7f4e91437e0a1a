"""Identification against a provider on a real socket, and against one that lies."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from http.client import HTTPConnection
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from kortisto.adapters.strong_identification.oidc import OidcIdentification
from kortisto.adapters.strong_identification.provider import (
    SCOPE,
    Provider,
    provider_of,
)
from kortisto.core.failures import AdapterError
from kortisto.core.openid_connect.flow import Begun, Flow, Registration, TurnedBack
from kortisto.simulators.identification.provider import CLIENT, HIGH, SECRET
from kortisto.simulators.identification.provider import Provider as Simulated
from kortisto.simulators.identification.server import Server
from kortisto.simulators.identification.tokens import new_key
from kortisto.simulators.population_register.people import invent

BACK = "https://kirjasto.example/register/back/"
PEOPLE = invent(5, seed=7, today=date(2027, 3, 1))
ANNA = PEOPLE[0]


@pytest.fixture
def simulated() -> Simulated:
    return Simulated(PEOPLE)


@pytest.fixture
def address(simulated: Simulated) -> Iterator[str]:
    server = Server(("127.0.0.1", 0), simulated)
    listening = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    listening.start()
    yield simulated.issuer
    server.shutdown()
    server.server_close()
    listening.join()


@pytest.fixture
def ours(address: str) -> Provider:
    return Provider(
        ours=Registration(
            issuer=address, client_id=CLIENT, client_secret=SECRET, scope=SCOPE
        )
    )


def registered(provider: Provider, **otherwise: str) -> Provider:
    """The same provider, by which we are known otherwise."""
    return replace(provider, ours=replace(provider.ours, **otherwise))  # type: ignore[arg-type]


def through_the_browser(begun: Begun, *, choose: str = ANNA.code) -> dict[str, str]:
    """Choose whom to be; what stands in the address that one is sent back to."""
    parts = urlsplit(begun.address)
    asked = dict(parse_qsl(parts.query))
    names = ("redirect_uri", "state", "nonce", "code_challenge")
    form = urlencode({**{name: asked[name] for name in names}, "code": choose})
    line = HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    line.request("GET", f"{parts.path}?{parts.query}")
    assert ANNA.surname in line.getresponse().read().decode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    line.request("POST", "/choose", body=form, headers=headers)
    back = line.getresponse().headers["Location"]
    line.close()
    assert back.startswith(BACK)
    return dict(parse_qsl(urlsplit(back).query))


def test_who_was_chosen_comes_back(ours: Provider) -> None:
    service = OidcIdentification(ours)
    begun = service.begin(return_to=BACK, language="fi")

    person = service.finish(begun.kept, through_the_browser(begun), return_to=BACK)

    assert person.code == ANNA.code
    assert (person.surname, person.first_names) == (ANNA.surname, ANNA.first_names)
    assert ANNA.code not in repr(person)


def test_by_signature_and_sealed(ours: Provider, simulated: Simulated) -> None:
    """As the Finnish trust network asks: private_key_jwt, and a token for us alone."""
    key = new_key()
    simulated.client_key = key.public_key()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    service = OidcIdentification(
        registered(ours, client_secret="", private_key=pem.decode())
    )
    begun = service.begin(return_to=BACK, language="sv")

    person = service.finish(begun.kept, through_the_browser(begun), return_to=BACK)

    assert person.code == ANNA.code
    stranger = OidcIdentification(ours)
    begun = stranger.begin(return_to=BACK, language="sv")
    answer = through_the_browser(begun)
    with pytest.raises(AdapterError, match="answered 401"):
        stranger.finish(begun.kept, answer, return_to=BACK)


def test_who_turns_back_is_nobody(ours: Provider) -> None:
    service = OidcIdentification(ours)
    begun = service.begin(return_to=BACK, language="fi")

    with pytest.raises(TurnedBack):
        service.finish(
            begun.kept, through_the_browser(begun, choose=""), return_to=BACK
        )


def test_a_weak_identification_is_not_taken(
    ours: Provider, simulated: Simulated
) -> None:
    simulated.level = "http://eidas.europa.eu/LoA/low"
    service = OidcIdentification(ours)
    begun = service.begin(return_to=BACK, language="fi")

    with pytest.raises(TurnedBack):
        service.finish(begun.kept, through_the_browser(begun), return_to=BACK)


def of_another(answer: Mapping[str, str]) -> dict[str, str]:
    return {**answer, "state": "x" * 43}


def without_state(answer: Mapping[str, str]) -> dict[str, str]:
    return {"code": answer["code"]}


def of_another_issuer(answer: Mapping[str, str]) -> dict[str, str]:
    return {**answer, "iss": "https://evil.example"}


def with_a_guessed_code(answer: Mapping[str, str]) -> dict[str, str]:
    return {**answer, "code": "guessed"}


@pytest.mark.parametrize(
    "bend", [of_another, without_state, of_another_issuer, with_a_guessed_code]
)
def test_an_answer_that_was_not_asked_for_is_not_taken(
    ours: Provider, bend: Callable[[Mapping[str, str]], dict[str, str]]
) -> None:
    service = OidcIdentification(ours)
    begun = service.begin(return_to=BACK, language="fi")
    answer = bend(through_the_browser(begun))

    with pytest.raises(AdapterError):
        service.finish(begun.kept, answer, return_to=BACK)


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"},
        {"aud": "somebody-else"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"exp": None},
        {"family_name": None, "urn:oid:1.2.246.21": None},
    ],
)
def test_a_token_that_is_not_for_this_log_in_is_not_taken(
    ours: Provider, simulated: Simulated, changes: dict[str, Any]
) -> None:
    simulated.changes = changes
    service = OidcIdentification(ours)
    begun = service.begin(return_to=BACK, language="fi")

    with pytest.raises(AdapterError) as untrue:
        service.finish(begun.kept, through_the_browser(begun), return_to=BACK)

    assert untrue.value.permanent
    assert ANNA.code not in str(untrue.value)
    assert ANNA.surname not in str(untrue.value)


def test_a_token_that_another_has_signed_is_not_taken(
    ours: Provider, simulated: Simulated
) -> None:
    service = OidcIdentification(ours)
    begun = service.begin(return_to=BACK, language="fi")
    answer = through_the_browser(begun)
    published, simulated.key = simulated.key, new_key()
    asked, person = simulated.codes[answer["code"]]
    forged = simulated.token_for(
        {**answer, "code_verifier": begun.kept["verifier"], "redirect_uri": BACK}
    )
    simulated.codes[answer["code"]] = (asked, person)
    simulated.key = published

    with pytest.raises(AdapterError, match="not to be trusted"):
        Flow(ours.ours)._claims(forged, nonce=begun.kept["nonce"])


@pytest.mark.parametrize(
    "token", ["", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "a.b.c.d.e"]
)
def test_what_is_no_token_is_not_taken(ours: Provider, token: str) -> None:
    with pytest.raises(AdapterError):
        Flow(ours.ours)._claims(token, nonce="x")


def test_a_code_is_good_once(ours: Provider) -> None:
    service = OidcIdentification(ours)
    begun = service.begin(return_to=BACK, language="fi")
    answer = through_the_browser(begun)
    service.finish(begun.kept, answer, return_to=BACK)

    with pytest.raises(AdapterError, match="answered 400"):
        service.finish(begun.kept, answer, return_to=BACK)


@pytest.mark.parametrize("issuer", ["http://kirjasto.example", "ftp://x", "localhost"])
def test_only_https_is_used_outside_this_machine(ours: Provider, issuer: str) -> None:
    with pytest.raises(AdapterError) as refused:
        OidcIdentification(registered(ours, issuer=issuer)).begin(
            return_to=BACK, language="fi"
        )

    assert refused.value.permanent


def test_a_provider_that_is_away_is_told_as_trouble_that_passes(
    ours: Provider,
) -> None:
    away = registered(ours, issuer="http://127.0.0.1:1")

    with pytest.raises(AdapterError) as trouble:
        OidcIdentification(away).begin(return_to=BACK, language="fi")

    assert not trouble.value.permanent


def test_the_environment_says_how_it_is_used() -> None:
    read = provider_of(
        {
            "KORTISTO_IDENTIFICATION_ISSUER": "https://tunnistus.example/",
            "KORTISTO_IDENTIFICATION_CLIENT_ID": "kirjasto",
            "KORTISTO_IDENTIFICATION_CLIENT_SECRET": "salaisuus",
            "KORTISTO_IDENTIFICATION_LEVELS": HIGH,
            "PATH": "/bin",
        }
    )

    assert read.ours.issuer == "https://tunnistus.example"
    assert read.levels == (HIGH,)
    assert "salaisuus" not in repr(read)
    assert OidcIdentification(read).is_set_up
    assert not OidcIdentification(provider_of({})).is_set_up
