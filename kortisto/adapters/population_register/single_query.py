"""The single query (VTJkysely, SoSo): one person by the code, over SOAP 1.1."""

from collections.abc import Iterator, Sequence
from datetime import date
from http import HTTPStatus
from typing import Final

from lxml import etree

from kortisto.adapters.population_register.codes import born_on
from kortisto.adapters.population_register.connection import Connection
from kortisto.adapters.population_register.dates import compact
from kortisto.adapters.population_register.sending import Sender
from kortisto.core.failures import AdapterError
from kortisto.domain.patrons.population import (
    Address,
    AddressKind,
    Person,
    Protection,
    Relative,
)

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
QUERY: Final = "http://tempuri.org/"
ANSWER: Final = "http://xml.vrk.fi/schema/vtjkysely"
ACTION: Final = "http://tempuri.org/TeeHenkilonTunnusKysely"
LONGEST_ASKER: Final = 50  # characters of Loppukayttaja
FOUND: Final = frozenset({"0000", "0018"})
NOBODY: Final = frozenset({"0001", "0006"})
CODE_HAS_CHANGED: Final = "0002"  # the answer names the code in force, or nobody
ON: Final = "1"
DOMESTIC: Final = (  # the element, and how its street and its days begin
    (AddressKind.PERMANENT, "VakinainenKotimainenLahiosoite", "Lahiosoite", "Asuminen"),
    (AddressKind.TEMPORARY, "TilapainenKotimainenLahiosoite", "Lahiosoite", "Asuminen"),
    (AddressKind.POSTAL, "KotimainenPostiosoite", "Postiosoite", "Postiosoite"),
)
NAMES: Final = {"v": ANSWER}


class SingleQuery:
    """Asks by one connection. Nothing of a question or an answer is ever logged."""

    def __init__(self, connection: Connection, sender: Sender) -> None:
        self._connection = connection
        self._sender = sender

    def person(self, code: str, *, asked_by: str) -> Person | None:
        message = self._ask(code, asked_by)
        outcome = _outcome(message)
        now = _text(message, "Henkilo/Henkilotunnus")
        if outcome == CODE_HAS_CHANGED and now and now != code:
            message = self._ask(now, asked_by)  # once: a chain of them is a mistake
            outcome = _outcome(message)
        if outcome in NOBODY or outcome == CODE_HAS_CHANGED:
            return None
        if outcome not in FOUND:
            text = f"the population register answered with the code {outcome}"
            raise AdapterError(text, permanent=True)
        found = _find(message, "Henkilo")
        return None if found is None else person_of(found)

    def _ask(self, code: str, asked_by: str) -> etree._Element:
        answer = self._sender.send(
            "POST",
            self._connection.query_url,
            headers={
                "Content-Type": "text/xml; charset=utf-8",
                "SOAPAction": f'"{ACTION}"',
            },
            body=envelope(self._connection, code, asked_by),
            accepts=(HTTPStatus.INTERNAL_SERVER_ERROR,),  # how SOAP 1.1 says Fault
        )
        return message_in(answer)


def envelope(connection: Connection, code: str, asked_by: str) -> bytes:
    """The question, with the fields that the service knows, in its order."""
    top = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
    body = etree.SubElement(top, f"{{{SOAP}}}Body")
    query = etree.SubElement(
        body, f"{{{QUERY}}}TeeHenkilonTunnusKysely", nsmap={"t": QUERY}
    )
    for name, value in (
        ("SoSoNimi", connection.query_product),
        ("Kayttajatunnus", connection.query_user),
        ("Salasana", connection.query_password),
        ("Loppukayttaja", asked_by[:LONGEST_ASKER]),
        ("Laskutustiedot", ""),
        ("Henkilotunnus", code),
        ("SahkoinenAsiointitunnus", ""),
        ("VarmenteenMyontaja", ""),
        ("X509Certificate", ""),
    ):
        etree.SubElement(query, f"{{{QUERY}}}{name}").text = value
    return etree.tostring(top, xml_declaration=True, encoding="UTF-8")


