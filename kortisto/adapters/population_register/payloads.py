"""What the change service sends, field by field. Fields that we do not use are absent.

A group (tietoryhmä) is kept as raw JSON until its name is known: a group that this
version does not know may hold anything, and never spoils the rest.
"""

from typing import Any

import msgspec
from msgspec import Raw


class Lenient(msgspec.Struct, kw_only=True, rename="camel"):
    """Fields that have come since are ignored."""


class KeyAnswer(Lenient):
    viimeisin_kirjausavain: int


class ChangeOfPerson(Lenient):
    henkilotunnus: str
    tietoryhmat: list[Raw] = []


class ChangesAnswer(Lenient):
    viimeisin_kirjausavain: int
    ajan_tasalla: bool
    muutokset: list[ChangeOfPerson] = []


class BaseOfPerson(Lenient):
    henkilotunnus: str
    tietoryhmat: list[Raw] = []


class BaseAnswer(Lenient):
    perustiedot: list[BaseOfPerson] = []


class Head(Lenient):
    """What every group has: its name, and how it changed (absent in base data)."""

    tietoryhma: str
    muutosattribuutti: str | None = None


class Moment(Lenient):
    """``arvo`` is as long as ``tarkkuus`` says: 2027, 2027-03 or 2027-03-01."""

    arvo: str | None = None
    tarkkuus: str | None = None


class InTwo(Lenient):
    """A name of a place in Finnish and Swedish."""

    fi: str | None = None
    sv: str | None = None


class NameGroup(Lenient):
    etunimi: str | None = None
    sukunimi: str | None = None
    # In letters that the old character set lacks; better when they are there.
    first_in_full: str | None = msgspec.field(default=None, name="etunimiUTF8")
    last_in_full: str | None = msgspec.field(default=None, name="sukunimiUTF8")


class CalledNameGroup(Lenient):
    nimilaji: str | None = None
    nimi: str | None = None


class ProtectionGroup(Lenient):
    turvakielto_aktiivinen: bool
    turva_loppu_pv: Moment | None = None


class DeathGroup(Lenient):
    kuollut: bool = False
    kuolinpv: Moment | None = None


class CodeGroup(Lenient):
    voimassaolo: str | None = None
    aktiivinen_henkilotunnus: str | None = None
    edelliset_henkilotunnukset: list[str] = []


class Placed(Lenient):
    """What all addresses have."""

    alkupv: Moment | None = None
    loppupv: Moment | None = None
    turvakiellon_alaiset_kentat: list[str] = []


class DomesticGroup(Placed):
    katunimi: InTwo | None = None
    katunumero: str | None = None
    huoneistokirjain: str | None = None
    huoneistonumero: str | None = None
    jakokirjain: str | None = None
    postinumero: str | None = None
    postitoimipaikka: InTwo | None = None


class PostalGroup(Placed):
    postiosoite: InTwo | None = None
    postinumero: str | None = None
    postitoimipaikka: InTwo | None = None


class ForeignGroup(Placed):
    lahiosoite: str | None = None
    paikkakunta: str | None = None
    valtiokoodi: str | None = None


class Related(Lenient):
    henkilotunnus: str | None = None
    etunimet: str | None = None
    sukunimi: str | None = None


class CareGroup(Lenient):
    """A guardian of the person, or a child in the person's care."""

    huoltaja: Related | None = None
    huollettava: Related | None = None
    huoltosuhteen_alkupv: Moment | None = None
    huoltosuhteen_loppupv: Moment | None = None


class MunicipalityGroup(Lenient):
    kuntakoodi: str | None = None


class LanguageGroup(Lenient):
    kielikoodi: str | None = None


class BirthGroup(Lenient):
    syntymapv: Moment | None = None


def asked(**fields: Any) -> bytes:
    """A request's body."""
    return msgspec.json.encode(fields)
