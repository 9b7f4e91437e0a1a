"""What cannot be met on the simulator's wire: odd payloads, settings, trust."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from kortisto.adapters.population_register import payloads
from kortisto.adapters.population_register.codes import born_on
from kortisto.adapters.population_register.connection import (
    Connection,
    SignIn,
    connection_of,
)
from kortisto.adapters.population_register.dates import compact, dated
from kortisto.adapters.population_register.mapping import change_of, person_of
from kortisto.adapters.population_register.register import DvvRegister, register_of
from kortisto.adapters.population_register.single_query import message_in
from kortisto.core.failures import AdapterError
from kortisto.domain.patrons.population import Dated, Person, Precision, Protection
from kortisto.simulators.population_register.register import FIRST_KEY
from kortisto.simulators.population_register.server import Server, Simulator

CODE = "170580-923N"


def person(*groups: dict[str, Any]) -> Person:
    told = msgspec.json.encode({"henkilotunnus": CODE, "tietoryhmat": groups})
    return person_of(msgspec.json.decode(told, type=payloads.BaseOfPerson))


def test_a_group_that_cannot_be_read_is_named_and_spoils_nothing_else() -> None:
    found = person(
        {"tietoryhma": "VAKINAINEN_KOTIMAINEN_OSOITE", "katunimi": 7},
        {"tietoryhma": "HENKILON_NIMI", "etunimi": "Aino", "sukunimi": "Virtanen"},
        {"no name": "at all"},
    )

    assert found.surname == "Virtanen"
    assert found.addresses == ()
    assert set(found.unknown) == {
        "VAKINAINEN_KOTIMAINEN_OSOITE unreadable",
        "tietoryhma unreadable",
    }


def test_a_protection_order_that_cannot_be_read_counts_as_one() -> None:
    odd = person({"tietoryhma": "TURVAKIELTO", "turvakieltoAktiivinen": "kyllä"})

    assert odd.protection == Protection(active=True)
    assert person().protection is None


def test_what_has_been_removed_does_not_hold() -> None:
    death = {"tietoryhma": "KUOLINPAIVA", "kuollut": True}

    assert person(death).death == Dated(None, Precision.UNKNOWN)
    assert person({**death, "muutosattribuutti": "POISTETTU"}).death is None


def test_names_in_full_are_preferred() -> None:
    name = {"tietoryhma": "HENKILON_NIMI", "sukunimi": "Sabo", "sukunimiUTF8": "Šabo"}

    assert person(name).surname == "Šabo"


def test_groups_sent_along_are_no_change() -> None:
    told = {
        "henkilotunnus": CODE,
        "tietoryhmat": [
            {"tietoryhma": "AIDINKIELI", "muutosattribuutti": "LISATIETO"},
            {"tietoryhma": "HENKILOTUNNUS_KORJAUS", "muutosattribuutti": "LISATTY",
             "voimassaolo": "PASSIIVI", "aktiivinenHenkilotunnus": "170580-9999"},
        ],
    }  # fmt: skip
    sent = msgspec.json.encode(told)
    change = change_of(msgspec.json.decode(sent, type=payloads.ChangeOfPerson))

    assert {topic.value for topic in change.topics} == {"code"}
    assert change.new_code == ""


@pytest.mark.parametrize(
    ("value", "precision", "day", "last"),
    [
        ("2027-03-01", "PAIVA", date(2027, 3, 1), date(2027, 3, 1)),
        ("2028-02", "KUUKAUSI", date(2028, 2, 1), date(2028, 2, 29)),
        ("2027", "VUOSI", date(2027, 1, 1), date(2027, 12, 31)),
        ("2027", "EI_TIEDOSSA", None, None),
        ("2027-02-30", "PAIVA", None, None),
        (None, None, None, None),
    ],
)
def test_dates_are_as_exact_as_they_are_known(
    value: str | None, precision: str | None, day: date | None, last: date | None
) -> None:
    found = dated(payloads.Moment(arvo=value, tarkkuus=precision))

    assert found is not None
    assert (found.day, found.last_day) == (day, last)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", None),
        ("20270301", Dated(date(2027, 3, 1))),
        ("20270300", Dated(date(2027, 3, 1), Precision.MONTH)),
        ("20270000", Dated(date(2027, 1, 1), Precision.YEAR)),
        ("00000000", Dated(None, Precision.UNKNOWN)),
        ("soon", Dated(None, Precision.UNKNOWN)),
    ],
)
def test_dates_of_the_single_query(text: str, found: Dated | None) -> None:
    assert compact(text) == found


@pytest.mark.parametrize(
    ("code", "day"),
    [
        ("170580-923N", date(1980, 5, 17)),
        ("170580Y923N", date(1980, 5, 17)),
        ("170505B923N", date(2005, 5, 17)),
        ("170580+923N", date(1880, 5, 17)),
        ("310280-923N", None),
        ("170580*923N", None),
        ("nothing", None),
    ],
)
def test_the_birth_date_in_a_code(code: str, day: date | None) -> None:
    assert born_on(code) == day


def test_a_municipality_has_its_own_connection_over_the_common_one() -> None:
    given = {
        "KORTISTO_POPULATION_REGISTER_URL": "https://x.example/api/v1",
        "KORTISTO_POPULATION_REGISTER_USER": "common",
        "KORTISTO_POPULATION_REGISTER_491_USER": "mikkeli",
        "KORTISTO_POPULATION_REGISTER_491_PASSWORD": "own",
        "KORTISTO_POPULATION_REGISTER_491_SIGN_IN": "Basic",
        "KORTISTO_POPULATION_REGISTER_TIMEOUT": "3.5",
    }

    mikkeli, other = connection_of(given, "491"), connection_of(given, "740")

    assert (mikkeli.user, mikkeli.password) == ("mikkeli", "own")
    assert (mikkeli.sign_in, mikkeli.timeout) == (SignIn.BASIC, 3.5)
    assert mikkeli.url == other.url == "https://x.example/api/v1"
    assert (other.user, other.password, other.sign_in) == ("common", "", SignIn.MUTP)


def test_a_setting_that_cannot_be_understood_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KORTISTO_POPULATION_REGISTER_SIGN_IN", "pigeon")

    with pytest.raises(AdapterError, match="KORTISTO_POPULATION_REGISTER") as told:
        register_of("491")

    assert told.value.permanent


def test_an_answer_that_declares_entities_is_refused() -> None:
    bomb = (
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
        b"<x>&a;&f;</x>"
    )

    with pytest.raises(AdapterError, match="declares entities"):
        message_in(bomb)


@pytest.mark.parametrize("answer", [b"", b"<x>", b"<x/>", b"\x00"])
def test_an_answer_that_is_none_can_be_asked_for_again(answer: bytes) -> None:
    with pytest.raises(AdapterError) as told:
        message_in(answer)

    assert not told.value.permanent


def certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody has signed, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "register")])
    now = datetime.now(UTC)
    place = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(place, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "register.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + made.public_bytes(Encoding.PEM)
    )
    return path


@contextmanager
def behind_tls(simulator: Simulator, pem: Path) -> Iterator[str]:
    server = Server(("127.0.0.1", 0), simulator)
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(pem)
    server.socket = trust.wrap_socket(server.socket, server_side=True)
    listening = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    listening.start()
    try:
        yield f"https://127.0.0.1:{server.server_address[1]}/api/v1"
    finally:
        server.shutdown()
        server.server_close()
        listening.join()


def test_only_a_trusted_certificate_gets_the_password(
    simulator: Simulator, connection: Connection, tmp_path: Path
) -> None:
    pem = certificate(tmp_path)
    with behind_tls(simulator, pem) as url:
        stranger = DvvRegister(replace(connection, url=url))
        with pytest.raises(AdapterError, match="certificate") as told:
            stranger.key_of(date(2027, 2, 1))
        assert told.value.permanent
        assert simulator.asked == []

        known = DvvRegister(replace(connection, url=url, ca_file=str(pem)))
        assert known.key_of(date(2027, 2, 1)) == FIRST_KEY