def message_in(answer: bytes) -> etree._Element:
    """The VTJHenkiloVastaussanoma of an answer. Raises AdapterError.

    Entities are not resolved, and a document that declares any is refused.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        top = etree.fromstring(answer, parser)
    except etree.XMLSyntaxError:
        text = "the population register's answer cannot be read"
        raise AdapterError(text, permanent=False) from None
    document: etree.DocInfo = top.getroottree().docinfo
    if document.internalDTD is not None:
        text = "the population register's answer declares entities"
        raise AdapterError(text, permanent=True)
    fault = top.find(f".//{{{SOAP}}}Fault")
    if fault is not None:
        ours = (fault.findtext("faultcode") or "").endswith("Client")
        text = "the population register does not accept our question"
        raise AdapterError(text, permanent=ours)
    found = top.find(f".//{{{ANSWER}}}VTJHenkiloVastaussanoma")
    if found is None:
        text = "the population register's answer has no message in it"
        raise AdapterError(text, permanent=False)
    return found


def _outcome(message: etree._Element) -> str:
    """The answer's return code: four digits, and nothing else gets into an error."""
    found = _find(message, "Paluukoodi")
    text = "" if found is None else found.get("koodi", "")
    return text if text.isascii() and text.isdigit() else "unknown"


def person_of(one: etree._Element) -> Person:
    code = _text(one, "Henkilotunnus")
    told = _find(one, "Turvakielto")
    order = _text(one, "Turvakielto/TurvakieltoTieto")
    died = _text(one, "Kuolintiedot/Kuolinpvm")
    dead = bool(died) or _text(one, "Kuolintiedot/Kuollut") == ON
    active = order == ON
    ends = compact(_text(one, "Turvakielto/TurvakieltoPaattymispvm"))
    return Person(
        code=code,
        surname=_text(one, "NykyinenSukunimi/Sukunimi"),
        first_names=_text(one, "NykyisetEtunimet/Etunimet"),
        called_name=_text(one, "NykyinenKutsumanimi/Kutsumanimi"),
        born_on=born_on(code),
        addresses=tuple(_addresses(one, protected=active)),
        protection=None if told is None else Protection(active, ends),
        death=compact(died or "00000000") if dead else None,
        home_municipality=_text(one, "Kotikunta/Kuntanumero"),
        language=_text(one, "Aidinkieli/Kielikoodi").lower(),
        guardians=_relatives(one, "Huoltaja"),
        dependants=_relatives(one, "Huollettava"),
    )


def _addresses(one: etree._Element, *, protected: bool) -> Iterator[Address]:
    """Empty elements, which the service sends for what is not there, are left out."""
    for kind, name, line, days in DOMESTIC:
        for place in _all(one, name):
            street, swedish = _text(place, f"{line}S"), _text(place, f"{line}R")
            city, city_sv = (_text(place, f"Postitoimipaikka{x}") for x in "SR")
            if street or swedish or city:
                yield Address(
                    kind=kind,
                    street=street or swedish,
                    street_sv=swedish,
                    postal_code=_text(place, "Postinumero"),
                    city=city or city_sv,
                    city_sv=city_sv,
                    starts_on=_day(place, f"{days}Alkupvm"),
                    ends_on=_day(place, f"{days}Loppupvm"),
                    withheld=protected,
                )
    for place in _all(one, "VakinainenUlkomainenLahiosoite"):
        street = _text(place, "UlkomainenLahiosoite")
        if street:
            yield Address(
                kind=AddressKind.FOREIGN,
                street=street,
                city=_text(place, "UlkomainenPaikkakuntaJaValtioS"),
                country=_text(place, "Valtiokoodi3"),
                starts_on=_day(place, "AsuminenAlkupvm"),
                ends_on=_day(place, "AsuminenLoppupvm"),
                withheld=protected,
            )


def _relatives(one: etree._Element, name: str) -> Sequence[Relative] | None:
    """None when the product does not tell of them."""
    found = _all(one, name)
    if not found:
        return None
    return tuple(
        Relative(
            _text(each, "Henkilotunnus"),
            _text(each, "NykyinenSukunimi/Sukunimi") or _text(each, "Sukunimi"),
            _text(each, "NykyisetEtunimet/Etunimet") or _text(each, "Etunimet"),
        )
        for each in found
        if _text(each, "Henkilotunnus")
    )


def _day(one: etree._Element, path: str) -> date | None:
    found = compact(_text(one, path))
    return None if found is None else found.day


def _path(path: str) -> str:
    return "/".join(f"v:{step}" for step in path.split("/"))


def _find(one: etree._Element, path: str) -> etree._Element | None:
    return one.find(_path(path), NAMES)


def _all(one: etree._Element, path: str) -> list[etree._Element]:
    return one.findall(_path(path), NAMES)


def _text(one: etree._Element, path: str) -> str:
    return (one.findtext(_path(path), "", NAMES) or "").strip()
